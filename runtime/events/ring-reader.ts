/**
 * Reads a BPF ring buffer over its mapped pages: no system call and no foreign call per event.
 *
 * The layout is the kernel's (kernel/bpf/ringbuf.c): a consumer page, a producer page, then the data pages mapped
 * twice in a row, so that a record never wraps. A record is an 8-byte header, whose first word holds the length and
 * the busy and discard bits, and the data, rounded up to 8.
 */
import { memoryFence } from '../native/fence.js';
import { mapMemory, pageSize, PROT_READ, PROT_WRITE, type MappedMemory } from '../native/libc.js';
import type { EventDecoder } from './decoder.js';
import { KernelPosition, OwnPosition } from './position.js';
import {
  BATCH_BYTES,
  BUSY,
  createBatchReader,
  DISCARD,
  generateFind,
  HEADER,
  LENGTH,
  total,
  type BatchReader,
} from './ring-batch.js';
import { RingConsumer } from './ring-consumer.js';
import { EventStream, type EventCallback } from './stream.js';

/** As many records as a count of them can say. */
const MOST = 0x7fffffff;

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
  readonly #fence = memoryFence();
  /** Made when somebody first reads many events at once. */
  #batch: BatchReader | undefined;
  /** Made when somebody first has events called back. */
  #inPlace: RingConsumer | undefined;
  #find: BatchReader['find'] | undefined;

  /**
   * @param fd a ring buffer map; it stays the caller's.
   * @param size the map's max_entries: bytes, a power of two.
   * @param decode makes a value of a record; the memory is the kernel's again when it returns.
   * @param name for error messages.
   * @param drained is called when events were looked for.
   * @throws TsbpfError where mapping is refused.
   */
  constructor(
    private readonly fd: number,
    size: number,
    private readonly decode: EventDecoder<T>,
    protected readonly name: string,
    private readonly drained: () => void = () => undefined,
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
  }

  protected get pollable(): number {
    return this.fd;
  }

  protected drain(limit: number, events: T[]): void {
    if (this.#fence === undefined || limit === 1) this.#readSingly(limit, events, undefined);
    else this.#readMany(this.#fence, limit, events, undefined);
    this.drained();
  }

  protected override drainRest(events: T[]): void {
    const end = this.#producer.low;
    if (this.#fence === undefined) this.#readSingly(Infinity, events, end);
    else this.#readMany(this.#fence, Infinity, events, end);
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
  #readSingly(limit: number, events: T[], end: number | undefined): void {
    while (events.length < limit) {
      const position = this.#position;
      if (position === (end ?? this.#producer.low)) return;
      const start = position & this.#mask;
      const header = Atomics.load(this.#headers, start >>> 2);
      if ((header & BUSY) !== 0) return;
      // A decoder that throws does not meet the record again.
      this.#position = (position + total(header)) | 0;
      try {
        if ((header & DISCARD) === 0) events.push(this.decode(this.#data, start + HEADER, header & LENGTH));
      } finally {
        this.#consumer.store(this.#position);
      }
    }
  }

  /**
   * Looks for records that are whole first, by plain reads of their headers; after the fence what they hold is, too. So
   * a record costs no atomic access.
   */
  #readMany(fence: () => void, limit: number, events: T[], end: number | undefined): void {
    const batch = (this.#batch ??= createBatchReader(this.decode, this.#headers, this.#data, this.#mask));
    const begin = this.#position;
    const most = end === undefined ? BATCH_BYTES : Infinity;
    while (events.length < limit && (this.#position - begin) >>> 0 < most) {
      const from = this.#position;
      const known = end ?? this.#producer.low;
      if (from === known) return;
      const to = batch.find(from, known, limit - events.length);
      if (to === from) return;
      fence();
      try {
        batch.decode(from, to, events);
      } finally {
        this.#position = batch.reached();
        this.#consumer.store(this.#position);
      }
    }
  }

  /** The position is stored for many records at once: an eighth of the ring is held back at most. */
  protected override consumeNow(
    limit: number,
    callback: EventCallback<T>,
    consuming: { readonly stopped: boolean },
  ): number {
    const inPlace = (this.#inPlace ??= new RingConsumer(this.decode, this.#headers, this.#data, this.#mask, this.name));
    const end = this.#producer.low;
    let count = 0;
    while (count < limit && !consuming.stopped) {
      const from = this.#position;
      const to = this.#findWhole(from, end, Math.min(limit - count, MOST));
      if (to === from) break;
      try {
        count += inPlace.consume(from, to, callback);
      } finally {
        if (!this.closed) this.#moveTo(inPlace.reached);
      }
    }
    if (!this.closed) this.drained();
    return count;
  }

  protected override stopConsuming(): void {
    this.#inPlace?.stop();
  }

  protected override endConsuming(): void {
    if (!this.#inPlace) return;
    this.#inPlace.end();
    this.#moveTo(this.#inPlace.reached);
  }

  #moveTo(position: number): void {
    this.#position = position;
    this.#consumer.store(position);
  }

  /** The position behind records that are whole, whose bytes can be read from now on. */
  #findWhole(from: number, end: number, most: number): number {
    const fence = this.#fence;
    if (fence) {
      const to = (this.#find ??= generateFind(this.#headers, this.#mask, BATCH_BYTES, { count: 0 }))(from, end, most);
      fence();
      return to;
    }
    if (from === end) return from;
    const header = Atomics.load(this.#headers, (from & this.#mask) >>> 2);
    return (header & BUSY) !== 0 ? from : (from + total(header)) | 0;
  }

  protected release(): void {
    this.#consumerMemory.unmap();
    this.#producerMemory.unmap();
  }
}
