/** Values to bytes and back, against bytes written by hand from the C layout rules (System V ABI, little-endian). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Btf } from '../../compiler/object/btf.js';
import { readElf, sectionNamed } from '../../compiler/object/elf.js';
import { layoutOfType } from '../../runtime/maps/btf-layout.js';
import { codecOf, type Codec } from '../../runtime/maps/codec.js';
import { integer, type Layout } from '../../runtime/maps/layout.js';
import { compileC } from '../kernel/support/object.js';

const source = `
typedef unsigned short be16; typedef unsigned int be32; typedef unsigned long long be64;
typedef long long fixed; typedef long long number; typedef unsigned char u8;
struct integers { __u8 a; __s8 b; __u16 c; __s16 d; __u32 e; __s32 f; __u64 g; __s64 h; _Bool i; } integers;
struct marked { be16 port; be32 address; be64 wide; fixed price; number count; } marked;
struct point { __s32 x; __s32 y; };
struct nested { struct point corners[2]; __u32 rows[3]; char name[8]; u8 mac[6]; __u16 grid[2][2]; } nested;
struct fields { __u32 low : 3; __s32 middle : 7; __u32 high : 22; __u64 rest : 40; } fields;
struct other { enum { RED, GREEN = 7 } colour; void *address; union { __u32 word; __u8 bytes[4]; }; } other;
union either { __u32 word; __u16 half; } either;
struct { __u32 __proto__; __u32 constructor; } odd;
`;

const elf = readElf(compileC(source));
const btf = Btf.parse(sectionNamed(elf, '.BTF')!.bytes.data);

function codec(name: string): Codec<any> {
  return codecOf(layoutOfType(btf, btf.find(name, 'variable')!.type)!);
}

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
}

/** Both directions against bytes that the test says. */
function expectBytes(name: string, value: unknown, hex: string): void {
  expect(Buffer.from(codec(name).encode(value)).toString('hex')).toBe(hex.replaceAll(' ', ''));
  expect(codec(name).decodeBytes(bytes(hex))).toEqual(value);
}

describe('layouts by BTF', () => {
  it('reads integers of every width and sign, with padding zeroed', () => {
    expectBytes(
      'integers',
      { a: 200, b: -2, c: 0x1234, d: -3, e: 0x89abcdef, f: -4, g: 0xffffffffffffffffn, h: -5n, i: true },
      'c8 fe 3412 fdff 0000 efcdab89 fcffffff ffffffffffffffff fbffffffffffffff 01 00000000000000',
    );
  });

  it('stores be16, be32 and be64 in network order, fixed in 1/100000 and number in 64 bits', () => {
    expectBytes(
      'marked',
      { port: 80, address: 0x7f000001, wide: 0x0102030405060708n, price: -1.5, count: -7 },
      // -1.5 is -150000 units: 0xfffffffffffdb610
      '0050 0000 7f000001 0102030405060708 10b6fdffffffffff f9ffffffffffffff',
    );
  });

  it('reads structs, arrays of structs, strings and bytes in place', () => {
    expectBytes(
      'nested',
      {
        corners: [
          { x: 1, y: -1 },
          { x: 2, y: 3 },
        ],
        rows: [4, 5, 6],
        name: 'tsbpf',
        mac: bytes('0a0b0c0d0e0f'),
        grid: [
          [1, 2],
          [3, 4],
        ],
      },
      '01000000 ffffffff 02000000 03000000 04000000 05000000 06000000 7473627066000000 0a0b0c0d0e0f' +
        '0100 0200 0300 0400 0000',
    );
  });

  it('reads and writes bit fields, also across words', () => {
    // low 5 in bits 0-2, middle -3 (0x7d) in bits 3-9, high 1 in bits 10-31, rest in bits 64-103 (a unit of its own)
    expectBytes('fields', { low: 5, middle: -3, high: 1, rest: 0x8000000001n }, 'ed070000 00000000 0100000080 000000');
  });

  it('reads enums as numbers, pointers as addresses, and members of unnamed unions as the struct’s own', () => {
    const value = { colour: 7, address: 0xffff888000000001n, word: 0x04030201, bytes: bytes('01020304') };
    expect(codec('other').decodeBytes(bytes('07000000 00000000 01000000 8088ffff 01020304 00000000'))).toEqual(value);
    expect(codec('other').encode({ colour: 0, address: 0n, word: 0x01020304 })[16]).toBe(4);
  });

  it('writes the member of a union that is given, and reads all', () => {
    expect([...codec('either').encode({ half: 0x0201 })]).toEqual([1, 2, 0, 0]);
    expect(codec('either').decodeBytes(bytes('01020304'))).toEqual({ word: 0x04030201, half: 0x0201 });
  });

  it('takes any field name for a name', () => {
    const value = codec('odd').decodeBytes(bytes('01000000 02000000'));
    expect(Object.entries(value)).toEqual([
      ['__proto__', 1],
      ['constructor', 2],
    ]);
  });

  it('copies bytes out of the memory it reads', () => {
    const memory = codec('nested').encode({
      corners: [
        { x: 0, y: 0 },
        { x: 0, y: 0 },
      ],
      rows: [0, 0, 0],
      name: '',
      mac: bytes('010101010101'),
      grid: [
        [0, 0],
        [0, 0],
      ],
    });
    const { mac } = codec('nested').decodeBytes(memory);
    memory.fill(0);
    expect([...mac]).toEqual([1, 1, 1, 1, 1, 1]);
  });
});

describe('values that do not fit', () => {
  const point = { x: 0, y: 0 };
  const nested = {
    corners: [point, point],
    rows: [0, 0, 0],
    name: '',
    mac: new Uint8Array(6),
    grid: [
      [0, 0],
      [0, 0],
    ],
  };

  it.each([
    ['integers', { a: 300 }, 'stats.a: 300 does not fit u8 (0 to 255).'],
    ['integers', { a: 1, b: -129 }, 'stats.b: -129 does not fit i8 (-128 to 127).'],
    ['integers', { a: 1.5 }, 'stats.a: 1.5 is no whole number, as u8 needs.'],
    ['integers', { a: '1' }, 'stats.a: "1" is no number.'],
    ['integers', {}, 'stats.a: the field is missing.'],
    ['integers', 5, 'stats: 5 is no object with the fields of integers.'],
    [
      'nested',
      { ...nested, corners: [point, { x: 2 ** 31, y: 0 }] },
      'stats.corners[1].x: 2147483648 does not fit i32 (-2147483648 to 2147483647).',
    ],
    ['nested', { ...nested, rows: [1, 2] }, 'stats.rows: 2 elements given where exactly 3 are needed.'],
    ['nested', { ...nested, name: 'nine char' }, 'stats.name: "nine char" takes 9 bytes, more than the 8 of char[8].'],
    ['nested', { ...nested, mac: new Uint8Array(5) }, 'stats.mac: 5 bytes given where exactly 6 are needed.'],
    ['nested', { ...nested, mac: [1, 2, 256, 4, 5, 6] }, 'stats.mac[2]: 256 is no byte (0 to 255).'],
    ['nested', { ...nested, mac: [1, 2] }, 'stats.mac: 2 bytes given where exactly 6 are needed.'],
    ['nested', { ...nested, mac: 'no bytes' }, 'stats.mac: "no bytes" is no Uint8Array.'],
    ['fields', { low: 8, middle: 0, high: 0, rest: 0 }, 'stats.low: 8 does not fit a bit field of 3 bits (0 to 7).'],
  ])('%s %o', (name, value, message) => {
    expect(() => codec(name).encode(value, 'stats')).toThrow(message);
  });

  it('takes an array for bytes, as FixedArray<u8, 6> and tuples are', () => {
    const encoded = codec('nested').encode({ ...nested, mac: [1, 2, 3, 4, 5, 255] });
    expect(encoded).toEqual(codec('nested').encode({ ...nested, mac: Uint8Array.of(1, 2, 3, 4, 5, 255) }));
  });

  it('gives the error a code', () => {
    expect(() => codec('integers').encode({ a: -1 })).toThrow(expect.objectContaining({ code: 'TSBPF2010' }));
  });

  it('leaves a bigint beyond 64 bits out', () => {
    const u64 = codecOf<bigint>(integer('u64', 8, false));
    expect(() => u64.encode(2n ** 64n)).toThrow('does not fit u64');
    expect(() => u64.encode(-1n)).toThrow('does not fit u64');
  });
});

describe('round trips', () => {
  const widths: readonly [Layout, fc.Arbitrary<unknown>][] = [
    [integer('u8', 1, false), fc.integer({ min: 0, max: 255 })],
    [integer('i16', 2, true), fc.integer({ min: -32768, max: 32767 })],
    [integer('be32', 4, false, 'number', false), fc.integer({ min: 0, max: 2 ** 32 - 1 })],
    [integer('u64', 8, false), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })],
    [integer('be64', 8, true, 'bigint', false), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })],
    // Whatever fixed point can hold comes back: n / 100000 for whole n.
    [integer('fixed', 8, true, 'fixed'), fc.integer({ min: -(2 ** 40), max: 2 ** 40 }).map((units) => units / 100000)],
    [
      { kind: 'string', size: 32 },
      fc.string({ maxLength: 10 }).filter((text) => !text.includes('\0') && Buffer.from(text).toString() === text),
    ],
  ];

  it.each(widths)('%o', (layout, values) => {
    fc.assert(
      fc.property(
        values,
        (value) => void expect(codecOf(layout).decodeBytes(codecOf(layout).encode(value))).toEqual(value),
      ),
    );
  });
});
