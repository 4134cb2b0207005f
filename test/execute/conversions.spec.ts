/** The conversions that carry the names of types, and variables that are narrower than what is stored. */
import { describeTwoWorlds } from '../support/two-worlds.js';

const numbers = [0, 1, -1, 127, 128, 255, 256, 32768, 65535, 65536, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000001];

describeTwoWorlds('conversions', {}, (testFunction) => {
  for (const type of ['u8', 'u16', 'u32', 'i8', 'i16', 'i32']) {
    const fromNumber = testFunction(`${type} of a number`, `(a: number) => ${type}(a)`);
    for (const value of numbers) fromNumber.with(value);
    const fromBigint = testFunction(`${type} of a bigint`, `(a: i64) => ${type}(a)`);
    for (const value of numbers) fromBigint.with(BigInt(value));
  }
  testFunction('u64 of a negative number', '(a: i32): u64 => u64(a)').with(-1).with(5);
  testFunction('i64 of an unsigned number', '(a: u32): i64 => i64(a)').with(0xffffffff);
  testFunction('u32 of a boolean', '(a: boolean) => u32(a) + 1').with(true).with(false);
  testFunction('Boolean of a number', '(a: i32) => Boolean(a)').with(0).with(-3);
  testFunction('a u8 variable keeps the low bits', '(a: i32) => { let x: u8 = a; x += 1; return x; }')
    .gives(0, 255)
    .gives(0x35, 0x1234);
  testFunction('an i16 variable keeps its sign', '(a: i32) => { const x: i16 = a; return x; }')
    .gives(-32768, 32768)
    .gives(-1, 0xffff);
  testFunction('without an annotation nothing narrows', '(a: u8) => { let x = a; x += 1; return x; }').with(255);
});
