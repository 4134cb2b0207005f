/**
 * Writes a user ring buffer over its mapped pages: no system call for a record.
 *
 * The layout is the kernel's (kernel/bpf/ringbuf.c): the consumer's page, which the kernel writes, the producer's page,
 * then the data pages mapped twice in a row, so that a record never wraps. A record is an 8-byte header, whose first word
 * holds the length and the busy and discard bits, and the data, rounded up to 8.
 */
import { TsbpfError } from '../errors.js';
import { mapMemory, pageSize, PROT_READ, PROT_WRITE, type MappedMemory } from '../native/libc.js';
import { viewsOf, type MemoryViews } from '../shared-memory.js';
import { BUSY, DISCARD, HEADER, total } from './ring-batch.js';

/** Room in the ring that nobody reads yet. */
export interface Reservation {
  /** Of the data, in bytes from the start of the writer's memory. */
  readonly offset: number;
  readonly length: number;
}

export class RingWriter {
  readonly #views: MemoryViews;
  #closed = false;
  readonly #consumerMemory: MappedMemory;
  readonly #memory: MappedMemory;
  readonly #consumer: BigInt64Array;
  readonly #producer: BigInt64Array;
  readonly #headers: Int32Array;
  readonly #size: number;
  readonly #data: number;
  /** Everything before it was written; a safe integer for the first 8 petabytes. */
  #position: number;
  /** Everything before it was read, at least. */
  #consumed: number;

  /**
   * @param fd a user ring buffer map; it stays the caller's.
   * @param size the map's max_entries: bytes, a power of two.
   * @param name for error messages.
   * @throws TsbpfError where mapping is refused.
   */
  constructor(
    fd: number,
    size: number,
    private readonly name: string,
  ) {
    this.#size = size;
    this.#data = pageSize();
    this.#consumerMemory = mapMemory(fd, this.#data, PROT_READ, 0, name);
    try {
      this.#memory = mapMemory(fd, this.#data + 2 * size, PROT_READ | PROT_WRITE, this.#data, name);
    } catch (error) {
      this.#consumerMemory.unmap();
      throw error;
    }
    this.#consumer = new BigInt64Array(this.#consumerMemory.buffer, 0, 1);
    this.#producer = new BigInt64Array(this.#memory.buffer, 0, 1);
    this.#headers = new Int32Array(this.#memory.buffer);
    this.#views = viewsOf(this.#memory.buffer);
    this.#position = Number(Atomics.load(this.#producer, 0));
    this.#consumed = Number(Atomics.load(this.#consumer, 0));
  }

  /**
   * The producer's page and the data, in one piece.
   *
   * @throws TsbpfError (TSBPF2011) once it is closed: the pages are gone.
   */
  get views(): MemoryViews {
    if (!this.#closed) return this.#views;
    throw new TsbpfError(`Map '${this.name}' is closed.`, {
      code: 'TSBPF2011',
      operation: 'write a record of',
      subject: this.name,
      hint: 'Close it after its last use.',
    });
  }

  /** Bytes of records that the kernel has not read yet, their headers included. */
  get pending(): number {
    return this.#position - Number(Atomics.load(this.#consumer, 0));
  }

  /**
   * Finds room, zeroed. Nothing is reserved yet: `publish` or `keep` comes next.
   *
   * @param length of the data in bytes.
   * @returns undefined where the ring is full.
   * @throws TsbpfError (TSBPF2167) for a record that the ring cannot hold even when it is empty.
   */
  room(length: number): Reservation | undefined {
    if (length > this.#size - HEADER) {
      throw new TsbpfError(`A record of ${length} bytes does not fit into '${this.name}', which has ${this.#size}.`, {
        code: 'TSBPF2167',
        operation: 'push into',
        subject: this.name,
        hint: 'Give the ring more: { size }; a record takes 8 bytes more than its value.',
      });
    }
    const taken = total(length);
    if (this.#size - (this.#position - this.#consumed) < taken) {
      this.#consumed = Number(Atomics.load(this.#consumer, 0));
      if (this.#size - (this.#position - this.#consumed) < taken) return undefined;
    }
    const offset = this.#data + (this.#position % this.#size) + HEADER;
    this.#views.u8.fill(0, offset, offset + taken - HEADER);
    return { offset, length };
  }

  /** Hands what was written into room to the kernel. */
  publish(reservation: Reservation): void {
    this.#advance(reservation, reservation.length);
  }

  /** Keeps room; the kernel reads nothing from here on until it is released. */
  keep(reservation: Reservation): void {
    this.#advance(reservation, reservation.length | BUSY);
  }

  /** Hands kept room to the kernel, or has the kernel pass over it. */
  release({ offset, length }: Reservation, submit: boolean): void {
    // Stored after what was written into the room.
    Atomics.store(this.#headers, (offset - HEADER) >> 2, submit ? length : length | DISCARD);
  }

  close(): void {
    this.#closed = true;
    this.#consumerMemory.unmap();
    this.#memory.unmap();
  }

  #advance({ offset, length }: Reservation, header: number): void {
    this.#headers[(offset - HEADER) >> 2] = header;
    this.#headers[((offset - HEADER) >> 2) + 1] = 0;
    this.#position += total(length);
    Atomics.store(this.#producer, 0, BigInt(this.#position));
  }
}
