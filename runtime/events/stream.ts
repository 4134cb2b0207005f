/**
 * What every source of events in user space has in common: reading without waiting, iterating, closing.
 *
 * Nothing is buffered here. An event leaves the kernel's ring (or the socket's queue) when it is asked for, so the
 * ring itself is the backpressure: a reader that is too slow makes the kernel drop and count, never this process grow.
 */
import { poll, type Poll } from '../native/libuv.js';

export interface IterationOptions {
  /** Ends the iteration by throwing the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface BatchOptions extends IterationOptions {
  /** Arrays of all events that are there, instead of one at a time. */
  readonly batch: true;
}

/** Events delivered in a row without a turn of the event loop, after which timers and signals get theirs. */
const EVENTS_A_TURN = 256;
/** The most that one batch holds. */
const BATCH_LIMIT = 4096;

/**
 * A source of events over a descriptor that becomes readable. `for await` takes one event at a time; several
 * iterations of one stream share its events, each event going to one of them.
 */
export abstract class EventStream<T> implements AsyncIterable<T>, Disposable, AsyncDisposable {
  #poll: Poll | undefined;
  #waiting: (() => void)[] = [];
  #closed = false;
  /** Iterations that somebody has begun and not left. */
  #iterations = 0;
  /** What iterations in progress still get of a stream that was closed, and how much of it they got. */
  #rest: T[] = [];
  #given = 0;
  #unread = 0;
  /** What ended the last drain after some events, which go first. */
  #failure: { readonly error: unknown } | undefined;

  /** The descriptor to wait for; asked for when somebody first waits. */
  protected abstract get pollable(): number;
  /** Adds events in order to the array, until it holds `limit` of them, without waiting. */
  protected abstract drain(limit: number, events: T[]): void;
  /** Releases what the stream holds; called once. */
  protected abstract release(): void;

  /** Adds the events that are there now, and none that come meanwhile; called once, before `release`. */
  protected drainRest(_events: T[]): void {}

  /** How many events `drainRest` would add. */
  protected countRest(): number {
    return 0;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** How many events were in the buffer when the stream was closed, and nobody was iterating to get them. */
  get unread(): number {
    return this.#unread;
  }

  /** The next event, or undefined if there is none now. With `{ batch: true }` up to 4096 of them, maybe none. */
  read(): T | undefined;
  read(options: { readonly batch: true }): T[];
  read(options?: { readonly batch?: boolean }): T | T[] | undefined {
    const events = this.#take(options?.batch ? BATCH_LIMIT : 1);
    return options?.batch ? events : events[0];
  }

  /**
   * Iterates over events as they come; the process stays alive as long as somebody waits for one.
   *
   * @param options `batch` gives arrays, never empty; `signal` ends the iteration by throwing its reason.
   */
  events(options?: IterationOptions): AsyncIterableIterator<T>;
  events(options: BatchOptions): AsyncIterableIterator<T[]>;
  events(options: IterationOptions & { readonly batch?: boolean } = {}): AsyncIterableIterator<T | T[]> {
    return options.batch
      ? this.#iterate<T[]>(1, options.signal, () => nonEmpty(this.#take(BATCH_LIMIT)))
      : this.#iterate<T>(EVENTS_A_TURN, options.signal, () => this.#take(1)[0]);
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<T> {
    return this.events();
  }

  /**
   * Releases what the stream holds, and ends all iterations: those in progress get what was in the buffer first. Where
   * there are none, `unread` says how much that was. Closing twice is harmless.
   */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#poll?.close();
    try {
      if (this.#iterations > 0) this.drainRest(this.#rest);
      else this.#unread = this.countRest();
    } catch (error) {
      this.#failure = { error };
    }
    this.#wake();
    this.release();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  #take(limit: number): T[] {
    const events: T[] = [];
    if (this.#given < this.#rest.length) {
      const rest = this.#rest.slice(this.#given, this.#given + limit);
      this.#given += rest.length;
      if (this.#given === this.#rest.length) [this.#rest, this.#given] = [[], 0];
      return rest;
    }
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure) throw failure.error;
    if (this.#closed) return events;
    try {
      this.drain(limit, events);
    } catch (error) {
      if (events.length === 0) throw error;
      this.#failure = { error };
    }
    return events;
  }

  #iterate<R>(turn: number, signal: AbortSignal | undefined, take: () => R | undefined): AsyncIterableIterator<R> {
    let state: 'new' | 'active' | 'ended' = 'new';
    let inTurn = 0;
    const end = (): IteratorResult<R> => {
      if (state === 'active') this.#iterations--;
      state = 'ended';
      return { value: undefined, done: true };
    };
    const isOver = () => state === 'ended' || (this.#closed && this.#given >= this.#rest.length && !this.#failure);
    const next = async (): Promise<IteratorResult<R>> => {
      try {
        for (;;) {
          if (isOver()) return end();
          if (state === 'new') this.#iterations++;
          state = 'active';
          signal?.throwIfAborted();
          if (inTurn >= turn) {
            inTurn = 0;
            await new Promise((resolve) => setImmediate(resolve));
            continue;
          }
          const value = take();
          if (value === undefined) {
            inTurn = 0;
            if (!this.#closed) await this.#wait(signal);
            continue;
          }
          inTurn++;
          return { value, done: false };
        }
      } catch (error) {
        end();
        throw error;
      }
    };
    const iterator: AsyncIterableIterator<R> = {
      next,
      return: async () => {
        const result = end();
        this.#wake();
        return result;
      },
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }

  #wait(signal: AbortSignal | undefined): Promise<void> {
    this.#poll ??= poll(this.pollable, () => (this.#waiting.length > 0 ? this.#wake() : this.#poll?.stop()));
    if (this.#poll.start()) this.#lookAgain();
    this.#poll.ref();
    return new Promise((resolve) => {
      const finish = () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      };
      const abort = () => {
        this.#waiting = this.#waiting.filter((waiter) => waiter !== finish);
        if (this.#waiting.length === 0) this.#poll?.unref();
        resolve();
      };
      this.#waiting.push(finish);
      signal?.addEventListener('abort', abort, { once: true });
    });
  }

  /**
   * Once the loop waits for the descriptor. Libuv tells epoll when it next polls, which may be in the turn after this one,
   * so that the second check phase from here is the first that is certainly behind it.
   */
  #lookAgain(): void {
    setImmediate(() => setImmediate(() => this.#wake()));
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#poll?.unref();
    for (const resume of waiting) resume();
  }
}

function nonEmpty<T>(events: T[]): T[] | undefined {
  return events.length > 0 ? events : undefined;
}
