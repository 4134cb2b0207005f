/** Functions that programs call: declared, nested, generic, with default and rest parameters, taking functions. */
import { describeTwoWorlds } from '../support/two-worlds.js';

const prelude = `
function square(x: number): number { return x * x; }
function clamp(x: number, low: number, high: number): number { return x < low ? low : x > high ? high : x; }
function weigh(a: number, b = 10, ...more: number[]): number { return more.length > 0 ? a * b + more[0] : a * b; }
function six(a: i32, b: i32, c: i32, d: i32, e: i32, f: i32): number { return a + b * 2 + c * 3 + d * 4 + e * 5 + f * 6; }
function twice(f: (x: number) => number, x: number): number { return f(f(x)); }
function pick<T>(first: boolean, a: T, b: T): T { return first ? a : b; }
function low(x: i32): u8 { return x; }
const LIMIT = 7;
enum Color { red = 1, green = 5, blue }
`;

describeTwoWorlds('functions', { prelude }, (testFunction) => {
  testFunction('a call', '(a: i32) => square(a) + square(a + 1)').with(3).with(-4);
  testFunction('several parameters', '(a: i32) => clamp(a, -10, 10)').with(-50).with(5).with(50);
  testFunction('more than five parameters', '(a: i32, b: i32) => six(a, b, a, b, a, b)').with(1, 2).with(-1, 3);
  testFunction('a default parameter', '(a: i32) => weigh(a) + weigh(a, 3)').with(4);
  testFunction('a rest parameter', '(a: i32) => weigh(a, 2, 100)').with(4);
  testFunction('a function handed to a function', '(a: i32) => twice((x) => x * 3 + a, a)').with(1).with(-7);
  testFunction('a named function handed to a function', '(a: i32) => twice(square, a)').with(3);
  testFunction(
    'a nested function that changes a captured variable',
    `(a: i32) => {
    let count = 0;
    const add = (x: number) => { count += x; };
    add(a);
    add(a * 2);
    return count;
  }`,
  )
    .with(5)
    .with(-5);
  testFunction('a generic function', '(a: u64, b: i32): u64 => pick(b > 0, a, 9n) + u64(pick(b > 0, b, 3))')
    .with(5n, 1)
    .with(5n, -1);
  testFunction('a constant of the module', '(a: i32) => a * LIMIT').with(6);
  testFunction('an enum', '(a: i32) => (a === Color.green ? Color.blue : Color.red)').with(5).with(4);
  testFunction(
    'a function that always throws',
    `(a: u32) => {
    const refuse = (_code: number): number => { throw new Error('no'); };
    return a > 5 ? refuse(a) + 1 : a;
  }`,
  )
    .with(5)
    .ends(6);
  testFunction('a parameter that is assigned', '(a: i32) => { a += 5; return a * 2; }').with(4);
  testFunction('an annotated result keeps the low bits', '(a: i32) => low(a)').gives(0x34, 0x1234).gives(0xff, -1);
  testFunction(
    'destructuring of an array',
    '(a: i32, b: i32) => { let [x, y] = [a, b]; [x, y] = [y, x]; return x * 100 + y; }',
  ).with(1, 2);
});
