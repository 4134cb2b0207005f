import { expect, test } from 'vitest';
import { arrayBehind } from '../../../runtime/trace/array-behind.js';

/** An array of so many bytes, at offset 20 of the record. */
const location = (length: number) => length * 0x10000 + 20;
const longs = Array.from({ length: 32 }, (_, index) => BigInt(index));

test.each([
  ['none', location(0), []],
  ['two', location(16), [0n, 1n]],
  ['all that there is room for', location(256), longs],
  ['more than there is room for', location(0xffff), longs],
])('of 64-bit integers: %s', (_, word, expected) => {
  expect(arrayBehind(longs, word)).toEqual(expected);
});

test('of bytes', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  expect(arrayBehind(bytes, location(3))).toEqual(Uint8Array.of(0, 1, 2));
});
