/**
 * Reads a BPF ring buffer over its mapped pages: no system call and no foreign call per event.
 *
 * The layout is the kernel's (kernel/bpf/ringbuf.c): a consumer page, a producer page, then the data pages mapped
 * twice in a row, so that a record never wraps. A record is an 8-byte header, whose first word holds the length and
 * the busy and discard bits, and the data, rounded up to 8.
 */
import { mapMemory, pageSize, PROT_READ, PROT_WRITE, type MappedMemory } from '../native/libc.js';
import type { EventDecoder } from './decoder.js';
import { KernelPosition, OwnPosition } from './position.js';
import { EventStream } from './stream.js';

const BUSY = 0x80000000 | 0;
const DISCARD = 0x40000000;
const LENGTH = 0x3fffffff;
const HEADER = 8;

export class RingReader<T> extends EventStream<T> {
  readonly #consumerMemory: MappedMemory;
  readonly #producerMemory: MappedMemory;
  readonly #consumer: OwnPosition;
  readonly #producer: KernelPosition;
  readonly #headers: Int32Array;
  readonly #data: DataView;
  readonly #mask: number;
  /** Everything before it was read; the low 32 bits, signed. */
  #position: number;
  /** The producer's position as it was last seen, in the same form. */
  #known: number;

  /**
   * @param fd a ring buffer map; it stays the caller's.
   * @param size the map's max_entries: bytes, a power of two.
   * @param decode makes a value of a record; the memory is the kernel's again when it returns.
   * @param name for error messages.
   * @throws TsbpfError where mapping is refused.
   */
  constructor(
    private readonly fd: number,
    size: number,
    private readonly decode: EventDecoder<T>,
    name: string,
  ) {
    super();
    const page = pageSize();
    this.#mask = size - 1;
    this.#consumerMemory = mapMemory(fd, page, PROT_READ | PROT_WRITE, 0, name);
    try {
      this.#producerMemory = mapMemory(fd, page + 2 * size, PROT_READ, page, name);
    } catch (error) {
      this.#consumerMemory.unmap();
      throw error;
    }
    this.#consumer = new OwnPosition(this.#consumerMemory.buffer, 0);
    this.#producer = new KernelPosition(this.#producerMemory.buffer, 0);
    this.#headers = new Int32Array(this.#producerMemory.buffer, page);
    this.#data = new DataView(this.#producerMemory.buffer, page);
    this.#position = this.#consumer.low;
    this.#known = this.#position;
  }

  protected get pollable(): number {
    return this.fd;
  }

  protected drain(limit: number, events: T[]): void {
    this.#walk(limit, events, undefined);
  }

  protected override drainRest(events: T[]): void {
    this.#walk(Infinity, events, this.#producer.low);
  }

  protected override countRest(): number {
    const end = this.#producer.low;
    let count = 0;
    for (let position = this.#position; position !== end;) {
      const header = Atomics.load(this.#headers, (position & this.#mask) >>> 2);
      if ((header & BUSY) !== 0) break;
      if ((header & DISCARD) === 0) count++;
      position = (position + total(header)) | 0;
    }
    return count;
  }

  /**
   * The producer wakes a reader only if the consumer position stands at the record that it commits, so the position
   * is stored, then the producer's is loaded again, before anybody concludes that there is nothing.
   *
   * @param limit how many events there may be in the array.
   * @param end where to stop; where the producer is, unless given.
   */
  #walk(limit: number, events: T[], end: number | undefined): void {
    const mask = this.#mask;
    const headers = this.#headers;
    const data = this.#data;
    const storeAfter = (mask + 1) / 8;
    let position = this.#position;
    let known = end ?? this.#known;
    let stored = position;
    try {
      while (events.length < limit) {
        if (position === known) {
          if (stored !== position) this.#consumer.store(position);
          stored = position;
          if (end !== undefined) return;
          known = this.#producer.low;
          if (position === known) return;
        }
        const start = position & mask;
        const header = Atomics.load(headers, start >>> 2);
        if ((header & BUSY) !== 0) return;
        // A decoder that throws does not meet the record again.
        position = (position + total(header)) | 0;
        if ((header & DISCARD) === 0) events.push(this.decode(data, (start >>> 0) + HEADER, header & LENGTH));
        if ((position - stored) >>> 0 >= storeAfter) {
          this.#consumer.store(position);
          stored = position;
        }
      }
    } finally {
      this.#position = position;
      this.#known = known;
      if (stored !== position) this.#consumer.store(position);
    }
  }

  protected release(): void {
    this.#consumerMemory.unmap();
    this.#producerMemory.unmap();
  }
}

/** Bytes from one header to the next. */
function total(header: number): number {
  return (HEADER + (header & LENGTH) + 7) & ~7;
}
