/** Variables that do not fit in the 512 bytes of stack, which the compiler keeps in a map: they mean what they mean on it. */
import { describeTwoWorlds } from '../support/two-worlds.js';

const prelude = `
interface Words { at: FixedArray<u64, 100> }
interface Halves { at: FixedArray<u64, 40> }
interface Named { name: CharArray<600>; count: u32 }
interface Raw { at: FixedArray<u8, 1001>; last: u8 }
function words(): Words { return { at: [] as never }; }
function sum(all: Words): u64 { let total: u64 = 0n; for (const word of all.at) total += word; return total; }
function filled(first: u64): u64 {
  const all: Words = { at: new Array(100).fill(0n) as never };
  all.at[0] += first;
  return sum(all);
}
`;
const zeros = (count: number) => `new Array(${count}).fill(0n) as never`;

describeTwoWorlds('scratch', { prelude }, (testFunction) => {
  testFunction(
    'a large array is written and read by a computed index',
    `(a: u32, b: u64) => {
    const all: Words = { at: ${zeros(100)} };
    all.at[a % 100] = b;
    all.at[(a + 1) % 100] = 5n;
    return sum(all);
  }`,
  )
    .with(3, 7n)
    .with(99, 1000n);
  testFunction(
    'it is zero each time that its declaration runs',
    `(a: u32, b: u64) => {
    let total: u64 = 0n;
    for (let i = 0; i < 3; i++) {
      const all: Words = { at: ${zeros(100)} };
      all.at[(a + i) % 100] += b;
      total += sum(all);
    }
    return total;
  }`,
  ).with(3, 7n);
  testFunction('a function that is called twice begins anew', '(a: u64, b: u64) => filled(a) * 1000n + filled(b)').with(
    3n,
    7n,
  );
  testFunction(
    'several that fit alone and not together',
    `(a: u32, b: u64) => {
    const first: Halves = { at: ${zeros(40)} };
    const second: Halves = { at: ${zeros(40)} };
    first.at[a % 40] = b;
    second.at[a % 40] = b * 2n;
    let total: u64 = 0n;
    for (let i = 0; i < 40; i++) total += first.at[i] * 3n + second.at[i];
    return total;
  }`,
  ).with(5, 11n);
  testFunction(
    'a copy is a copy',
    `(a: u32, b: u64) => {
    const first: Words = { at: ${zeros(100)} };
    first.at[a % 100] = b;
    let second: Words = { at: first.at };
    second.at[a % 100] += 1n;
    return sum(first) * 1000n + sum(second);
  }`,
  ).gives(11012n, 5, 11n);
  testFunction(
    'constants are there',
    `(a: u32) => {
    const all: Words = { at: Array.from({ length: 100 }, (_, i) => BigInt(i * i)) as never };
    all.at[a % 100] += 1n;
    return all.at[(a + 1) % 100] + all.at[a % 100] * 100000n;
  }`,
  )
    .with(5)
    .with(99);
  testFunction(
    'a long text',
    `(a: u32) => {
    const named: Named = { name: 'begins like this', count: a };
    named.count += 1;
    return (named.name.startsWith('begins') ? 1 : 0) + (named.name === 'other' ? 10 : 0) + named.count * 100;
  }`,
  ).with(3);
  testFunction(
    'bytes up to an odd end',
    `(a: u32, b: u32) => {
    const raw: Raw = { at: new Array(1001).fill(0) as never, last: 9 };
    raw.at[a % 1001] = b;
    let total = 0;
    for (const byte of raw.at) total += byte;
    return total * 10 + raw.last;
  }`,
  )
    .with(1000, 200)
    .with(0, 77);
  testFunction(
    'an index past its end ends the program',
    `(a: u32) => { const all: Words = { at: ${zeros(100)} }; all.at[a] = 1n; return sum(all); }`,
  )
    .with(99)
    .ends(100);
});
