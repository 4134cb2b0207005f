/** Bitwise operators: on numbers 32 bits, signed but for `>>>`; on bigints 64. */
import { describeTwoWorlds, everyLevel, type DeclareFunction } from '../support/two-worlds.js';

const most = 0xffffffff;

for (const [level, options] of Object.entries(everyLevel)) describeTwoWorlds(`bitwise${level}`, options, declare);

function declare(testFunction: DeclareFunction): void {
  const pairs = [
    [0xf0f0f0f0, 0xff00ff00],
    [most, 1],
    [0, most],
    [0x80000000, 0x7fffffff],
  ] as const;
  for (const operator of ['&', '|', '^']) {
    const test = testFunction(`${operator} on numbers is signed`, `(a: u32, b: u32) => a ${operator} b`);
    for (const [a, b] of pairs) test.with(a, b);
  }
  testFunction('~ on numbers', '(a: u32) => ~a').with(0).with(most).with(0x80000000).with(5);
  testFunction('<< keeps 32 signed bits', '(a: u32, n: u32) => a << n')
    .with(1, 31)
    .with(most, 4)
    .with(1, 32)
    .with(3, 33);
  testFunction('>> carries the sign', '(a: i32, n: u32) => a >> n')
    .with(-16, 2)
    .with(-1, 31)
    .with(1 << 30, 3)
    .with(-8, 32);
  testFunction('>> of a u32 with its top bit', '(a: u32, n: u32) => a >> n').with(0x80000000, 4).with(most, 31);
  testFunction('>>> is unsigned', '(a: i32, n: u32) => a >>> n').with(-1, 0).with(-16, 2).with(7, 1).with(-1, 32);
  testFunction('a value above 32 bits is cut first', '(a: number) => a | 0')
    .with(0x100000005)
    .with(0x180000000)
    .with(-0x100000001);
  testFunction('a mask compared as unsigned', '(ip: u32) => ((ip & 0xff000000) >>> 0) === 0xc0000000')
    .with(0xc0a80001)
    .with(0x0a000001);
  testFunction('bytes of a word', '(a: u32) => ((a >>> 24) & 0xff) + ((a >>> 8) & 0xff)').with(0xfe3412ab).with(0);
  testFunction('swapping bytes', '(a: u32) => htons(a & 0xffff) + htonl(a)').with(0x12345678).with(0xff000001);
  testFunction(
    'compound assignment',
    '(a: u32, b: u32) => { let x = a; x &= b; x |= 0x10; x ^= 3; x <<= 2; x >>>= 1; return x; }',
  )
    .with(most, 0xff)
    .with(0x80000001, most);

  const big = [
    [0xf0f0f0f0f0f0f0f0n, 0xff00ff00ff00ff00n],
    [0xffffffffffffffffn, 1n],
    [0x8000000000000000n, 0x7fffffffffffffffn],
  ] as const;
  for (const operator of ['&', '|', '^']) {
    const test = testFunction(`${operator} on u64`, `(a: u64, b: u64): u64 => a ${operator} b`);
    for (const [a, b] of big) test.with(a, b);
  }
  testFunction('~ on i64', '(a: i64): i64 => ~a').with(0n).with(-1n).with(5n);
  testFunction('>> on u64 is unsigned', '(a: u64, n: u64): u64 => a >> n')
    .with(1n << 63n, 63n)
    .with(0xffffffffffffffffn, 4n);
  testFunction('>> on i64 carries the sign', '(a: i64, n: i64): i64 => a >> n').with(-16n, 2n).with(-1n, 63n);
  testFunction('<< on u64 keeps 64 bits', '(a: u64, n: u64): u64 => a << n').with(1n, 63n).with(3n, 63n);
  testFunction('shifts of u64 by 64 and more', '(a: u64, n: u64): u64 => (a << n) + (a >> n)')
    .with(5n, 64n)
    .with(5n, 100n);
  testFunction('>> on i64 by 64 and more', '(a: i64, n: i64): i64 => a >> n').with(-5n, 64n).with(5n, 200n);
  testFunction('the halves of a u64', '(a: u64): u64 => (a >> 32n) ^ (a & 0xffffffffn)').with(0x123456789abcdef0n);
}
