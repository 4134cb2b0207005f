/**
 * What the two maps that carry events have in common in user space: reading, waiting, closing.
 */
import { BpfMap } from '../maps/map.js';
import type { MapDefinition, MapOptions } from '../maps/definition.js';
import { closeDescriptor } from '../native/libc.js';
import { TsbpfError } from '../errors.js';
import { readMapInfo, type MapInfo } from '../maps/info.js';
import { isMap } from '../maps/open.js';
import { mapTypeName } from '../maps/types.js';
import { eventDecoder, type EventDecoder } from './decoder.js';
import type { BatchOptions, ConsumeOptions, EventCallback, EventStream, IterationOptions } from './stream.js';

export interface EventMapOptions<T> {
  /** A path on a BPF file system: what is pinned there is used, else the map is pinned there when it is created. */
  readonly pin?: string;
  /** BPF_F_… flags of linux/bpf.h. */
  readonly flags?: number;
  /** Makes a value of an event's bytes; by default the map's BTF does, and without BTF events are `Uint8Array`s. */
  readonly decode?: EventDecoder<T>;
}

/**
 * A map of events. Nothing is buffered in this process: an event leaves the kernel's buffer when it is asked for, so
 * that a reader which is too slow makes the kernel drop events, and this process never grows.
 */
export abstract class EventMap<T> extends BpfMap implements AsyncIterable<T>, AsyncDisposable {
  readonly #decode: EventDecoder<T> | undefined;
  #reader: EventStream<T> | undefined;

  constructor(options: EventMapOptions<T> & MapOptions = {}, definition?: MapDefinition) {
    const { decode, ...mapOptions } = options;
    super(mapOptions, definition);
    this.#decode = decode;
  }

  /** Makes the reader of the map that is in the kernel. */
  protected abstract openReader(fd: number, decode: EventDecoder<T>): EventStream<T>;

  protected get reader(): EventStream<T> {
    return (this.#reader ??= this.openReader(this.fd, this.#decode ?? eventDecoder<T>(this.spec.value)));
  }

  /** The reader, if somebody has read already. */
  protected get openedReader(): EventStream<T> | undefined {
    return this.#reader;
  }

  /** The next event, or undefined if there is none now. With `{ batch: true }` up to 4096 of them, maybe none. */
  read(): T | undefined;
  read(options: { readonly batch: true }): T[];
  read(options?: { readonly batch: true }): T | T[] | undefined {
    return options ? this.reader.read(options) : this.reader.read();
  }

  /**
   * Iterates over events as they come; the process stays alive as long as somebody waits for one.
   *
   * @param options `batch` gives arrays, never empty; `signal` ends the iteration by throwing its reason.
   */
  events(options?: IterationOptions): AsyncIterableIterator<T>;
  events(options: BatchOptions): AsyncIterableIterator<T[]>;
  events(options?: IterationOptions & { readonly batch?: boolean }): AsyncIterableIterator<T | T[]> {
    return this.reader.events(options as BatchOptions);
  }

  /**
   * Calls back at once for each event that is there, without waiting and without a copy of it. An event that is a struct is an
   * object whose properties read the buffer's memory: the same object each time, valid until the callback returns. Copy what is
   * needed later: single fields, `{ ...event }`, or `structuredClone(event)` with all that is in it.
   *
   * @param callback gets the event; one that throws ends it, and that event counts as read.
   * @param options `limit` is how many events there may be at most.
   * @returns how many events there were.
   * @throws TsbpfError: TSBPF2172 within a callback of the same map, TSBPF2173 for a limit that is no number of events; from
   *   the event's properties, TSBPF2171 once it is over.
   */
  consume(callback: EventCallback<T>, options?: ConsumeOptions): number {
    return this.reader.consume(callback, options);
  }

  /**
   * Calls back for each event as it comes, as `consume` does, until the map is closed; the process stays alive meanwhile. Events that
   * are there already are delivered before it returns.
   *
   * @param callback gets the event; one that throws ends it, and that event counts as read.
   * @param options `signal` ends it by throwing its reason; the event of a callback that aborts is the last.
   */
  poll(callback: EventCallback<T>, options?: IterationOptions): Promise<void> {
    return this.reader.poll(callback, options);
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<T> {
    return this.events();
  }

  /**
   * How many events were in the buffer when the map was closed, and nobody was iterating to get them: they are gone, unless
   * somebody else reads the same buffer.
   */
  get unread(): number {
    return this.#reader?.unread ?? 0;
  }

  /**
   * Gives the map back, and ends all iterations. Those in progress get what programs had submitted until then, so that a
   * `for await` loop may go on for a while. Closing twice is harmless.
   */
  override close(): void {
    this.#reader?.close();
    super.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }
}

/**
 * What the kernel says of a map of events that was made elsewhere.
 *
 * @param fd closed where it is refused.
 * @param type that it has to be of.
 * @param what it is, for messages: `'ring buffer'`.
 * @throws TsbpfError (TSBPF2170) for what is no such map.
 */
export function eventMapInfo(fd: number, type: number, what: string): MapInfo {
  const info = isMap(fd) ? readMapInfo(fd, what) : undefined;
  if (info?.type === type) return info;
  closeDescriptor(fd);
  const subject = info?.name || `descriptor ${fd}`;
  throw new TsbpfError(
    `'${subject}' is no ${what}, but ${info ? `of type ${mapTypeName(info.type)}` : 'no map at all'}.`,
    {
      code: 'TSBPF2170',
      operation: `open ${what}`,
      subject,
      hint: '`bpftool map` lists maps with their types.',
    },
  );
}
