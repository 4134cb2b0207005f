/** BTF that the runtime writes for maps that it makes: what is read back is what was written. */
import { describe, expect, test } from 'vitest';
import { Btf } from '../../compiler/object/btf.js';
import { layoutOfType } from '../../runtime/maps/btf-layout.js';
import { writeMapBtf } from '../../runtime/maps/btf-writer.js';
import { array, integer, type Layout } from '../../runtime/maps/layout.js';

const u8 = integer('u8', 1, false);
const u32 = integer('u32', 4, false);
const struct = (name: string, size: number, fields: readonly [string, number, Layout][]): Layout => ({
  kind: 'struct',
  name,
  size,
  fields: fields.map(([field, offset, layout]) => ({ name: field, offset, layout })),
});

describe('a layout comes back as it went', () => {
  test.each<[string, Layout]>([
    ['integers', u32],
    ['signed integers', integer('i64', 8, true)],
    ['booleans', integer('boolean', 1, false, 'boolean')],
    ['integers in network byte order', integer('be32', 4, false, 'number', false)],
    ['fixed point', integer('fixed', 8, true, 'fixed')],
    ['numbers of 64 bits', integer('number', 8, true, 'number')],
    ['text', { kind: 'string', size: 16 }],
    ['bytes', { kind: 'bytes', size: 6 }],
    ['arrays of arrays', array(array(u32, 3), 2)],
    [
      'structs',
      struct('pair', 12, [
        ['one', 0, u32],
        ['text', 4, { kind: 'string', size: 8 }],
      ]),
    ],
    [
      'structs in structs',
      struct('outer', 16, [
        ['a', 0, u8],
        ['inner', 8, struct('inner', 8, [['x', 0, u32]])],
      ]),
    ],
    [
      'unions',
      {
        kind: 'union',
        name: 'either',
        size: 4,
        fields: [
          { name: 'whole', offset: 0, layout: u32, overlapping: true },
          { name: 'first', offset: 0, layout: u8, overlapping: true },
        ],
      },
    ],
    [
      'bit fields',
      {
        kind: 'struct',
        name: 'flags',
        size: 4,
        fields: [
          { name: 'low', offset: 0, layout: u32, bits: { offset: 0, width: 3 } },
          { name: 'high', offset: 0, layout: u32, bits: { offset: 3, width: 29 } },
        ],
      },
    ],
  ])('%s', (_name, layout) => {
    const { bytes, key, value } = writeMapBtf(u32, layout);
    const btf = Btf.parse(bytes);
    expect(layoutOfType(btf, key)).toEqual(u32);
    expect(layoutOfType(btf, value)).toEqual(layout);
  });
});

test('a member whose name is none in C has no name, and the rest stays', () => {
  const layout = struct('odd name!', 8, [
    ['a', 0, u32],
    ['1st', 4, u32],
  ]);
  const { bytes, value } = writeMapBtf(u32, layout);
  expect(layoutOfType(Btf.parse(bytes), value)).toEqual({ ...struct('', 8, [['a', 0, u32]]) });
});
