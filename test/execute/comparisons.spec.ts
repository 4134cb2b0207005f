/** Comparisons and conditions, signed and unsigned, and what counts as true. */
import { describeTwoWorlds } from '../support/two-worlds.js';

const operators = ['<', '<=', '>', '>=', '===', '!=='];

describeTwoWorlds('comparisons', {}, (testFunction) => {
  for (const operator of operators) {
    testFunction(`i32 ${operator} i32`, `(a: i32, b: i32) => a ${operator} b`).with(-1, 1).with(1, -1).with(-5, -5);
    testFunction(`u32 ${operator} u32`, `(a: u32, b: u32) => a ${operator} b`)
      .with(0xffffffff, 1)
      .with(1, 0xffffffff)
      .with(7, 7);
    testFunction(`u32 ${operator} i32`, `(a: u32, b: i32) => a ${operator} b`)
      .with(0xffffffff, -1)
      .with(1, -1)
      .with(3, 3);
    testFunction(`u64 ${operator} u64`, `(a: u64, b: u64) => a ${operator} b`)
      .with(1n << 63n, 1n)
      .with(1n, 1n << 63n)
      .with(2n, 2n);
    testFunction(`i64 ${operator} i64`, `(a: i64, b: i64) => a ${operator} b`)
      .with(-1n, 1n)
      .with(1n, -1n)
      .with(-2n, -2n);
    testFunction(`u64 ${operator} i64 is mathematical`, `(a: u64, b: i64) => a ${operator} b`)
      .with(0xffffffffffffffffn, -1n)
      .with(1n, -1n)
      .with(5n, 5n);
  }
  testFunction('a number is true unless 0', '(a: i32) => a ? 10 : 20').with(0).with(1).with(-1);
  testFunction('a bigint is true unless 0n', '(a: u64) => (a ? 10 : 20)')
    .with(0n)
    .with(1n << 63n);
  testFunction('! and !!', '(a: i32) => (!a ? 1 : 0) + (!!a ? 10 : 0)').with(0).with(7);
  testFunction('&& and || give values', '(a: i32, b: i32) => (a && b) * 100 + (a || b)')
    .with(0, 5)
    .with(3, 5)
    .with(3, 0)
    .with(0, 0);
  testFunction(
    'the right side runs only when needed',
    `(a: i32) => {
    let calls = 0;
    const touch = (result: boolean) => { calls++; return result; };
    if (a > 0 && touch(false)) calls += 100;
    if (a > 0 || touch(true)) calls += 10;
    return calls;
  }`,
  )
    .with(1)
    .with(-1);
  testFunction('booleans compare', '(a: boolean, b: boolean) => (a === b ? 1 : 0) + (a !== b ? 2 : 0)')
    .with(true, true)
    .with(true, false);
  testFunction('a boolean becomes a number', '(a: boolean) => Number(a) + 1').with(true).with(false);
  testFunction('nested ?:', '(a: i32) => (a < 0 ? -1 : a === 0 ? 0 : a < 10 ? 1 : 2)')
    .with(-4)
    .with(0)
    .with(9)
    .with(10);
});
