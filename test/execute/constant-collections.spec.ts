/** Sets and maps of user space that were known at build, asked with what is known at run time only. */
import { describeTwoWorlds } from '../support/two-worlds.js';

const prelude = `
const ports = new Set([22, 53, 80, 443, 8080, 65535]);
const wide = new Set([0n, 5n, 0xffff_ffff_ffff_fff0n]);
const costs = new Map([[6, 100], [17, -200], [255, 300]]);
const names = new Map([['bash', 1], ['sshd', 2]]);
const empty = new Set<number>();
interface Words { text: CharArray<8> }
`;

describeTwoWorlds('constant sets and maps', { prelude }, (testFunction) => {
  testFunction('Set.has', 'function f(a: u32): number { return ports.has(a) ? 1 : 0; }')
    .with(22)
    .with(443)
    .with(444)
    .with(65_535)
    .with(0);
  testFunction('Set.has, of bigints', 'function f(a: u64): number { return wide.has(a) ? 1 : 0; }')
    .with(0n)
    .with(5n)
    .with(6n)
    .with(0xffff_ffff_ffff_fff0n);
  testFunction(
    'Set.has, in conditions',
    'function f(a: u32, b: u32): number { return ports.has(a) && !ports.has(b) ? a : b; }',
  )
    .with(22, 23)
    .with(22, 53)
    .with(1, 2);
  testFunction('Set.has, of nothing', 'function f(a: u32): number { return empty.has(a) ? 1 : 2; }').with(0);
  testFunction('Map.get', 'function f(a: u32): number { return costs.get(a) ?? 7; }')
    .with(6)
    .with(17)
    .with(255)
    .with(0);
  testFunction(
    'Map.get and has, in a test of what was found',
    `function f(a: u32, b: u32): number {
      const cost = costs.get(a);
      if (cost === undefined) return costs.has(b) ? -1 : -2;
      return cost + (costs.get(b) ?? 0);
    }`,
  )
    .with(6, 17)
    .with(255, 1)
    .with(1, 6)
    .with(1, 1);
  testFunction(
    'Map.get, by a text',
    `function f(a: u32): number {
      const words: Words = { text: a === 1 ? 'bash' : a === 2 ? 'sshd' : 'zsh' };
      return (names.get(words.text) ?? 9) * 10 + (['sh', 'zsh'].includes(words.text) ? 1 : 0);
    }`,
  )
    .with(1)
    .with(2)
    .with(3);
  testFunction(
    'forEach of a map',
    `function f(a: u32): number {
      let sum = 0;
      costs.forEach((cost, protocol) => { sum = sum * 3 + (protocol > a ? cost : protocol); });
      return sum;
    }`,
  )
    .with(0)
    .with(16)
    .with(300);
  testFunction(
    'forEach of a set',
    `function f(a: u32): number {
      let sum = 0;
      ports.forEach((port, same) => { sum += port > a ? same : 1; });
      return sum;
    }`,
  )
    .with(0)
    .with(100)
    .with(70_000);
});
