/** Chains of calls as the kernel counts them: 512 bytes and 8 frames, each frame a multiple of 32 bytes. */
import { describe, expect, it } from 'vitest';
import { refusedChains } from '../../compiler/check/frames.js';
import type { ObjectSpec } from '../../compiler/object/index.js';

/** A function that stores below its frame pointer, at this depth, and calls others. */
function code(name: string, depth: number, ...calls: string[]) {
  const instructions = new Uint8Array([
    0x7b,
    0x0a,
    -depth & 0xff,
    (-depth >> 8) & 0xff,
    0,
    0,
    0,
    0,
    0x95,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
  ]);
  const relocations = calls.map((symbol, index) => ({ index, symbol }));
  return { name, section: '.text', offset: 0, instructions, count: 2, relocations };
}

function object(programs: readonly unknown[], functions: readonly unknown[]): ObjectSpec {
  return { programs, functions } as unknown as ObjectSpec;
}

describe('chains of calls', () => {
  it('may need 512 bytes together', () => {
    expect(refusedChains(object([code('main', 256, 'f')], [code('f', 256)]))).toEqual([]);
    expect(refusedChains(object([code('main', 256, 'f')], [code('f', 264)]))).toEqual([
      { functions: ['main', 'f'], stack: 256 + 288 },
    ]);
  });

  it('count the worst branch, not the sum of all', () => {
    const functions = [code('f', 200), code('g', 200), code('h', 300)];
    expect(refusedChains(object([code('main', 200, 'f', 'g')], functions))).toEqual([]);
    expect(refusedChains(object([code('main', 200, 'f', 'h')], functions))).toEqual([
      { functions: ['main', 'h'], stack: 224 + 320 },
    ]);
  });

  it('may be 8 frames deep', () => {
    const chain = (length: number) =>
      Array.from({ length }, (_, i) => code(`f${i}`, 8, ...(i + 1 < length ? [`f${i + 1}`] : [])));
    const deep = (length: number) => refusedChains(object([code('main', 8, 'f0')], chain(length)));
    expect(deep(7)).toEqual([]);
    expect(deep(8)[0]?.functions).toHaveLength(9);
  });
});
