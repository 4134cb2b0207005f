/** Arithmetic on bigints: 64 bits, wrapping in the type of both sides. */
import { describeTwoWorlds, everyLevel, type DeclareFunction } from '../support/two-worlds.js';

const most = 0xffffffffffffffffn;
const least = -(1n << 63n);
const greatest = (1n << 63n) - 1n;

for (const [level, options] of Object.entries(everyLevel)) describeTwoWorlds(`bigint${level}`, options, declare);

function declare(testFunction: DeclareFunction): void {
  testFunction(
    'a variable that begins with a constant conversion has its type',
    '(a: i64): u64 => { let x = u64(0); x--; let y = u64(5); y <<= 62n; return (x >> 60n) * 31n + u64(a) + (y >> 62n); }',
  )
    .gives(15 * 31 + 7 + 1, 7n)
    .gives(15 * 31 - 7 + 1, -7n);
  testFunction('u64 addition wraps', '(a: u64, b: u64): u64 => a + b').with(1n, 2n).with(most, 1n).with(most, most);
  testFunction('u64 subtraction wraps', '(a: u64, b: u64): u64 => a - b').with(5n, 3n).with(3n, 5n);
  testFunction('u64 multiplication wraps', '(a: u64, b: u64): u64 => a * b')
    .with(most, 3n)
    .with(1n << 33n, 1n << 33n);
  testFunction('i64 addition wraps', '(a: i64, b: i64): i64 => a + b').with(greatest, 1n).with(-5n, 3n);
  testFunction('bigint without a flavour is i64', '(a: bigint, b: bigint) => a * b - a')
    .with(-5n, 3n)
    .with(1n << 40n, 2n);
  testFunction('u64 division is unsigned', '(a: u64, b: u64): u64 => a / b').with(most, 2n).with(7n, 2n).with(1n, 0n);
  testFunction('i64 division truncates toward zero', '(a: i64, b: i64): i64 => a / b')
    .with(7n, 2n)
    .with(-7n, 2n)
    .with(7n, -2n)
    .with(-7n, -2n)
    .with(least, 1n)
    .with(7n, 0n);
  testFunction('the one quotient that wraps', '(a: i64, b: i64): i64 => a / b').with(least, -1n);
  testFunction('u64 remainder', '(a: u64, b: u64): u64 => a % b').with(most, 10n).with(3n, 0n);
  testFunction('i64 remainder', '(a: i64, b: i64): i64 => a % b')
    .with(-7n, 3n)
    .with(7n, -3n)
    .with(least, -1n)
    .with(1n, 0n);
  testFunction('negation', '(a: i64): i64 => -a').with(5n).with(least).with(0n);
  testFunction('a literal takes the other side', '(a: u64): u64 => a * 2n + 1n')
    .with(1n << 63n)
    .with(5n);
  testFunction('++ and --', '(a: u64): u64 => { let x = a; x++; ++x; x--; return x; }').with(41n).with(most);
  testFunction(
    'compound assignment',
    '(a: i64, b: i64): i64 => { let x = a; x += b; x *= 3n; x -= 1n; x /= 2n; x %= 100n; return x; }',
  )
    .with(17n, 5n)
    .with(-1700n, 5n);
  testFunction('BigInt of a number', '(a: i32): i64 => BigInt(a) << 8n').with(-3).with(3);
  testFunction('BigInt of an unsigned number', '(a: u32): i64 => BigInt(a) << 8n').with(0xffffffff);
  testFunction('Number of a bigint', '(a: u64) => Number(a >> 32n)').with(0xfedcba9876543210n).with(5n);
  testFunction(
    'BigInt.asUintN and asIntN',
    '(a: u64): i64 => i64(BigInt.asUintN(12, a)) * 100000n + BigInt.asIntN(12, a)',
  )
    .with(0xabcn)
    .with(0x7ffn)
    .with(most);
  testFunction('u64 of an i64 and back', '(a: i64): i64 => i64(u64(a) >> 1n)').with(-1n).with(10n);
}
