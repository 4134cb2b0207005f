/** Constants of `u64`, `i64` and `fixed` mean what they would as variables: what wraps wraps, what truncates truncates. */
import { describeTwoWorlds } from '../support/two-worlds.js';

const prelude = `
const LEAST: u64 = 0n;
const GREATEST: u64 = 0xffffffffffffffffn;
const TOP: i64 = 0x7fffffffffffffffn;
const THIRD: fixed = 1 / 3;
const TWO: fixed = 2;
const THREE: fixed = 3;
const MASK = (1n << 64n) - 1n;
`;

describeTwoWorlds('constants of 64 bits', { prelude }, (testFunction) => {
  const gives = (title: string, body: string, expected: bigint | number) =>
    testFunction(title, `(a: u64): u64 => { ${body} }`).gives(BigInt(expected), 0n);
  gives('below zero', 'return LEAST - 1n;', (1n << 64n) - 1n);
  gives('below zero, halved', 'return (LEAST - 1n) / 2n;', (1n << 63n) - 1n);
  gives('below zero, compared', 'return LEAST - 2n > 5n ? 1n : 2n;', 1);
  gives('by a name', 'const d = LEAST - 2n; return d / 3n;', ((1n << 64n) - 2n) / 3n);
  gives('by a name that has an operator again', 'const d = LEAST + 2n; return (d - 4n) >> 60n;', 15);
  gives('above the greatest', 'return (GREATEST + 3n) / 2n;', 1);
  gives('a product', 'return (GREATEST * GREATEST) >> 1n;', 0);
  gives('shifted out', 'return (GREATEST << 60n) >> 60n;', 15);
  gives('signed', 'return u64((TOP + 1n) >> 1n);', (1n << 64n) - (1n << 62n));
  gives('inverted', 'return ~LEAST;', (1n << 64n) - 1n);
  gives('negated', 'return -(LEAST + 1n);', (1n << 64n) - 1n);
  gives('literals alone are exact', 'return MASK;', (1n << 64n) - 1n);
  gives('literals alone are exact here', 'return a + ((1n << 64n) - 1n);', (1n << 64n) - 1n);
  gives('inside a call', 'return BigInt(Number(LEAST - 1n > 1n));', 1);
  gives('inside a condition', 'return LEAST - 1n > 1n ? u64(4) : u64(5);', 4);
});

describeTwoWorlds('constants of fixed point', { prelude }, (testFunction) => {
  const gives = (title: string, body: string, expected: number) =>
    testFunction(title, `(a: u32): i64 => { ${body} }`).gives(BigInt(expected), 0);
  gives('a third of three', 'return BigInt(Math.trunc((TWO - 1) / THREE * THREE));', 0);
  gives('a third in hundred thousandths', 'return BigInt(Math.trunc((TWO / THREE) * 100000));', 66666);
  gives('a constant with more places', 'return BigInt(Math.trunc(THIRD * 100000));', 33333);
  gives('a constant compared', 'return THIRD * THREE === 0.99999 ? 1n : 2n;', 1);
  gives('by a name', 'const q = TWO / THREE; return BigInt(Math.trunc(q * THREE * 100000));', 199998);
  gives('negative', 'return BigInt(Math.trunc((-TWO / THREE) * 100000));', -66666);
  gives(
    'beside a variable',
    'const q = TWO / THREE; const f: fixed = fixed(a) + q; return BigInt(Math.trunc(f * 100000));',
    66666,
  );
  gives('by a fraction', 'return BigInt(Math.trunc(TWO * 2.5));', 5);
  gives('remainder', 'return BigInt(Math.trunc((THREE % TWO) * 10));', 10);
  testFunction('divided by zero', '(a: u32): u32 => { const zero: fixed = 0; return TWO / zero > 1 ? 1 : 2; }').ends(0);
});
