/** Variables under an index of run time, as kernels before 5.12 take them: in a map, and the same program. */
import { describeTwoWorlds } from '../support/two-worlds.js';

const compilerOptions = { target: [5, 10], cpu: 'v2' } as const;

const prelude = `
interface Row { cells: FixedArray<u16, 4>; name: u8 }
function put(rows: FixedArray<Row, 3>, at: number, value: number): void { rows[at % 3]!.cells[at & 3] = value; }
`;

describeTwoWorlds('variables under an index of run time', { prelude, compilerOptions }, (testFunction) => {
  testFunction(
    'an array that is read and written',
    `function f(a: u32, b: u32): number {
      const counts: FixedArray<u32, 8> = [1, 2, 3, 4, 5, 6, 7, 8];
      counts[a & 7] = b;
      counts[b & 7]! += 10;
      return counts[(a + b) & 7]! * 1000 + counts[a & 7]!;
    }`,
  )
    .with(0, 0)
    .with(3, 5)
    .with(7, 9)
    .with(12, 100);
  testFunction(
    'an index beyond the array',
    `function f(a: u32): number {
      const values: FixedArray<u32, 5> = [1, 2, 3, 4, 5];
      return values[a]!;
    }`,
  )
    .with(4)
    .ends(5);
  testFunction(
    'an array in an array, in a function of its own',
    `function f(a: u32, b: u32): number {
      const rows: FixedArray<Row, 3> = [
        { cells: [1, 2, 3, 4], name: 1 }, { cells: [5, 6, 7, 8], name: 2 }, { cells: [9, 10, 11, 12], name: 3 },
      ];
      put(rows, a, b & 0xffff);
      let sum = 0;
      for (const { cells, name } of rows) for (const cell of cells) sum = sum * 3 + cell * name;
      return sum;
    }`,
  )
    .with(0, 100)
    .with(5, 7)
    .with(11, 65_536);
  testFunction(
    'a variable that is made anew in each round',
    `function f(a: u32): number {
      let sum = 0;
      for (let round = 0; round < 5; round++) {
        const values: FixedArray<u32, 4> = [0, 0, 0, 0];
        values[(a + round) & 3]! += round + 1;
        for (let at = 0; at < 4; at++) sum = (sum * 7 + values[(at + a) & 3]!) >>> 0;
      }
      return sum;
    }`,
  )
    .with(0)
    .with(3)
    .with(1_000_003);
  testFunction(
    'a counter of each kind',
    `function f(a: u32, b: u32): number {
      const counts: FixedArray<u64, 4> = [0n, 0n, 0n, 0n];
      for (let bit = 0; bit < 32; bit++) if ((a >>> bit) & 1) counts[(b >>> bit) & 3]!++;
      let text: u64 = 0n;
      for (const count of counts) text = text * 100n + count;
      return Number(text);
    }`,
  )
    .with(0xffff_ffff, 0x1234_5678)
    .with(0, 1)
    .with(0x8000_0001, 0xffff_ffff);
});
