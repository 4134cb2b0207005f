/**
 * Positions of 64 bits that kernel and user space share. Within a ring their low 32 bits say everything: a bigint, which
 * would be made anew for each of them, is needed only where these wrap.
 */
import { hostIsLittleEndian } from '../maps/layout.js';

const LOW = hostIsLittleEndian ? 0 : 1;

/** A position that the kernel writes. */
export class KernelPosition {
  readonly #words: Int32Array;

  /** @param offset in bytes, a multiple of 8. */
  constructor(buffer: ArrayBuffer, offset: number) {
    this.#words = new Int32Array(buffer, offset, 2);
  }

  /** Its low 32 bits, signed. What is read after this is not older than the position. */
  get low(): number {
    return Atomics.load(this.#words, LOW);
  }
}

/** A position that this process writes, and no other one meanwhile. */
export class OwnPosition {
  readonly #words: Int32Array;
  readonly #whole: BigUint64Array;
  #low: number;

  /** @param offset in bytes, a multiple of 8. */
  constructor(buffer: ArrayBuffer, offset: number) {
    this.#words = new Int32Array(buffer, offset, 2);
    this.#whole = new BigUint64Array(buffer, offset, 1);
    this.#low = Atomics.load(this.#words, LOW);
  }

  /** Its low 32 bits, signed. */
  get low(): number {
    return this.#low;
  }

  /**
   * Moves it on, by less than 2^32, once all reads and writes before this are done.
   *
   * @param low its new low 32 bits, signed.
   */
  store(low: number): void {
    if (low >>> 0 >= this.#low >>> 0) {
      Atomics.store(this.#words, LOW, low);
    } else {
      const high = ((Atomics.load(this.#whole, 0) >> 32n) + 1n) << 32n;
      Atomics.store(this.#whole, 0, high | BigInt(low >>> 0));
    }
    this.#low = low;
  }
}
