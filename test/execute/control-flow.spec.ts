/** Statements: if, switch, loops, labels, return and throw. */
import { describeTwoWorlds } from '../support/two-worlds.js';

describeTwoWorlds('control flow', {}, (testFunction) => {
  testFunction('if, else if, else', '(a: i32) => { if (a < 0) return 1; else if (a === 0) return 2; else return 3; }')
    .with(-1)
    .with(0)
    .with(1);
  testFunction(
    'for with a constant bound',
    '() => { let sum = 0; for (let i = 0; i < 10; i++) sum += i * i; return sum; }',
  ).with();
  testFunction(
    'for bounded by a masked value',
    '(n: u32) => { let sum = 0; for (let i = 0; i < (n & 63); i++) sum += i; return sum; }',
  )
    .with(0)
    .with(1)
    .with(63)
    .with(64);
  testFunction(
    'for that leaves early',
    '(n: u32) => { let i = 0; for (; i < 100; i++) { if (i * i >= n) break; } return i; }',
  )
    .with(0)
    .with(50)
    .with(1000000);
  testFunction(
    'a counter indexes an array, in rounds that may end early',
    `(n: u32) => {
    const list: FixedArray<u32, 8> = [1, 2, 3, 4, 5, 6, 7, 8];
    let sum = 0;
    for (let i = 1; i <= 5; i += 2) {
      if (list[i + 2]! === n) return sum + 1000;
      sum += list[i - 1]! * i;
    }
    return sum;
  }`,
  )
    .with(4)
    .with(6)
    .with(8)
    .with(9);
  testFunction(
    'a counter that the body changes, or that counts past what its array holds',
    `(n: u32) => {
    const list: FixedArray<u32, 8> = [1, 2, 3, 4, 5, 6, 7, 8];
    let sum = 0;
    for (let i = 0; i < 8; i++) {
      if (list[i]! === n) i += 3;
      if (i > 7) break;
      sum += list[i]!;
    }
    for (let i = 6; i < 20 && i < n; i++) sum += i < 8 ? list[i]! : i;
    return sum;
  }`,
  )
    .with(0)
    .with(3)
    .with(7)
    .with(30);
  testFunction(
    'a loop whose first round does not run',
    '(n: u32) => { let r = n; for (let i = 5; i < 5; i++) r = i; return r; }',
  ).with(3);
  testFunction(
    'continue',
    '(n: u32) => { let sum = 0; for (let i = 0; i < 20; i++) { if (i % 3 === n % 3) continue; sum += i; } return sum; }',
  )
    .with(0)
    .with(1)
    .with(2);
  testFunction(
    'while',
    '(a: u32) => { let n = a & 0xff, bits = 0; while (n > 0) { bits += n & 1; n >>>= 1; } return bits; }',
  )
    .with(0)
    .with(0xff)
    .with(0xa5);
  testFunction(
    'do while runs once at least',
    '(a: u32) => { let i = 0; do { i++; } while (i < 10 && i < a); return i; }',
  )
    .with(0)
    .with(5)
    .with(50);
  testFunction(
    'labels',
    `(n: u32) => {
    let steps = 0;
    outer: for (let i = 0; i < 8; i++) {
      for (let j = 0; j < 8; j++) {
        if (j === (n & 7)) continue outer;
        if (i * j > 20) break outer;
        steps++;
      }
    }
    return steps;
  }`,
  )
    .with(0)
    .with(3)
    .with(7);
  testFunction(
    'for-of over a constant array',
    '(a: i32) => { let sum = 0; for (const x of [3, 5, 7]) sum = sum * a + x; return sum; }',
  )
    .with(2)
    .with(-10);
  testFunction(
    'switch',
    `(a: u32) => {
    switch (a) {
      case 6: return 100;
      case 17: return 200;
      case 0xffffffff: return 300;
      default: return 0;
    }
  }`,
  )
    .with(6)
    .with(17)
    .with(0xffffffff)
    .with(7);
  testFunction(
    'switch that falls through, with default in the middle',
    `(a: i32) => {
    let result = 0;
    switch (a) {
      case 1: result += 1;
      case 2: result += 2; break;
      default: result += 100;
      case -3: result += 1000;
    }
    return result;
  }`,
  )
    .with(1)
    .with(2)
    .with(-3)
    .with(9);
  testFunction(
    'switch over a bigint',
    '(a: u64) => { switch (a) { case 1n: return 1; case 0xffffffffffffffffn: return 2; } return 3; }',
  )
    .with(1n)
    .with(0xffffffffffffffffn)
    .with(0n);
  testFunction(
    'throw ends with the default result',
    '(a: i32) => { if (a > 5) throw new Error("too much"); return a; }',
  )
    .with(5)
    .with(6);
  testFunction(
    'blocks shadow names',
    '(a: i32) => { const x = a; { const x = 10; if (x === a) return x * 2; } return x; }',
  )
    .with(10)
    .with(3);
  testFunction(
    'a let that a branch sets',
    '(a: i32) => { let x = 1; if (a > 0) { x = a; } else { x -= a; } return x; }',
  )
    .with(4)
    .with(-4);
  testFunction('the comma', '(a: i32) => { let x = 0; return (x = a, x += 1, x * 2); }').with(4);
});
