/** Loops up to what only the run knows, of whose size the verifier would know nothing. */
import { describeTwoWorlds, everyLevel } from '../support/two-worlds.js';

const bounds: readonly (readonly [string, string])[] = [
  ['a quotient', 'Math.trunc(a / 40000000)'],
  ['a remainder', 'a % 100'],
  ['a remainder that may be negative', '(a | 0) % 100'],
  ['a shift by what the run knows', '1 >> (b & 31)'],
  ['a mask that is less than its operand can be', '(1 >>> (b & 31)) & 7'],
  ['a narrow variable', 'i8(1 >> b)'],
  ['leading zeros', 'Math.clz32(a)'],
  ['the least of two', 'Math.min(a, 50)'],
  ['a distance', 'Math.abs((a & 31) - (b & 31))'],
  ['a choice', '(a > b ? a % 7 : b % 9)'],
  ['a bit', 'Number(a > b)'],
];

for (const [level, options] of Object.entries(everyLevel))
  describeTwoWorlds(`loop bounds${level}`, options, (testFunction) => {
    const call = ([name, bound]: readonly [string, string], shape: string, body: string) =>
      testFunction(`${name}, ${shape}`, `(a: u32, b: u32) => { const n = ${bound}; let sum = 0; ${body} return sum; }`)
        .with(1, 2)
        .with(250, 33)
        .with(4294967295, 5)
        .with(2147483649, 31);
    for (const bound of bounds) {
      call(bound, 'counted up to', 'for (let i = 0; i < n; i++) sum += i + 1;');
      call(bound, 'left early', 'for (let i = 0; n >= i; i++) { sum += i; if (sum > 500) break; }');
      call(bound, 'with another condition', 'let i = 0; while (i < n && sum !== 66) { sum += ++i; }');
      call(bound, 'counted down from', 'for (let i = n; i > 0; i--) sum += i;');
    }
  });

const countedFrom: readonly (readonly [string, string])[] = [
  ['a number', 'i = a & 7'],
  ['a narrow one', 'i: i8 = a & 7'],
  ['one of 16 bits', 'i: i16 = a & 7'],
  ['one of 32 bits', 'i: i32 = a & 7'],
  ['one that may be negative', 'i = (a & 7) - 3'],
];

const countedDown: readonly (readonly [string, string])[] = [
  ['before it goes down', 'i-- > 0'],
  ['on the other side', '0 < i--'],
  ['with 1', 'i-- >= 1'],
  ['after it went down', '--i >= 0'],
  ['after it was less', '(i -= 1) > -1'],
  ['after it went down by two', '(i -= 2) > 0'],
];

for (const [level, options] of Object.entries(everyLevel))
  describeTwoWorlds(`counts that a condition changes${level}`, options, (testFunction) => {
    for (const [name, condition] of countedDown)
      for (const [from, variable] of countedFrom) {
        testFunction(
          `compared ${name}, from ${from}`,
          `(a: u32) => { let ${variable}; let sum = 100; while (${condition}) { sum = ((sum * 3) ^ i) & 0xffff; } return sum * 100 + i; }`,
        )
          .with(0)
          .with(1)
          .with(5)
          .with(15);
      }
    testFunction(
      'two of them',
      '(a: u32, b: u32) => { let i = a & 7; let j = b & 3; let sum = 0; while (i-- > 0 && j-- > 0) { sum = ((sum * 8) ^ (i + j)) & 0xffff; } return sum * 100 + i * 10 + j; }',
    )
      .with(7, 2)
      .with(2, 3)
      .with(0, 0);
    testFunction(
      'upwards',
      '(a: u32, b: u32) => { let i = a & 3; let sum = 0; while (i++ < 7) { sum = ((sum * 8) ^ i) & 0xffffff; } return sum * 10 + i; }',
    )
      .with(0, 1)
      .with(3, 1);
    testFunction(
      'below the least of a byte',
      '(a: i32) => { let i: i8 = a; let sum = 0; do { sum += 1; } while (--i >= 0 && sum < 9); return sum * 1000 + i; }',
    )
      .gives(9000 + 119, -128)
      .gives(1000 - 2, -1)
      .gives(4000 - 1, 3);
    testFunction(
      'above the greatest of a byte',
      '(a: i32) => { let i: i8 = a; let sum = 0; do { sum += 1; } while (++i <= -120 && sum < 9); return sum * 1000 + i; }',
    )
      .gives(9000 - 120, 127)
      .gives(2000 - 119, -121)
      .gives(1000 + 6, 5);
    testFunction(
      'beside what is below all counts',
      '(a: i32) => { let i: i32 = a; let sum = 0; do { sum += 1; } while (i-- > 0 && sum < 9); return sum * 10 + (i > 0 ? 1 : 0); }',
    )
      .gives(11, -2147483648)
      .gives(10, -5)
      .gives(40, 3);
    testFunction(
      'beside what no bigint of 64 bits is below',
      '(a: i64) => { let i: i64 = a; let sum = 0; do { sum += 1; } while (i-- > 0n && sum < 9); return sum; }',
    )
      .gives(1, -(2n ** 63n))
      .gives(4, 3n);
    testFunction(
      'beside what no bigint of 64 bits is above',
      '(a: i64) => { let i: i64 = a; let sum = 0; do { sum += 1; } while (i++ < 0n && sum < 9); return sum; }',
    )
      .gives(1, 2n ** 63n - 1n)
      .gives(4, -3n);
  });

/** Of registers that are spilled by half the verifier knows something since 5.16. */
const spilled = {
  prelude: `
const counts = new PerCpuArray<u16>({ maxEntries: 8 });
interface Pair { a: u16; b: u16 }
const pairs = new HashMap<Pair, i16>({ maxEntries: 16 });
`,
  since: '5.16',
};

describeTwoWorlds('counts that are spilled', spilled, (testFunction) => {
  testFunction(
    'beside small values of maps',
    `(a: i16) => {
    let shifted: number = a;
    let wide: u32 = shifted;
    for (let i = 0; i < 2; i += 1) {
      for (let j = 0; j < 4; j += 1) {
        if (pairs.delete({ a: 1, b: 2 })) wide <<= 3;
        else shifted >>>= 14;
      }
      counts.increment(shifted, 0xffffffff);
      if (wide <= 2147483647) counts.set(a & 7, u16(i));
    }
    return 7;
  }`,
  )
    .gives(7, 0)
    .gives(7, 5)
    .gives(7, -1);
});
