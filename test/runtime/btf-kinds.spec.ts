/** `Btf.parse` on every kind of type, in bytes written by hand from the kernel's description (Documentation/bpf/btf.rst). */
import { expect, it } from 'vitest';
import { Btf } from '../../runtime/index.js';

const strings = ['', 'int', 's', 'a', 'b', 'u', 'E', 'RED', 'BIG', 'f', 'v', '.data', 'T', 'tag', 'double', 'fwd'];
const text = Buffer.from(strings.map((string) => `${string}\0`).join(''));
const at = (string: string) => text.indexOf(`\0${string}\0`) + 1;
const HEADER = 24;

/** struct btf_type, and the words behind it. */
function type(
  name: string,
  kind: number,
  count: number,
  size: number,
  rest: readonly number[] = [],
  flag = 0,
): number[] {
  return [name === '' ? 0 : at(name), (flag * 2 ** 31 + kind * 2 ** 24 + count) >>> 0, size, ...rest];
}

const types: readonly (readonly number[])[] = [
  type('int', 1, 0, 4, [0x01000020]), // 1: signed, 32 bits
  type('', 2, 0, 1), // 2: int *
  type('', 3, 0, 0, [1, 1, 5]), // 3: int [5]
  type('s', 4, 2, 8, [at('a'), 1, 0 + 3 * 2 ** 24, at('b'), 1, 32], 1), // 4: a bit field of 3, then b
  type('u', 5, 1, 4, [at('a'), 1, 0]), // 5
  type('E', 6, 1, 4, [at('RED'), 0xffffffff], 1), // 6: signed
  type('fwd', 7, 0, 0, [], 1), // 7: union fwd;
  type('T', 8, 0, 1), // 8
  type('', 9, 0, 1), // 9: volatile
  type('', 10, 0, 1), // 10: const
  type('', 11, 0, 2), // 11: restrict
  type('f', 12, 1, 13), // 12: global
  type('', 13, 2, 1, [at('a'), 1, 0, 0]), // 13: int (int a, ...)
  type('v', 14, 0, 1, [1]), // 14: global
  type('.data', 15, 1, 4, [14, 0, 4]), // 15
  type('double', 16, 0, 8), // 16
  type('tag', 17, 0, 4, [1]), // 17: on the member b of s
  type('tag', 18, 0, 1), // 18
  type('BIG', 19, 1, 8, [at('RED'), 5, 1]), // 19: 5 + 2^32
];

function bytes(words: readonly number[]): Uint8Array {
  const body = Buffer.alloc(words.length * 4);
  words.forEach((word, index) => body.writeUInt32LE(word, index * 4));
  const header = Buffer.alloc(HEADER);
  header.writeUInt16LE(0xeb9f, 0);
  header.writeUInt8(1, 2);
  for (const [index, value] of [HEADER, 0, body.length, body.length, text.length].entries())
    header.writeUInt32LE(value, 4 + index * 4);
  return Uint8Array.from(Buffer.concat([header, body, text]));
}

it('reads all kinds', () => {
  const btf = Btf.parse(bytes(types.flat()));
  const found = Array.from({ length: 20 }, (_, id) => btf.typeById(id));
  expect(found.map(({ kind }) => kind)).toEqual([
    ...['void', 'int', 'pointer', 'array', 'struct', 'union', 'enum', 'forward', 'typedef', 'volatile', 'const'],
    ...['restrict', 'function', 'prototype', 'variable', 'section', 'float', 'declarationTag', 'typeTag', 'enum64'],
  ]);
  expect(found[1]).toMatchObject({ name: 'int', size: 4, bits: 32, signed: true });
  expect(found[3]).toMatchObject({ element: 1, index: 1, count: 5 });
  expect(found[4]).toMatchObject({
    size: 8,
    members: [
      { name: 'a', type: 1, bitOffset: 0, bitSize: 3 },
      { name: 'b', type: 1, bitOffset: 32, bitSize: 0 },
    ],
  });
  expect(found[6]).toMatchObject({ signed: true, values: [{ name: 'RED', value: -1n }] });
  expect(found[7]).toMatchObject({ name: 'fwd', union: true });
  expect(found[12]).toMatchObject({ name: 'f', type: 13, linkage: 'global' });
  expect(found[13]).toMatchObject({
    result: 1,
    parameters: [
      { name: 'a', type: 1 },
      { name: '', type: 0 },
    ],
  });
  expect(found[14]).toMatchObject({ name: 'v', type: 1, linkage: 'global' });
  expect(found[15]).toMatchObject({ name: '.data', size: 4, entries: [{ type: 14, offset: 0, size: 4 }] });
  expect(found[16]).toMatchObject({ name: 'double', size: 8 });
  expect(found[17]).toMatchObject({ name: 'tag', type: 4, component: 1 });
  expect(found[19]).toMatchObject({ values: [{ name: 'RED', value: 2n ** 32n + 5n }] });
  expect([btf.sizeOf(3), btf.sizeOf(4), btf.sizeOf(2), btf.sizeOf(8)]).toEqual([20, 8, 8, 4]);
  expect([btf.find('T', 'typedef')?.id, btf.find('s', 'struct')?.id, btf.find('s', 'union')]).toEqual([
    8,
    4,
    undefined,
  ]);
});
