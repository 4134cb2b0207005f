/** Records against Python's struct module, whose results (`struct.pack`) stand here as bytes. */
import { describe, expect, it } from 'vitest';
import { codecOf } from '../../runtime/maps/codec.js';
import { Record, type RecordOptions, type RecordType } from '../../runtime/maps/record.js';

function encode(type: RecordType, value: unknown, options?: RecordOptions): string {
  return Buffer.from(codecOf(new Record(type, options).layout).encode(value)).toString('hex');
}

describe('Record', () => {
  it('describes scalars, arrays, strings and nested fields', () => {
    const type: RecordType = [
      ['data', ['Q', 'Q']],
      ['name', '4s'],
      [
        'nested',
        [
          ['a', 'I'],
          ['b', 'B'],
        ],
      ],
    ];
    const value = { data: [1n, 2n], name: 'ab', nested: { a: 3, b: 4 } };
    // '@' in C: 8 + 8 + 4 + 8 (the nested struct is padded to 4), the whole padded to 8
    const hex = '0100000000000000' + '0200000000000000' + '61620000' + '03000000' + '04000000' + '00000000';
    expect(encode(type, value, { byteOrder: 'little' })).toBe(hex);
    expect(codecOf(new Record(type, { byteOrder: 'little' }).layout).decodeBytes(Buffer.from(hex, 'hex'))).toEqual(
      value,
    );
  });

  it('keeps the byte order in and after nested fields', () => {
    const type: RecordType = [
      ['before', 'H'],
      ['nested', [['inside', 'H']]],
      ['after', 'H'],
    ];
    const value = { before: 1, nested: { inside: 2 }, after: 3 };
    expect(encode(type, value, { byteOrder: 'big' })).toBe('000100020003');
    expect(encode(type, value, { byteOrder: 'little' })).toBe('010002000300');
  });

  it('packs without padding when told so', () => {
    const type: RecordType = [
      ['a', 'B'],
      ['b', 'I'],
    ];
    expect(new Record(type).size).toBe(8);
    expect(new Record(type, { packed: true }).size).toBe(5);
  });

  it('refuses what is no description', () => {
    expect(() => new Record('Z')).toThrow(expect.objectContaining({ code: 'TSBPF2018' }));
    expect(() => new Record(['I', 'Q'])).toThrow('equal elements');
    expect(() => new Record([['a', 'I']], { byteOrder: 'middle' as 'big' })).toThrow("'native', 'little' or 'big'");
  });
});
