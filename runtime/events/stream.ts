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
  /** What ended the last drain after some events, which go first. */
  #failure: { readonly error: unknown } | undefined;

  /** The descriptor to wait for; asked for when somebody first waits. */
  protected abstract get pollable(): number;
  /** Hands at most `limit` events, in order, to `deliver`, without waiting. */
  protected abstract drain(limit: number, deliver: (event: T) => void): void;
  /** Releases what the stream holds; called once. */
  protected abstract release(): void;

  get closed(): boolean {
    return this.#closed;
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

  /** Ends all iterations and releases what the stream holds. Closing twice is harmless. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#poll?.close();
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
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure) throw failure.error;
    if (this.#closed) return events;
    try {
      this.drain(limit, (event) => events.push(event));
    } catch (error) {
      if (events.length === 0) throw error;
      this.#failure = { error };
    }
    return events;
  }

  #iterate<R>(turn: number, signal: AbortSignal | undefined, take: () => R | undefined): AsyncIterableIterator<R> {
    let ended = false;
    let inTurn = 0;
    const next = async (): Promise<IteratorResult<R>> => {
      for (;;) {
        if (ended || this.#closed) return { value: undefined, done: true };
        signal?.throwIfAborted();
        if (inTurn >= turn) {
          inTurn = 0;
          await new Promise((resolve) => setImmediate(resolve));
          continue;
        }
        const value = take();
        if (value === undefined) {
          inTurn = 0;
          await this.#wait(signal);
          continue;
        }
        inTurn++;
        return { value, done: false };
      }
    };
    const iterator: AsyncIterableIterator<R> = {
      next,
      return: async () => {
        ended = true;
        this.#wake();
        return { value: undefined, done: true };
      },
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }

  #wait(signal: AbortSignal | undefined): Promise<void> {
    this.#poll ??= poll(this.pollable, () => (this.#waiting.length > 0 ? this.#wake() : this.#poll?.stop()));
    this.#poll.start();
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
