/**
 * Reads the perf buffers of all CPUs behind one perf event array.
 */
import { systemError } from '../errors.js';
import { epollOver } from '../native/epoll.js';
import { closeDescriptor, pageSize } from '../native/libc.js';
import { mapDelete, mapUpdate } from '../native/libbpf.js';
import { onlineCpus } from './cpus.js';
import { decodedLayout, type EventDecoder } from './decoder.js';
import { Losses, type LostListener } from './losses.js';
import { PerfBuffer } from './perf-buffer.js';
import { RecordCopy } from './record-copy.js';
import { EventStream, type EventCallback } from './stream.js';

/** Order is kept within a CPU; between CPUs there is none. Losses are the kernel's own count. */
export class PerfReader<T> extends EventStream<T> {
  readonly #buffers = new Map<number, PerfBuffer>();
  readonly #losses = new Losses();
  #finalLost = 0;
  #epoll = -1;
  #next = 0;
  /** What callbacks get structs from: a sample does not lie at a multiple of 8, and may wrap. */
  #copy: RecordCopy | undefined;

  /**
   * @param fd a perf event array; it stays the caller's. Its entries for the CPUs that are online are set.
   * @param size of each CPU's buffer in bytes; rounded up to a power of two of pages.
   * @param decode makes a value of a sample.
   * @param name for error messages.
   */
  constructor(
    private readonly fd: number,
    size: number,
    private readonly decode: EventDecoder<T>,
    protected readonly name: string,
  ) {
    super();
    const rounded = pageSize() * 2 ** Math.ceil(Math.log2(Math.max(1, size / pageSize())));
    try {
      for (const cpu of onlineCpus()) this.#open(cpu, rounded);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  #open(cpu: number, size: number): void {
    const buffer = new PerfBuffer(cpu, size, this.name);
    this.#buffers.set(cpu, buffer);
    const result = mapUpdate(this.fd, entry(cpu), entry(buffer.fd), 0);
    if (result < 0) throw systemError(-result, `set CPU ${cpu} of`, this.name);
  }

  /** How many events the kernel has dropped because a buffer was full, in all. */
  get lost(): number {
    let lost = this.#finalLost;
    for (const buffer of this.#buffers.values()) lost += buffer.countLost();
    return lost;
  }

  /**
   * Calls back with the number of events lost since the last call, when the reader comes upon their record, and at
   * `close` with those that have none yet.
   */
  on(event: 'lost', listener: LostListener): this {
    this.#losses.on(event, listener);
    return this;
  }

  off(event: 'lost', listener: LostListener): this {
    this.#losses.off(event, listener);
    return this;
  }

  protected get pollable(): number {
    if (this.#epoll < 0) {
      this.#epoll = epollOver(
        [...this.#buffers.values()].map((buffer) => buffer.fd),
        this.name,
      );
    }
    return this.#epoll;
  }

  /** Starts at another CPU each time, so that a busy one does not keep the others waiting. */
  protected drain(limit: number, events: T[]): void {
    const buffers = this.#inTurn();
    for (const buffer of buffers) {
      if (events.length >= limit) break;
      buffer.drain(limit, this.decode, events);
    }
    this.#reportLosses(buffers);
  }

  /** As `drain` in order. A struct is copied once, and read in the copy. */
  protected override consumeNow(
    limit: number,
    callback: EventCallback<T>,
    consuming: { readonly stopped: boolean },
  ): number {
    const layout = decodedLayout(this.decode);
    if (layout?.kind === 'struct' || layout?.kind === 'union') this.#copy ??= new RecordCopy(layout, this.name);
    const buffers = this.#inTurn();
    let count = 0;
    for (const buffer of buffers) {
      if (count >= limit || consuming.stopped) break;
      count += buffer.consume(limit - count, this.decode, this.#copy, callback, consuming);
    }
    if (!this.closed) this.#reportLosses(buffers);
    return count;
  }

  protected override endConsuming(): void {
    this.#copy?.end();
  }

  #inTurn(): PerfBuffer[] {
    const buffers = [...this.#buffers.values()];
    const first = this.#next;
    this.#next = (first + 1) % Math.max(1, buffers.length);
    return [...buffers.slice(first), ...buffers.slice(0, first)];
  }

  #reportLosses(buffers: readonly PerfBuffer[]): void {
    this.#losses.report(buffers.reduce((sum, buffer) => sum + buffer.lost, 0));
  }

  protected override drainRest(events: T[]): void {
    for (const buffer of this.#buffers.values()) buffer.drain(Infinity, this.decode, events, true);
  }

  protected override countRest(): number {
    return [...this.#buffers.values()].reduce((sum, buffer) => sum + buffer.countRest(), 0);
  }

  protected release(): void {
    const lost = this.lost;
    for (const [cpu, buffer] of this.#buffers) {
      mapDelete(this.fd, entry(cpu));
      buffer.close();
    }
    this.#buffers.clear();
    this.#finalLost = lost;
    if (this.#epoll >= 0) closeDescriptor(this.#epoll);
    this.#losses.report(lost);
  }
}

function entry(value: number): Uint8Array {
  return new Uint8Array(new Uint32Array([value]).buffer);
}
