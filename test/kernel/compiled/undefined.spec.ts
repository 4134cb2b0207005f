/** Values that may be undefined, several at once: the verifier must follow every test, and undefined equals nothing else. */
import { beforeAll, expect, it } from 'vitest';
import { testRun } from '../../../runtime/test-run.js';
import { describeKernel } from '../../support/kernel.js';
import { runModule, type Exports } from '../support/module.js';

const TEXT = `
interface Entry { a: u32; b: u64 }
export const entries = new HashMap<u32, Entry>({ maxEntries: 8 });
export const numbers = new HashMap<u32, u32>({ maxEntries: 8 });
export const names = new HashMap<u32, CharArray<16>>({ maxEntries: 8 });

export const none = xdp((ctx) => {
  const x = entries.get(1), y = entries.get(2);
  if (!x && !y) return 1;
  if (x && y) return x.a + y.a;
  return 3;
});
export const either = xdp((ctx) => {
  const x = entries.get(1), y = entries.get(2);
  if (x === undefined && y === undefined) return 1;
  return x?.a ?? y?.a ?? 3;
});
export const both = xdp((ctx) => {
  const x = entries.get(1), y = entries.get(2);
  const known = x !== undefined && y !== undefined;
  return known ? x.a * 10 + y.a : 2;
});
export const has = xdp((ctx) => {
  const x = numbers.has(1), y = numbers.has(2);
  return (x || y ? 1 : 0) + (x && y ? 10 : 0) + (!x && !y ? 100 : 0);
});
export const chain = xdp((ctx) => {
  const x = entries.get(1);
  const y = x && entries.get(x.a);
  return y?.a ?? 7;
});
export const isName = xdp((ctx) => (names.get(1) === 'abc' ? 1 : 0) + (names.get(1) !== 'abc' ? 10 : 0));
export const sameName = xdp((ctx) => names.get(1) === names.get(2) ? 1 : 0);
export const begins = xdp((ctx) => names.get(1)?.startsWith('ab') ? 1 : 0);
`;

describeKernel('values that may be undefined', {}, () => {
  let module: Exports;
  beforeAll(async () => {
    module = await runModule(TEXT);
  }, 240_000);

  const run = (program: string) => testRun(module[program], { packet: new Uint8Array(64) }).value;
  const fill = (map: string, values: Record<number, unknown>) => {
    module[map].clear();
    for (const [key, value] of Object.entries(values)) module[map].set(Number(key), value);
  };

  it('tests two objects', () => {
    const seen = ([{}, { 1: 4 }, { 2: 5 }, { 1: 4, 2: 5 }] as Record<number, number>[]).map((content) => {
      fill('entries', Object.fromEntries(Object.entries(content).map(([key, a]) => [key, { a, b: 0n }])));
      return [run('none'), run('either'), run('both')];
    });
    expect(seen).toEqual([
      [1, 1, 2],
      [3, 4, 2],
      [3, 5, 2],
      [9, 4, 45],
    ]);
  });

  it('tests what is there of two numbers', () => {
    const seen = ([{}, { 1: 0 }, { 2: 0 }, { 1: 0, 2: 0 }] as Record<number, number>[]).map((content) => {
      fill('numbers', content);
      return run('has');
    });
    expect(seen).toEqual([100, 1, 1, 11]);
  });

  it('looks up by what a lookup gave', () => {
    fill('entries', { 1: { a: 3, b: 0n }, 3: { a: 9, b: 0n } });
    expect(run('chain')).toBe(9);
    fill('entries', { 1: { a: 3, b: 0n } });
    expect(run('chain')).toBe(7);
    fill('entries', {});
    expect(run('chain')).toBe(7);
  });

  it('compares texts that may be undefined', () => {
    const contents: Record<number, string>[] = [
      {},
      { 1: 'abc' },
      { 1: 'abcd', 2: 'abcd' },
      { 1: 'x', 2: 'y' },
      { 2: 'abc' },
    ];
    const seen = contents.map((content) => {
      fill('names', content);
      return [run('isName'), run('sameName'), run('begins')];
    });
    expect(seen).toEqual([
      [10, 1, 0],
      [1, 0, 1],
      [10, 1, 1],
      [10, 0, 0],
      [10, 0, 0],
    ]);
  });
});
