/** Maps as a program alone sees them; what user space sees of them is tested in the kernel's layer. */
import { describeTwoWorlds, everyLevel, type DeclareFunction } from '../support/two-worlds.js';

const prelude = `
const counts = new HashMap<u32, u32>({ maxEntries: 8 });
const wide = new HashMap<u32, i64>({ maxEntries: 8 });
interface Tail { a: FixedArray<u8, 13>; b: Bits<19, i32> }
const tails = new HashMap<u32, Tail>({ maxEntries: 8 });
`;

for (const [level, options] of Object.entries(everyLevel))
  describeTwoWorlds(`maps${level}`, { ...options, prelude }, declare);

function declare(testFunction: DeclareFunction): void {
  testFunction(
    'counting by nothing, up and down',
    '(a: u32) => { counts.set(1, a); counts[1] += 0; counts[1] -= 0; counts[1] += 7; counts[1] -= 3; return counts.get(1) ?? 99; }',
  )
    .gives(4, 0)
    .gives(3, 0xffffffff);
  testFunction(
    'counting by what has no bit of the entry',
    '(a: u32) => { counts.set(4, a); counts[4] += 4294967296; counts[4] -= 8589934592; return counts.get(4) ?? 99; }',
  )
    .gives(0, 0)
    .gives(0xffffffff, 0xffffffff);
  testFunction(
    'counting below zero',
    '(a: i64) => { wide.set(2, a); wide[2] -= 5n; wide.increment(2, 2n); return wide.get(2) ?? 99n; }',
  )
    .gives(-3n, 0n)
    .gives(7n, 10n);
  testFunction(
    'a bit field at the end of an entry is reached without what follows',
    `(a: i32) => {
    const tail = tails.getOrInsert(1, { a: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], b: 0 });
    tail.b = a;
    return tail.b * 10 + 3;
  }`,
  )
    .gives(-7, -1)
    .gives(53, 5);
}
