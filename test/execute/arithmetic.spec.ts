/** Arithmetic on numbers: exact as in JavaScript, up to 64 bits. */
import { describeTwoWorlds, everyLevel, type DeclareFunction } from '../support/two-worlds.js';

const most = 0xffffffff;
const least = -0x80000000;

for (const [level, options] of Object.entries(everyLevel)) describeTwoWorlds(`arithmetic${level}`, options, declare);

function declare(testFunction: DeclareFunction): void {
  testFunction('addition does not wrap at 32 bits', '(a: u32, b: u32) => a + b')
    .with(1, 2)
    .with(most, 1)
    .with(most, most);
  testFunction('subtraction goes below zero', '(a: u32, b: u32) => a - b').with(5, 3).with(3, 5).with(0, most);
  testFunction('multiplication does not wrap at 32 bits', '(a: u32, b: i32) => a * b')
    .with(7, 6)
    .with(0x10000, 0x10000)
    .with(most, -1)
    .with(0x1fffff, least);
  testFunction('above 2 ** 53 sums stay exact', '(a: number, b: number) => a + b')
    .gives(9007199254740993n, 9007199254740991, 2)
    .gives(-9007199254740993n, -9007199254740991, -2);
  testFunction('negation', '(a: i32) => -a').with(5).with(-5).with(0).with(least);
  testFunction('unary plus', '(a: i32) => +a').with(-7);
  testFunction('signed remainder truncates toward zero', '(a: i32, b: i32) => a % b')
    .with(7, 3)
    .with(-7, 3)
    .with(7, -3)
    .with(-7, -3)
    .with(least, -1)
    .ends(7, 0);
  testFunction('unsigned remainder', '(a: u32, b: u32) => a % b').with(most, 10).with(3, most).ends(1, 0);
  testFunction('Math.trunc of a quotient', '(a: i32, b: i32) => Math.trunc(a / b)')
    .with(7, 2)
    .with(-7, 2)
    .with(7, -2)
    .with(-7, -2)
    .with(least, -1)
    .ends(7, 0);
  testFunction('Math.floor of a quotient', '(a: i32, b: i32) => Math.floor(a / b)')
    .with(7, 2)
    .with(-7, 2)
    .with(7, -2)
    .with(-8, 2)
    .with(-7, -2)
    .ends(-1, 0);
  testFunction('a quotient kept to 32 bits', '(a: i32, b: i32) => (a / b) | 0')
    .with(7, 2)
    .with(-7, 2)
    .with(least, -1)
    .with(7, 0)
    .with(0, 0);
  testFunction('u32 of a quotient', '(a: u32, b: u32) => u32(a / b)').with(most, 2).with(1, most).with(5, 0);
  testFunction('a remainder by 0 kept to 32 bits', '(a: u32, b: u32) => (a % b) >>> 0').with(9, 4).with(9, 0);
  testFunction('precedence and grouping', '(a: i32, b: i32, c: i32) => (a + b) * c - a * (b - c)')
    .with(2, 3, 4)
    .with(-2, 3, -4);
  testFunction('compound assignment', '(a: i32, b: i32) => { let x = a; x += b; x *= 3; x -= b; x %= 1000; return x; }')
    .with(17, 5)
    .with(-17, 5)
    .with(123456, -99);
  testFunction('prefix and postfix', '(a: i32) => { let x = a; const y = x++ + ++x; return y * 100 + x-- - --x; }')
    .with(5)
    .with(-9);
  testFunction(
    'a compound assignment reads its target before the right side changes it',
    '(a: i32) => { let x = a; x ^= x++; let y = a; y += (y = 5, y * 2); let z = a; z -= z = 3; return x * 1000 + y * 100 + z; }',
  )
    .with(0)
    .with(7)
    .with(-9);
  testFunction(
    'rounding the quotient of fixed-point values',
    '(a: i32) => (Math.floor(fixed(a) / fixed(4)) & 15) * 100 + Math.trunc(fixed(a) / 4) + Math.floor(fixed(a))',
  )
    .gives(1 * 100 + 1 + 7, 7)
    .gives(14 * 100 - 1 - 7, -7);
  testFunction('a power with a constant exponent', '(a: i32) => a ** 3').with(7).with(-11).with(0);
  testFunction('Math.min and Math.max', '(a: i32, b: i32, c: i32) => Math.min(a, b, c) * 1000 + Math.max(a, b, c)')
    .with(1, 2, 3)
    .with(3, -1, 2)
    .with(-3, -1, -2);
  testFunction('Math.min of unsigned values', '(a: u32, b: u32) => Math.min(a, b)').with(most, 1).with(0, most);
  testFunction('Math.abs and Math.sign', '(a: i32) => Math.abs(a) * 10 + Math.sign(a)')
    .with(5)
    .with(-5)
    .with(0)
    .with(least);
  testFunction('Math.imul', '(a: i32, b: i32) => Math.imul(a, b)')
    .with(0x7fffffff, 2)
    .with(-5, 12)
    .with(0x12345678, 0x7654321);
  const zeros = testFunction('Math.clz32', '(a: u32) => Math.clz32(a)').with(0).with(1).with(2);
  for (let bit = 2; bit <= 32; bit++) zeros.with(2 ** bit - 1);
  for (let bit = 2; bit < 32; bit++) zeros.with(2 ** bit);
}
