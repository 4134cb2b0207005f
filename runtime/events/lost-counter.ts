/** The variable in which the programs of an object count what a ring buffer had no room for. */
import { closeDescriptor } from '../native/libc.js';
import { mapLookup } from '../native/libbpf.js';

/** libbpf makes an array of one entry of a section of variables. */
const ONLY_ENTRY = new Uint8Array(4);

const counters = new WeakMap<object, LostCounter>();

/** The counter of a ring buffer. For the loader. */
export function lostCounterOf(ring: object | undefined): LostCounter | undefined {
  return ring && counters.get(ring);
}

export class LostCounter {
  #fd: number | undefined;
  #closed = false;
  #last = 0;

  constructor(ring: object) {
    counters.set(ring, this);
  }

  /** The counter's descriptor, once a program was loaded that counts. */
  get fd(): number | undefined {
    return this.#fd;
  }

  /** @param fd of the map that a load created, which belongs to the counter from here on. */
  adopt(fd: number): void {
    if (this.#closed) closeDescriptor(fd);
    else this.#fd = fd;
  }

  /** How many events were lost so far, or until it was closed. */
  get count(): number {
    if (this.#fd === undefined) return this.#last;
    const value = new BigUint64Array(1);
    const result = mapLookup(this.#fd, ONLY_ENTRY, new Uint8Array(value.buffer));
    return result < 0 ? this.#last : (this.#last = Number(value[0]));
  }

  /** Keeps the count as it is now. */
  close(): void {
    this.#last = this.count;
    if (this.#fd !== undefined) closeDescriptor(this.#fd);
    this.#fd = undefined;
    this.#closed = true;
  }
}
