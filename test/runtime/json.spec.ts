/** Decoded values as JSON. */
import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { codecOf } from '../../runtime/maps/codec.js';
import { toJsonValue } from '../../runtime/maps/json.js';
import { array, integer, type Layout, type StructLayout } from '../../runtime/maps/layout.js';

const u8 = integer('u8', 1, false);
const u64 = integer('u64', 8, false);

function struct(name: string, ...members: [string, Layout][]): StructLayout {
  let offset = 0;
  const fields = members.map(([member, layout]) => {
    const field = { name: member, offset, layout };
    offset += layout.size;
    return field;
  });
  return { kind: 'struct', name, size: offset, fields };
}

const inner = struct('inner', ['total', u64], ['mac', { kind: 'bytes', size: 2 }]);
const outer = struct('outer', ['inner', inner], ['counts', array(u64, 2)], ['many', array(inner, 2)], ['ttl', u8]);
const bytes = new Uint8Array(outer.size).fill(0xff);

it('is written for structs, with 64-bit members as decimal strings', () => {
  const value = codecOf(outer).decodeBytes(bytes);
  const most = '18446744073709551615';
  const expected = { total: most, mac: [255, 255] };
  expect(JSON.parse(JSON.stringify(value))).toEqual({
    inner: expected,
    counts: [most, most],
    many: [expected, expected],
    ttl: 255,
  });
});

it('leaves decoded structs what they look like', () => {
  const value = codecOf(inner).decodeBytes(bytes) as object;
  expect(inspect(value)).toBe(inspect({ total: 0xffffffffffffffffn, mac: Uint8Array.of(255, 255) }));
  expect(Object.keys(value)).toEqual(['total', 'mac']);
  expect({ ...value }).toEqual({ total: 0xffffffffffffffffn, mac: Uint8Array.of(255, 255) });
  expect(codecOf(inner).encode(value)).toEqual(bytes.subarray(0, inner.size));
});

it('is made of anything that decodes', () => {
  expect(toJsonValue([1n, 'a', true, undefined, Uint8Array.of(7)])).toEqual(['1', 'a', true, undefined, [7]]);
});
