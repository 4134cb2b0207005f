/** Byte mutants of a file, each made from its number alone. */

/** A small generator with 32 bits of state (mulberry32): numbers from 0 to below 1. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One to three bytes changed: to anything, by a bit, to an extreme, by one, or to another byte of the file. */
export function mutant(file: Uint8Array, seed: number): Uint8Array {
  const random = generator(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const bytes = file.slice();
  for (let changes = 1 + below(3); changes > 0; changes--) {
    const at = below(bytes.length);
    const ways = [
      () => below(256),
      () => bytes[at] ^ (1 << below(8)),
      () => [0, 1, 0x7f, 0x80, 0xff][below(5)],
      () => bytes[at] + (random() < 0.5 ? 1 : -1),
      () => bytes[below(bytes.length)],
    ];
    bytes[at] = ways[below(ways.length)]();
  }
  return bytes;
}
