/**
 * Reads a BPF ring buffer over its mapped pages: no system call and no foreign call per event.
 *
 * The layout is the kernel's (kernel/bpf/ringbuf.c): a consumer page, a producer page, then the data pages mapped
 * twice in a row, so that a record never wraps. A record is an 8-byte header, whose first word holds the length and
 * the busy and discard bits, and the data, rounded up to 8.
 */
import { mapMemory, pageSize, PROT_READ, PROT_WRITE, type MappedMemory } from '../native/libc.js';
import type { EventDecoder } from './decoder.js';
import { EventStream } from './stream.js';

const BUSY = 0x80000000 | 0;
const DISCARD = 0x40000000;
const LENGTH = 0x3fffffff;
const HEADER = 8;

export class RingReader<T> extends EventStream<T> {
  readonly #consumerMemory: MappedMemory;
  readonly #producerMemory: MappedMemory;
  readonly #consumer: BigInt64Array;
  readonly #producer: BigInt64Array;
  readonly #headers: Int32Array;
  readonly #data: DataView;
  readonly #mask: number;
  /** Everything before it was read; a safe integer for the first 8 petabytes. */
  #position: number;
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
    this.#consumer = new BigInt64Array(this.#consumerMemory.buffer, 0, 1);
    this.#producer = new BigInt64Array(this.#producerMemory.buffer, 0, 1);
    this.#headers = new Int32Array(this.#producerMemory.buffer, page);
    this.#data = new DataView(this.#producerMemory.buffer, page);
    this.#position = Number(Atomics.load(this.#consumer, 0));
    this.#known = this.#position;
  }

  protected get pollable(): number {
    return this.fd;
  }

  /**
   * The producer wakes a reader only if the consumer position stands at the record that it commits, so the position
   * is stored, then the producer's is loaded again, before anybody concludes that there is nothing.
   */
  protected drain(limit: number, deliver: (event: T) => void): void {
    const storeAfter = (this.#mask + 1) >> 3;
    let stored = this.#position;
    try {
      while (limit > 0) {
        if (this.#position >= this.#known) {
          if (stored !== this.#position) this.#store();
          stored = this.#position;
          this.#known = Number(Atomics.load(this.#producer, 0));
          if (this.#position >= this.#known) return;
        }
        const start = this.#position & this.#mask;
        const header = Atomics.load(this.#headers, start >> 2);
        if ((header & BUSY) !== 0) return;
        const length = header & LENGTH;
        this.#position += (HEADER + length + 7) & ~7;
        if ((header & DISCARD) !== 0) continue;
        limit--;
        deliver(this.decode(this.#data, start + HEADER, length));
        if (this.#position - stored >= storeAfter) {
          this.#store();
          stored = this.#position;
        }
      }
    } finally {
      if (stored !== this.#position) this.#store();
    }
  }

  /** Sequentially consistent, hence also a release: the reads of the records before it are done. */
  #store(): void {
    Atomics.store(this.#consumer, 0, BigInt(this.#position));
  }

  protected release(): void {
    this.#consumerMemory.unmap();
    this.#producerMemory.unmap();
  }
}
