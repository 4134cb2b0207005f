/** Objects and arrays in place: layout, copies, stores into narrower fields, indexing, bounds. */
import { describeTwoWorlds } from '../support/two-worlds.js';

const prelude = `
interface Point { x: i32; y: i32 }
interface Line { from: Point; to: Point; width: u8 }
interface Mixed { a: u8; b: u64; c: u16; d: i8; e: boolean }
interface Inner { tag: u8; bytes: FixedArray<u8, 5> }
interface Odd { tag: u8; bytes: FixedArray<u8, 7>; inner: Inner; last: u8 }
interface Sized { length: u16; start: u8 }
interface Wire { port: be16; address: be32 }
interface Span<T> { from: T; to: T; width: u8 }
function spanOf<T>(from: T, to: T, width: number): Span<T> { const span = { from, to, width }; return span; }
function annotated<T>(from: T, to: T, width: number): Span<T> { const span: Span<T> = { from, to, width }; return span; }
function length(p: Point): number { return Math.abs(p.x) + Math.abs(p.y); }
function move(p: Point, by: number): void { p.x += by; }
`;

describeTwoWorlds('structs', { prelude }, (testFunction) => {
  testFunction(
    'fields are read and written',
    '(a: i32, b: i32) => { const p: Point = { x: a, y: b }; p.x += p.y; return p.x * 1000 + p.y; }',
  )
    .with(3, 4)
    .with(-3, 4);
  testFunction(
    'fields of several widths keep apart',
    `(a: u64, b: i32) => {
    const m: Mixed = { a: 200, b: a, c: 60000, d: -5, e: b > 0 };
    return Number(m.b & 0xffffn) + m.a + m.c + m.d + (m.e ? 1000000 : 0);
  }`,
  )
    .with(0xffffffff12345678n, 1)
    .with(7n, -1);
  testFunction(
    'a field may be called length',
    '(a: i32) => { const p: Sized = { length: a, start: 1 }; p.length += 2; return p.length; }',
  )
    .with(3)
    .with(40000);
  testFunction(
    'a network-order field of either branch keeps its value, stored as such or not',
    `(a: u32, b: u32, first: boolean) => {
    const from: Wire = { port: 1, address: a };
    const to: Wire = { port: 2, address: b };
    const chosen = first ? from.address : to.address;
    const copy: Wire = { port: chosen & 0xffff, address: chosen };
    return copy.address + copy.port + (first ? from.address : 7);
  }`,
  )
    .with(0x01020304, 0xfffefdfc, true)
    .with(0x01020304, 0xfffefdfc, false);
  testFunction(
    'an index that another test makes a constant',
    `(a: i16) => {
    const list: FixedArray<be64, 2> = [u64(5), u64(6)];
    if (!!a) return 0n;
    let i = 0;
    while (i < 1 && !!list[(a >>> 0) % 2]) i++;
    return BigInt(i);
  }`,
  )
    .with(0)
    .with(7);
  testFunction(
    'nested structs',
    `(a: i32, b: i32) => {
    const line: Line = { from: { x: a, y: b }, to: { x: b, y: a }, width: 3 };
    line.to.x += line.width;
    return length(line.from) * 1000 + line.to.x;
  }`,
  )
    .with(1, 2)
    .with(-10, 20);
  testFunction(
    'objects in generic functions have the layout of their values',
    `(a: i32, b: u64) => {
    const wide = spanOf(b, b + 1n, 300);
    const points = spanOf<Point>({ x: a, y: 1 }, { x: 2, y: a }, 7);
    const narrow = annotated(b, b + 1n, 300);
    return Number(wide.to - wide.from + (wide.from & 0xffn)) + wide.width * 1000 + points.from.x + points.to.y + narrow.width;
  }`,
  )
    .gives(1 + 0xef + 300 * 1000 - 10 + 44, -5, 0xffff_1234_5678_abefn)
    .gives(1 + 2 + 300 * 1000 + 14 + 44, 7, 2n);
  testFunction(
    'a function changes the object it is given',
    '(a: i32) => { const p: Point = { x: a, y: 0 }; move(p, 5); return p.x; }',
  ).with(1);
  testFunction(
    'an assignment to a field copies',
    `(a: i32) => {
    const p: Point = { x: a, y: a };
    const line: Line = { from: { x: 0, y: 0 }, to: { x: 0, y: 0 }, width: 1 };
    line.from = p;
    p.x = 99;
    return line.from.x;
  }`,
  ).gives(5, 5);
  testFunction(
    'a narrower field keeps the low bits',
    '(a: i32) => { const line: Line = { from: { x: 0, y: 0 }, to: { x: 0, y: 0 }, width: a }; return line.width; }',
  )
    .gives(0x34, 0x1234)
    .gives(0xff, -1);
  testFunction(
    'a signed field gives its sign back',
    '(a: i32) => { const m: Mixed = { a: 0, b: 0n, c: 0, d: a, e: false }; return m.d; }',
  )
    .gives(-1, 0xff)
    .gives(127, 127)
    .gives(-128, 128);
  testFunction(
    'network byte order is not seen',
    '(a: u16, b: u32) => { const w: Wire = { port: a, address: b }; w.port += 1; return w.port * 2 + w.address; }',
  )
    .with(80, 0x0a000001)
    .with(0x1234, 0xffffffff);
  testFunction(
    'shorthand and destructuring',
    '(x: i32, y: i32) => { const p: Point = { x, y }; const { x: left, y: right } = p; return left - right; }',
  ).with(10, 4);
  testFunction(
    'spread of a constant object',
    '(a: i32) => { const base = { x: 1, y: 2 }; const p: Point = { ...base, y: a }; return p.x * 10 + p.y; }',
  ).with(7);
});

describeTwoWorlds('arrays', { prelude }, (testFunction) => {
  testFunction(
    'indexing by a constant',
    '(a: i32, b: i32) => { const list: FixedArray<i32, 3> = [a, b, a + b]; list[0] = list[2]; return list[0] * 100 + list[1]; }',
  )
    .with(1, 2)
    .with(-1, 2);
  testFunction(
    'indexing by a variable',
    '(i: u32) => { const list: FixedArray<u32, 4> = [10, 20, 30, 40]; return list[i & 3]; }',
  )
    .with(0)
    .with(3)
    .with(6);
  testFunction(
    'indexes of narrow signed types, into elements of several widths',
    `(i: i16, j: i32, k: i8) => {
    const wide: FixedArray<u64, 3> = [100n, 200n, 300n];
    const narrow: FixedArray<u16, 5> = [1, 2, 3, 4, 5];
    const whole: FixedArray<i32, 6> = [10, 20, 30, 40, 50, 60];
    whole[j] >>>= 1;
    narrow[k]++;
    let t = 0;
    do { t++; narrow[k] >>>= 0; } while (t < 5 && wide[i * 2 - i] > 0n);
    return Number(wide[i]) + narrow[k] * 7 + whole[j | 0] * 1000 + narrow[(i >>> 0) >> 1] + whole[Number(i64(k) >> 1n)];
  }`,
  )
    .with(0, 0, 0)
    .with(2, 5, 4)
    .ends(-1, 0, 0)
    .ends(0, -0x80000000, 0)
    .ends(0, 6, 0)
    .ends(0, 0, -128);
  testFunction(
    'an index that stays the same in a loop',
    `(a: u16) => {
    const list: FixedArray<i32, 5> = [a, 5, 7, 9, 11];
    let sum = 0;
    for (const each of list) if (list[(a >>> 0) % 5] >= each) { list[(a >>> 0) % 5] &= 6; sum += list[a % 5]; }
    return sum;
  }`,
  )
    .with(0)
    .with(4)
    .with(65533);
  testFunction(
    'an index past the end ends the program',
    '(i: u32) => { const list: FixedArray<u32, 4> = [10, 20, 30, 40]; return list[i]; }',
  )
    .with(3)
    .ends(4)
    .ends(0xffffffff);
  testFunction(
    'a store past the end ends the program',
    '(i: u32) => { const list: FixedArray<u32, 4> = [1, 2, 3, 4]; list[i] = 9; return list[0]; }',
  )
    .with(0)
    .with(2)
    .ends(4);
  testFunction(
    'length and for-of',
    '(a: i32) => { const list: FixedArray<i32, 5> = [1, 2, 3, 4, a]; let sum = list.length; for (const x of list) sum += x; return sum; }',
  )
    .with(10)
    .with(-10);
  testFunction(
    'a loop over indices',
    '(a: u32) => { const list: FixedArray<u32, 8> = [0, 0, 0, 0, 0, 0, 0, 0]; for (let i = 0; i < list.length; i++) list[i] = i * a; return list[7] + list[3]; }',
  )
    .with(3)
    .with(0x7ffffff);
  testFunction(
    'fill, includes and indexOf',
    '(a: u32) => { const list: FixedArray<u32, 4> = [1, 2, 3, 4]; const at = list.indexOf(a); const has = list.includes(a); list.fill(7); return at * 100 + (has ? 10 : 0) + list[2]; }',
  )
    .with(3)
    .with(9);
  testFunction(
    'some, every, find and reduce',
    `(a: i32) => {
    const list: FixedArray<i32, 4> = [1, 5, 9, a];
    const sum = list.reduce((total, x) => total + x, 0);
    return sum * 100 + (list.some((x) => x > 9) ? 10 : 0) + (list.every((x) => x > 0) ? 1 : 0) + (list.find((x) => x > 4) ?? 0);
  }`,
  )
    .with(2)
    .with(-2)
    .with(20);
  testFunction(
    'an array of structs',
    '(a: i32, i: u32) => { const list: FixedArray<Point, 2> = [{ x: a, y: 1 }, { x: 2, y: a }]; list[i & 1].x += 5; return list[0].x * 100 + list[1].x + list[1].y; }',
  )
    .with(3, 0)
    .with(3, 1);
  testFunction(
    'elements of one byte',
    '(a: u32, i: u32) => { const bytes: FixedArray<u8, 4> = [1, 2, 3, 4]; bytes[i & 3] = a; return bytes[0] * 1000 + bytes[1] * 100 + bytes[3]; }',
  )
    .gives(0x34 * 1000 + 204, 0x1234, 0)
    .gives(1000 + 200 + 0xff, 0xffffffff, 3);
});

// Verifiers before 6.12 refuse to read a part of 8 bytes that were stored as one and overwritten at a variable offset.
describeTwoWorlds('structs at odd offsets', { prelude, since: '6.12' }, (testFunction) => {
  testFunction(
    'bytes at odd offsets are copied whole',
    `(a: u64) => {
    const odd: Odd = { tag: 1, bytes: [1, 2, 3, 4, 5, 6, 7], inner: { tag: 2, bytes: [9, 8, 7, 6, 5] }, last: 3 };
    odd.bytes[Number(a & 3n)] = Number(a & 0xffn);
    const copy: Odd = { tag: 4, bytes: odd.bytes, inner: odd.inner, last: odd.last };
    const inner: Inner = { tag: copy.inner.tag, bytes: copy.inner.bytes };
    return copy.bytes.reduce((sum, byte) => sum * 3 + byte, 0) + inner.bytes.reduce((sum, byte) => sum * 5 + byte, 0) + copy.last;
  }`,
  )
    .with(0xf1n)
    .with(2n);
});
