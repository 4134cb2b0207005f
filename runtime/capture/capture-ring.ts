/**
 * Takes the records of captured packets out of the BPF ring buffer, as plain memory, without an object for each.
 *
 * The kernel wakes a reader when a record is committed where the consumer stands. At high rates that would be at nearly
 * every packet, so the consumer can be left standing on the last record that was read (`loiter`): then nobody is
 * woken, and whoever reads comes back after a while by himself.
 */
import { mapMemory, pageSize, PROT_READ, PROT_WRITE, type MappedMemory } from '../native/libc.js';
import { BUSY, DISCARD, HEADER, total } from '../events/ring-batch.js';
import { CaptureRecord } from './record.js';

export class CaptureRing implements Disposable {
  readonly #consumerMemory: MappedMemory;
  readonly #producerMemory: MappedMemory;
  readonly #consumer: BigInt64Array;
  readonly #producer: BigInt64Array;
  readonly #headers: Int32Array;
  readonly #record: CaptureRecord;
  readonly #mask: number;
  /** Everything before it was read; a safe integer for the first 8 petabytes. */
  #position: number;
  /** Where the last record that was read begins. */
  #last: number;
  /** What the kernel was told. */
  #stored: number;

  /**
   * @param fd a ring buffer map; it stays the caller's.
   * @param size the map's max_entries: bytes, a power of two.
   * @throws TsbpfError where mapping is refused.
   */
  constructor(fd: number, size: number) {
    const page = pageSize();
    this.#mask = size - 1;
    this.#consumerMemory = mapMemory(fd, page, PROT_READ | PROT_WRITE, 0, 'packets');
    try {
      this.#producerMemory = mapMemory(fd, page + 2 * size, PROT_READ, page, 'packets');
    } catch (error) {
      this.#consumerMemory.unmap();
      throw error;
    }
    this.#consumer = new BigInt64Array(this.#consumerMemory.buffer, 0, 1);
    this.#producer = new BigInt64Array(this.#producerMemory.buffer, 0, 1);
    const { buffer } = this.#producerMemory;
    this.#headers = new Int32Array(buffer, page);
    this.#record = new CaptureRecord(new DataView(buffer, page), new Uint8Array(buffer, page));
    this.#position = this.#last = this.#stored = Number(Atomics.load(this.#consumer, 0));
  }

  /**
   * Hands the records that are there to `take`, in order, until it says that it wants no more.
   *
   * @param take is given one object, set to each record in turn; returns whether it wants another.
   * @param loiter leaves the consumer on the last record, so that the kernel wakes nobody.
   * @returns how many there were.
   */
  drain(take: (record: CaptureRecord) => boolean, loiter: boolean): number {
    const storeAfter = (this.#mask + 1) >> 3;
    let count = 0;
    let known = Number(Atomics.load(this.#producer, 0));
    try {
      for (let wanted = true; wanted;) {
        if (this.#position >= known) {
          // The kernel looks at the consumer after it has moved the producer, so here it is the other way round.
          if (!loiter) this.#store(this.#position);
          known = Number(Atomics.load(this.#producer, 0));
          if (this.#position >= known) break;
        }
        const start = this.#position & this.#mask;
        const header = Atomics.load(this.#headers, start >> 2);
        if ((header & BUSY) !== 0) break;
        this.#last = this.#position;
        this.#position += total(header);
        if ((header & DISCARD) !== 0) continue;
        count++;
        this.#record.at = start + HEADER;
        wanted = take(this.#record);
        if (this.#last - this.#stored >= storeAfter) this.#store(this.#last);
      }
    } finally {
      this.#store(loiter ? this.#last : this.#position);
    }
    return count;
  }

  #store(position: number): void {
    if (position === this.#stored) return;
    this.#stored = position;
    Atomics.store(this.#consumer, 0, BigInt(position));
  }

  [Symbol.dispose](): void {
    this.#consumerMemory.unmap();
    this.#producerMemory.unmap();
  }
}
