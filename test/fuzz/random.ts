/** Random numbers that a seed decides, so that each program can be made again by its number. */

/** A generator of 32 bits a step (splitmix32), from any number of seeds. */
export class Random {
  private state: number;

  constructor(...seeds: readonly number[]) {
    this.state = 0x9e3779b9;
    for (const seed of seeds) {
      this.state = (this.state ^ seed) >>> 0;
      this.state = this.next();
    }
  }

  /** 0 to 2 ** 32 - 1. */
  next(): number {
    this.state = (this.state + 0x9e3779b9) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  }

  /** 0 to `count` - 1. */
  below(count: number): number {
    return Math.floor((this.next() / 2 ** 32) * count);
  }

  /** True once in `count` times. */
  once(count: number): boolean {
    return this.below(count) === 0;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  /** 64 bits of which few or many are set, often at the edges of a width. */
  interesting(): bigint {
    const width = BigInt(this.pick([1, 3, 7, 8, 15, 16, 31, 32, 33, 47, 63, 64]));
    const edge = (1n << width) + BigInt(this.below(5) - 2);
    const any = (BigInt(this.next()) << 32n) | BigInt(this.next());
    const value = this.pick([edge, -edge, BigInt(this.below(9)), -BigInt(this.below(9)), any >> (64n - width), any]);
    return BigInt.asIntN(64, value);
  }
}
