/** Times of the kernel's monotonic clock as wall-clock time, in numbers of 32 bits: a bigint for each packet would cost more than the packet. */
import { realTimeOffset } from '../native/clock.js';

const WORD = 2 ** 32;
const SECOND = 1e9;
/** What two measurements differ by when nobody has set the clock. */
const JITTER = 20_000n;

export class WallClock {
  /** Whole seconds since 1970, of the time that was last set. */
  seconds = 0;
  nanoseconds = 0;
  /** The same as one count of nanoseconds in two words. */
  high = 0;
  low = 0;

  #offset: bigint;
  /** A time of the monotonic clock from which the others are counted, in two words. */
  readonly #fromHigh: number;
  readonly #fromLow: number;
  readonly #from: bigint;
  /** What it is on the wall. */
  #baseSeconds = 0;
  #baseNanoseconds = 0;
  #baseHigh = 0;
  #baseLow = 0;

  /** @param measure gives what is to be added to the monotonic clock. */
  constructor(private readonly measure: () => bigint = realTimeOffset) {
    this.#from = process.hrtime.bigint();
    this.#fromHigh = Number(this.#from >> 32n);
    this.#fromLow = Number(this.#from & 0xffff_ffffn);
    this.#offset = this.measure();
    this.#setBase();
  }

  /** Follows the wall clock where somebody has set it. */
  refresh(): void {
    const offset = this.measure();
    const difference = offset - this.#offset;
    if (difference < JITTER && difference > -JITTER) return;
    this.#offset = offset;
    this.#setBase();
  }

  #setBase(): void {
    const base = this.#from + this.#offset;
    this.#baseSeconds = Number(base / 1_000_000_000n);
    this.#baseNanoseconds = Number(base % 1_000_000_000n);
    this.#baseHigh = Number(base >> 32n);
    this.#baseLow = Number(base & 0xffff_ffffn);
  }

  /**
   * Sets all four from a time of the monotonic clock, which is within 104 days of the start.
   *
   * @param high of its 64 bits.
   */
  set(high: number, low: number): void {
    const since = (high - this.#fromHigh) * WORD + (low - this.#fromLow);
    const nanoseconds = this.#baseNanoseconds + since;
    const seconds = Math.floor(nanoseconds / SECOND);
    this.seconds = this.#baseSeconds + seconds;
    this.nanoseconds = nanoseconds - seconds * SECOND;
    const words = this.#baseLow + since;
    const carry = Math.floor(words / WORD);
    this.high = this.#baseHigh + carry;
    this.low = words - carry * WORD;
  }
}
