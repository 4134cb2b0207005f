/**
 * The map class PerfQueue: a buffer for each CPU, and the kernel's count of what did not fit.
 */
import { kernelOnly } from '../maps/map.js';
import { registerMapClass } from '../maps/registry.js';
import { MapType } from '../maps/types.js';
import { existingMap, type MapDefinition } from '../maps/definition.js';
import type { EventDecoder } from './decoder.js';
import { EventMap, eventMapInfo, type EventMapOptions } from './event-map.js';
import type { LostListener } from './losses.js';
import { PerfReader } from './perf-reader.js';

export interface PerfQueueOptions<T> extends EventMapOptions<T> {
  /** Bytes of each CPU's buffer, rounded up to a power of two of pages; 256 KiB by default. */
  readonly size?: number;
}

const DEFAULT_SIZE = 256 * 1024;

/**
 * Events from kernel to user space (Linux 4.4): `queue.push(ctx, value)` in a program, `for await (const event of
 * queue)` here. Events of one CPU come in their order. What a buffer has no room for is lost, and counted.
 */
export class PerfQueue<T> extends EventMap<T> {
  readonly #size: number;

  constructor(options: PerfQueueOptions<T> = {}, definition?: MapDefinition) {
    const { size, ...rest } = options;
    super(rest, definition);
    this.#size = size ?? DEFAULT_SIZE;
  }

  /**
   * A reader of a perf event array that is in the kernel already, of an object of another compiler for example.
   *
   * @param fd belongs to the PerfQueue from here on; its entries are set by it.
   * @param options `decode` makes a value of an event's bytes (padded to a multiple of 8); by default `Uint8Array`s.
   */
  static fromDescriptor<T = Uint8Array>(fd: number, options: PerfQueueOptions<T> = {}): PerfQueue<T> {
    const queue = new PerfQueue<T>(
      options,
      existingMap(eventMapInfo(fd, MapType.perfEventArray, 'perf event array'), fd),
    );
    queue.open();
    return queue;
  }

  /** How many events the kernel has dropped because a buffer was full, in all. */
  get lost(): number {
    return this.openedReader === undefined ? 0 : this.#perfReader.lost;
  }

  /** Calls back with the number of events lost since the last call. */
  on(event: 'lost', listener: LostListener): this {
    this.#perfReader.on(event, listener);
    return this;
  }

  off(event: 'lost', listener: LostListener): this {
    this.#perfReader.off(event, listener);
    return this;
  }

  /** Makes the buffers. Before that the kernel has nowhere to put events; it is done when the map comes to be. */
  open(): this {
    void this.reader;
    return this;
  }

  protected openReader(fd: number, decode: EventDecoder<T>): PerfReader<T> {
    return new PerfReader(fd, this.#size, decode, this.name);
  }

  protected override created(): void {
    this.open();
  }

  get #perfReader(): PerfReader<T> {
    return this.reader as PerfReader<T>;
  }

  /** In a program: copies a value into this CPU's buffer; false if it is full. */
  push(_context: object, _value: T): boolean {
    return kernelOnly('PerfQueue.push');
  }
}

registerMapClass(MapType.perfEventArray, PerfQueue);
