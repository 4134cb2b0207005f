/** Functions that are large enough, and called often enough, to become functions of the object: they mean the same. */
import { describeTwoWorlds } from '../support/two-worlds.js';

/** Enough operations that a copy for every call would be too many. */
const mixing = (name: string) =>
  Array.from(
    { length: 24 },
    (_, i) => `${name} = (${name} ^ (${name} << ${(i % 7) + 1})) + ${i * 77 + 1}; ${name} = ${name} & 0xffffff;`,
  ).join('\n  ');

const prelude = `
interface Point { x: i32; y: i32; tag: CharArray<8> }
interface Table { at: FixedArray<u32, 16> }
const counts = new Map<number, number>();
function mix(seed: number, by: number): number {
  let x = seed & 0xffffff;
  ${mixing('x')}
  return x % by;
}
function signedMix(seed: i32): number {
  let x = seed & 0xffffff;
  ${mixing('x')}
  return seed < 0 ? -x : x;
}
function wideMix(seed: u64, by: u64): u64 {
  let x = Number(seed & 0xffffffn);
  ${mixing('x')}
  return (seed ^ u64(x)) / by;
}
function isOdd(seed: number): boolean {
  let x = seed & 0xffffff;
  ${mixing('x')}
  return (x & 1) === 1;
}
function change(p: Point, by: number): void {
  let x = by & 0xffffff;
  ${mixing('x')}
  p.x += x;
  p.y -= by;
}
function read(table: Table, index: number): number {
  let x = index & 0xffffff;
  ${mixing('x')}
  return table.at[index] + (x & 15);
}
function both(a: number, b: number): number { return mix(a, 1000) * 3 + mix(b, 77); }
function bothTwice(a: number, b: number): number {
  let x = a & 0xffffff;
  ${mixing('x')}
  return both(a, b) + both(b, x & 0xff);
}
function six(a: number, b: number, c: number, d: number, e: number, f: number): number {
  let x = (a ^ b) & 0xffffff;
  ${mixing('x')}
  return x + a + b + c + d + e + f;
}
function withDefault(a: number, b = 5): number {
  let x = (a + b) & 0xffffff;
  ${mixing('x')}
  return x;
}
function check(a: number): number {
  let x = a & 0xffffff;
  ${mixing('x')}
  if (a === 13) throw new Error('unlucky');
  return x;
}
function checkAll(a: number): void {
  let x = a & 0xffffff;
  ${mixing('x')}
  if (x === a || a === 13) throw new Error('unlucky');
}
function applied(f: (x: number) => number, a: number): number {
  let x = a & 0xffffff;
  ${mixing('x')}
  return f(x);
}
`;

for (const optimize of [true, false]) {
  describeTwoWorlds(
    `subprograms${optimize ? '' : ' as they were lowered'}`,
    { prelude, compilerOptions: { optimize } },
    (testFunction) => {
      testFunction('numbers', '(a: i32, b: u16) => mix(a, 1000) + mix(b, 1000) * 10000').with(5, 6).with(-5, 0xffff);
      testFunction('a result below zero', '(a: i32, b: i32) => signedMix(a) + signedMix(b) * 2')
        .with(-9, 4)
        .with(7, -123456);
      testFunction('64 bits', '(a: u64, b: u64): u64 => wideMix(a, 3n) ^ wideMix(b, a)')
        .with(0xffff_ffff_ffff_fff1n, 99n)
        .ends(0n, 5n);
      testFunction('booleans', '(a: i32, b: i32) => (isOdd(a) ? 1 : 0) + (isOdd(b) ? 2 : 0)').with(1, 2).with(9, 23);
      testFunction(
        'an object is changed',
        `(a: i32, b: i32) => {
      const p: Point = { x: a, y: b, tag: 'p' };
      const q: Point = { x: b, y: a, tag: 'q' };
      change(p, 3);
      change(q, a);
      change(p, b);
      return p.x + p.y * 2 + q.x * 3 + q.y * 4;
    }`,
      ).with(1, 2);
      testFunction(
        'an index that is out of bounds ends the program',
        `(a: u32, b: u32) => {
      const table: Table = { at: [] as never };
      for (let i = 0; i < 16; i++) table.at[i] = i * i;
      return read(table, a) * 1000 + read(table, b);
    }`,
      )
        .with(3, 15)
        .ends(3, 16)
        .ends(16, 3);
      testFunction('a throw ends the program', '(a: u32, b: u32) => check(a) + check(b)')
        .with(1, 2)
        .ends(1, 13)
        .ends(13, 1);
      testFunction(
        'a throw of a function without a result',
        '(a: u32, b: u32) => { checkAll(a); checkAll(b); return 4; }',
      )
        .with(1, 2)
        .ends(1, 13)
        .ends(13, 1);
      testFunction(
        'functions call functions',
        '(a: u32, b: u32) => bothTwice(a, b) + bothTwice(b, a) + both(a, a)',
      ).with(3, 1000);
      testFunction(
        'six arguments are inlined',
        '(a: u32, b: u32) => six(a, b, a, b, a, b) + six(b, a, 1, 2, 3, 4)',
      ).with(3, 9);
      testFunction('defaults', '(a: u32, b: u32) => withDefault(a) + withDefault(b) * 3 + withDefault(a, b)').with(
        3,
        9,
      );
      testFunction(
        'functions are handed on inlined',
        '(a: u32, b: u32) => applied((x) => x + b, a) + applied((x) => x - a, b)',
      ).with(3, 9);
      testFunction(
        'in a loop',
        '(a: u32) => { let total = 0; for (let i = 0; i < 10; i++) total += mix(i, a); return total + mix(total, 9); }',
      )
        .with(3)
        .ends(0);
    },
  );
}
