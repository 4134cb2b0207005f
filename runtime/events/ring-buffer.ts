/**
 * The map class RingBuffer: one buffer for all CPUs, in the order in which records were reserved.
 */
import { kernelOnly } from '../maps/map.js';
import { registerMapClass } from '../maps/registry.js';
import { MapType } from '../maps/types.js';
import { existingMap, type MapDefinition } from '../maps/definition.js';
import { readMapInfo } from '../maps/info.js';
import { pageSize } from '../native/libc.js';
import type { EventDecoder } from './decoder.js';
import { EventMap, eventMapInfo, type EventMapOptions } from './event-map.js';
import { Losses, type LostListener } from './losses.js';
import { LostCounter } from './lost-counter.js';
import { RingReader } from './ring-reader.js';
import type { EventStream } from './stream.js';

export interface RingBufferOptions<T> extends EventMapOptions<T> {
  /** Bytes, rounded up to a power of two of pages; 256 KiB by default. A record takes 8 more than its value. */
  readonly size?: number;
}

/**
 * Events from kernel to user space (Linux 5.8): `ring.push(value)` in a program, `for await (const event of ring)`
 * here. What the buffer has no room for is lost, and counted by the programs themselves, since the kernel does not.
 */
export class RingBuffer<T> extends EventMap<T> {
  readonly #losses = new Losses();
  readonly #lostCounter = new LostCounter(this);

  constructor(options: RingBufferOptions<T> = {}, definition?: MapDefinition) {
    const { size, ...rest } = options;
    super(size === undefined ? rest : { ...rest, maxEntries: roundSize(size) }, definition);
  }

  /**
   * A reader of a ring buffer that is in the kernel already, of an object of another compiler for example.
   *
   * @param fd belongs to the RingBuffer from here on.
   * @param decode makes a value of an event's bytes; by default events are `Uint8Array`s.
   */
  static fromDescriptor<T = Uint8Array>(fd: number, decode?: EventDecoder<T>): RingBuffer<T> {
    const info = eventMapInfo(fd, MapType.ringBuffer, 'ring buffer');
    return new RingBuffer<T>(decode ? { decode } : {}, existingMap(info, fd));
  }

  protected openReader(fd: number, decode: EventDecoder<T>): EventStream<T> {
    return new RingReader(fd, readMapInfo(fd, this.name).maxEntries, decode, this.name, () => {
      if (this.#losses.isWatched) this.#losses.report(this.lost);
    });
  }

  /**
   * How many events the buffer had no room for, in all: each `push` and `reserve` that failed in a program that this
   * process loaded. Programs of other processes and other compilers do not count.
   */
  get lost(): number {
    return this.#lostCounter.count;
  }

  /** Calls back with the number of events lost since the last call, when events are read, and at `close`. */
  on(event: 'lost', listener: LostListener): this {
    this.#losses.on(event, listener);
    return this;
  }

  off(event: 'lost', listener: LostListener): this {
    this.#losses.off(event, listener);
    return this;
  }

  override close(): void {
    super.close();
    this.#lostCounter.close();
    this.#losses.report(this.lost);
  }

  /** In a program: copies a value into the buffer; false if it is full. */
  push(_value: T): boolean {
    return kernelOnly('RingBuffer.push');
  }

  /**
   * In a program: room for a value in the buffer, or undefined if it is full. Then `submit` or `discard` it. A buffer
   * may hold records of several types: `reserve<Long>()` makes room for a `Long`.
   */
  reserve<Event = T>(): Event | undefined {
    return kernelOnly('RingBuffer.reserve');
  }

  /** In a program: hands a reserved value to the reader. */
  submit(_event: unknown): void {
    kernelOnly('RingBuffer.submit');
  }

  /** In a program: gives a reserved value up; the reader never sees it. */
  discard(_event: unknown): void {
    kernelOnly('RingBuffer.discard');
  }
}

/** The kernel takes a power of two of pages only. */
export function roundSize(size: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(pageSize(), size)));
}

registerMapClass(MapType.ringBuffer, RingBuffer);
