/** What is said of two layouts that are not the same. */
import { expect, it } from 'vitest';
import { layoutDifference } from '../../runtime/maps/differences.js';
import { array, integer, type FieldLayout, type Layout, type StructLayout } from '../../runtime/maps/layout.js';

const u16 = integer('u16', 2, false);
const u32 = integer('u32', 4, false);
const i32 = integer('i32', 4, true);
const u64 = integer('u64', 8, false);
const be16 = integer('be16', 2, false, 'number', false);

function struct(size: number, ...fields: [name: string, offset: number, layout: Layout, bits?: FieldLayout['bits']][]) {
  return {
    kind: 'struct',
    name: 'flow',
    size,
    fields: fields.map(([name, offset, layout, bits]) => ({ name, offset, layout, ...(bits && { bits }) })),
  } satisfies StructLayout;
}

it.each<[string, Layout, Layout, string | undefined]>([
  ['the same integer', u32, integer('unsigned int', 4, false), undefined],
  ['another width', u64, u32, 'value is u32 instead of u64'],
  ['another sign', i32, u32, 'value is u32 instead of i32'],
  ['another byte order', u16, be16, 'value is be16 instead of u16'],
  ['text and bytes', { kind: 'string', size: 16 }, { kind: 'bytes', size: 16 }, undefined],
  [
    'another length',
    { kind: 'string', size: 16 },
    { kind: 'string', size: 8 },
    'value is text of 8 bytes instead of text of 16 bytes',
  ],
  ['the same struct', struct(8, ['a', 0, u32], ['b', 4, u32]), struct(8, ['a', 0, u32], ['b', 4, u32]), undefined],
  ['another member type', struct(8, ['a', 0, u64]), struct(8, ['a', 0, u32]), 'value.a is u32 instead of u64'],
  ['a member that is missing', struct(8, ['a', 0, u32], ['b', 4, u32]), struct(4, ['a', 0, u32]), 'value.b is missing'],
  [
    'a member that is new',
    struct(4, ['a', 0, u32]),
    struct(8, ['a', 0, u32], ['b', 4, u32]),
    'value.b is there, which the program does not have',
  ],
  ['a member that moved', struct(8, ['a', 0, u32]), struct(8, ['a', 4, u32]), 'value.a is at byte 4 instead of byte 0'],
  [
    'a bit field that moved',
    struct(4, ['a', 0, u32, { offset: 0, width: 3 }]),
    struct(4, ['a', 0, u32, { offset: 3, width: 3 }]),
    'value.a is at bit 3 (3 wide) instead of bit 0 (3 wide)',
  ],
  [
    'a member inside',
    struct(4, ['in', 0, struct(4, ['a', 0, u32])]),
    struct(4, ['in', 0, struct(4, ['a', 0, i32])]),
    'value.in.a is i32 instead of u32',
  ],
  ['a scalar for a struct', struct(4, ['a', 0, u32]), u32, 'value is u32 instead of struct flow'],
  ['elements', array(u32, 4), array(i32, 4), 'value[] is i32 instead of u32'],
  ['the number of elements', array(u32, 4), array(u32, 8), 'value is 8 elements of u32 instead of 4 elements of u32'],
])('%s', (_, expected, found, difference) => {
  expect(layoutDifference(expected, found, 'value')).toBe(difference);
});
