import { expect, test } from 'vitest';
import { codes, find, names, pointed } from '../open/sources.js';

const imports = `import { HashMap, ArrayMap, RingBuffer, StackTraceMap, shared, xdp, kprobe } from 'tsbpf';
import type { u32, u64 } from 'tsbpf';
`;

test('a constant holds a map with its types and options', () => {
  const { discovery, diagnostics, opened } = find(`${imports}
    interface Entry { count: number }
    export const closes = new HashMap<string, Entry>({ maxEntries: 4 });
  `);
  expect(codes(diagnostics)).toEqual([]);
  const [map] = discovery.maps.values();
  expect(map).toMatchObject({ kind: 'HashMap', name: 'closes' });
  expect(map!.options!.getText()).toBe('{ maxEntries: 4 }');
  expect(map!.typeArguments.map((type) => opened.checker.typeToString(type))).toEqual(['string', 'Entry']);
  expect(discovery.maps.get(opened.checker.getSymbolAtLocation(map!.declaration.name)!)).toBe(map);
});

test('a static property holds a map', () => {
  const { discovery, diagnostics } = find(
    `${imports} class A { static readonly closes = new ArrayMap<number>({ maxEntries: 1 }); }`,
  );
  expect(codes(diagnostics)).toEqual([]);
  expect(names(discovery.maps.values())).toEqual(['closes']);
});

test('maps under an alias, a namespace, parentheses and satisfies', () => {
  const { discovery } = find(`import { HashMap as Table } from 'tsbpf'; import * as t from 'tsbpf';
    const a = new Table<number, number>({ maxEntries: 1 });
    const b = new t.ArrayMap<number>({ maxEntries: 1 });
    const c = (new t.Queue<number>({ maxEntries: 1 })) satisfies object;`);
  expect([...discovery.maps.values()].map(({ kind, name }) => [kind, name])).toEqual([
    ['HashMap', 'a'],
    ['ArrayMap', 'b'],
    ['Queue', 'c'],
  ]);
});

test('a map that needs no types needs none', () => {
  expect(
    find(`${imports} const stacks = new StackTraceMap({ maxEntries: 1 });`).diagnostics.map(({ code }) => code),
  ).toEqual([]);
});

test('maps of other files are found where programs reach them, and only there', () => {
  const { discovery, diagnostics } = find({
    'app.ts': `${imports} import { seen as known, unused } from './maps.js'; import * as more from './more.ts';
      void unused;
      @xdp function f() { return helper() + more.other.get(1)!; }
      function helper() { return known.get(1)!; }`,
    'maps.ts': `${imports} export const seen = new HashMap<number, number>({ maxEntries: 1 });
      export const unused = new HashMap<number, number>({ maxEntries: 1 });`,
    'more.ts': `${imports} export const other = new HashMap<number, number>({ maxEntries: 1 });`,
  });
  expect(codes(diagnostics)).toEqual([]);
  expect(names(discovery.maps.values()).sort()).toEqual(['other', 'seen']);
});

test('shared data and its per-CPU form', () => {
  const { discovery, diagnostics, opened } = find(`${imports}
    const state = shared<{ packets: bigint; limit: number }>({ packets: 0n, limit: 10 });
    const each = shared.perCpu<{ hits: number }>({ hits: 0 });
    const loose = shared({ on: true });
  `);
  expect(codes(diagnostics)).toEqual([]);
  const all = [...discovery.shared.values()];
  expect(all.map(({ name, perCpu }) => [name, perCpu])).toEqual([
    ['state', false],
    ['each', true],
    ['loose', false],
  ]);
  expect(all.map(({ type }) => type.getProperties().map(({ name }) => name))).toEqual([
    ['packets', 'limit'],
    ['hits'],
    ['on'],
  ]);
  expect(all[0]!.initial!.getText()).toBe('{ packets: 0n, limit: 10 }');
  expect(opened.checker.typeToString(all[2]!.type)).toContain('boolean');
});

test.each([
  ['TSBPF1110', 'let', 'let m = new HashMap<u32, u64>({});', 'm'],
  ['TSBPF1111', 'no name', 'console.log(new HashMap<u32, u64>({}));', 'new HashMap<u32, u64>({})'],
  ['TSBPF1111', 'in an object', 'const o = { m: new HashMap<u32, u64>({}) };', 'new HashMap<u32, u64>({})'],
  [
    'TSBPF1112',
    'in a user-space function',
    'function g() { const m = new HashMap<u32, u64>({}); }',
    'new HashMap<u32, u64>({})',
  ],
  ['TSBPF1112', 'shared in a function', 'function g() { const s = shared({ a: 1 }); }', 'shared({ a: 1 })'],
  [
    'TSBPF1113',
    'in a program',
    '@xdp function f() { const m = new HashMap<u32, u64>({}); return 0; }',
    'new HashMap<u32, u64>({})',
  ],
  ['TSBPF1114', 'no types', 'const m = new HashMap({});', 'new HashMap({})'],
  ['TSBPF1115', 'no type and no value', 'const s = shared();', 'shared()'],
  ['TSBPF1116', 'a number', 'const s = shared<number>(5);', 'number'],
])('%s: %s', (code, _, source, place) => {
  const { diagnostics } = find(imports + source);
  expect(codes(diagnostics)).toEqual([code]);
  expect(pointed(diagnostics[0]!)).toBe(place);
  expect(diagnostics[0]!.hint).toBeTruthy();
});
