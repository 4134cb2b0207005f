/**
 * What every source of events in user space has in common: reading without waiting, iterating, closing.
 *
 * Nothing is buffered here. An event leaves the kernel's ring (or the socket's queue) when it is asked for, so the
 * ring itself is the backpressure: a reader that is too slow makes the kernel drop and count, never this process grow.
 */
import { TsbpfError } from '../errors.js';
import { poll, type Poll } from '../native/libuv.js';

export interface IterationOptions {
  /** Ends the iteration by throwing the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface BatchOptions extends IterationOptions {
  /** Arrays of all events that are there, instead of one at a time. */
  readonly batch: true;
}

/** What a callback gets of an event: the value of what is no struct, which for `u64` is a bigint. */
export type EventInPlace<T> = T extends bigint | number | string | boolean ? T : Readonly<T>;

/**
 * Gets an event where it lies. A struct is an object whose properties read the buffer; it is the same object each time, and valid
 * until the callback returns.
 */
export type EventCallback<T> = (event: EventInPlace<T>) => void;

export interface ConsumeOptions {
  /** How many events there may be at most; all that are there, unless given. */
  readonly limit?: number | undefined;
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
  /** While a callback gets events. */
  #consuming: { stopped: boolean } | undefined;

  /** What it reads, for error messages. */
  protected abstract readonly name: string;

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

  /**
   * Calls back for each event that is there now, where it lies if it can, without waiting.
   *
   * @param limit how many of them.
   * @param consuming says whether it was stopped meanwhile.
   * @returns how many there were.
   */
  protected consumeNow(limit: number, callback: EventCallback<T>, consuming: { readonly stopped: boolean }): number {
    return this.#consumeSingly(limit, callback, consuming);
  }

  /** For a callback of `consumeNow`: no event comes after the one that it has, which counts as read. */
  protected stopConsuming(): void {}

  /** For a callback of `consumeNow`: as `stopConsuming`, and what it has is over, since `release` follows. */
  protected endConsuming(): void {}

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

  /**
   * Calls back at once for each event that is there, without waiting and without a copy where that can be: a struct is an object
   * that reads the buffer's memory, valid until the callback returns. What comes meanwhile is left for the next time.
   *
   * @param callback gets the event; one that throws ends it, and that event counts as read.
   * @returns how many events there were.
   * @throws TsbpfError: TSBPF2172 within a callback of the same stream, TSBPF2173 for a limit that is no number of events; from a
   *   view, TSBPF2171 once its event is over.
   */
  consume(callback: EventCallback<T>, options: ConsumeOptions = {}): number {
    const { limit = Infinity } = options;
    if (typeof callback !== 'function')
      this.#refuse('The callback of', 'is no function', 'Give a function of an event.');
    if (typeof limit !== 'number' || !(limit >= 0) || (limit !== Infinity && !Number.isInteger(limit)))
      this.#refuse('The limit for', `is no number of events: ${String(limit)}`, 'Give 0 or a positive integer.');
    return this.#consume(limit, callback);
  }

  /**
   * Calls back for each event as it comes, as `consume` does, until the stream is closed; the process stays alive meanwhile.
   * Events that are there already are delivered before it returns.
   *
   * @param callback gets the event; one that throws ends it, and that event counts as read.
   * @param options `signal` ends it by throwing its reason; the event of a callback that aborts is the last.
   * @returns when the stream was closed, and what was in the buffer then was delivered.
   */
  async poll(callback: EventCallback<T>, options: IterationOptions = {}): Promise<void> {
    const { signal } = options;
    if (typeof callback !== 'function')
      this.#refuse('The callback of', 'is no function', 'Give a function of an event.');
    let own: { stopped: boolean } | undefined;
    const stop = () => {
      if (own && own === this.#consuming) this.#stop(own);
    };
    const turn = () => {
      own = { stopped: false };
      return this.#consume(BATCH_LIMIT, callback, own) || undefined;
    };
    signal?.addEventListener('abort', stop);
    try {
      for await (const count of this.#iterate(1, signal, turn)) void count;
    } finally {
      signal?.removeEventListener('abort', stop);
    }
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
    if (this.#consuming) {
      this.#consuming.stopped = true;
      this.endConsuming();
    }
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

  #consume(limit: number, callback: EventCallback<T>, consuming = { stopped: false }): number {
    this.#refuseWithin();
    this.#consuming = consuming;
    try {
      return this.#closed || this.#failure
        ? this.#consumeSingly(limit, callback, consuming)
        : this.consumeNow(limit, callback, consuming);
    } finally {
      this.#consuming = undefined;
    }
  }

  #consumeSingly(limit: number, callback: EventCallback<T>, consuming: { readonly stopped: boolean }): number {
    let count = 0;
    while (count < limit && !consuming.stopped) {
      const events = this.#takeNow(1);
      if (events.length === 0) break;
      count++;
      callback(events[0] as EventInPlace<T>);
    }
    return count;
  }

  #stop(consuming: { stopped: boolean }): void {
    consuming.stopped = true;
    if (!this.#closed) this.stopConsuming();
  }

  #refuse(what: string, why: string, hint: string): never {
    throw new TsbpfError(`${what} '${this.name}' ${why}.`, {
      code: 'TSBPF2173',
      operation: 'consume',
      subject: this.name,
      hint,
    });
  }

  #refuseWithin(): void {
    if (!this.#consuming) return;
    throw new TsbpfError(`Events of '${this.name}' are asked for within a callback that gets one of them.`, {
      code: 'TSBPF2172',
      operation: 'read',
      subject: this.name,
      hint: 'Return from the callback first; the next event comes by the next call of it.',
    });
  }

  #take(limit: number): T[] {
    this.#refuseWithin();
    return this.#takeNow(limit);
  }

  #takeNow(limit: number): T[] {
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
