/** Objects whose properties are memory that somebody else writes at the same time. */
import { Worker } from 'node:worker_threads';
import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { liveStruct } from '../../runtime/live-view.js';
import { array, integer, type FieldLayout, type Layout, type StructLayout } from '../../runtime/maps/layout.js';
import { viewsOf } from '../../runtime/shared-memory.js';

const u8 = integer('u8', 1, false);
const u16 = integer('u16', 2, false);
const i16 = integer('i16', 2, true);
const i8 = integer('i8', 1, true);
const u32 = integer('u32', 4, false);
const i32 = integer('i32', 4, true);
const u64 = integer('u64', 8, false);
const i64 = integer('i64', 8, true);
const be32 = integer('be32', 4, false, 'number', false);
const be64 = integer('be64', 8, false, 'bigint', false);
const fixed = integer('fixed', 8, true, 'fixed');
const boolean = integer('boolean', 1, false, 'boolean');

function field(name: string, offset: number, layout: Layout): FieldLayout {
  return { name, offset, layout };
}

function bits(name: string, offset: number, width: number, layout: Layout): FieldLayout {
  return { name, offset: 0, layout, bits: { offset, width } };
}

function live(fields: readonly FieldLayout[], size = 128) {
  const buffer = new SharedArrayBuffer(size);
  const views = viewsOf(buffer as unknown as ArrayBuffer);
  const layout: StructLayout = { kind: 'struct', name: 's', size, fields };
  return { buffer, views, state: liveStruct(layout, { views }, 0, 'state') as Record<string, any> };
}

const extremes: readonly (readonly [Layout & { name: string }, unknown, unknown, readonly number[]])[] = [
  [u8, 255, 0, [255]],
  [i8, -128, 127, [0x80]],
  [u16, 65535, 258, [255, 255]],
  [i16, -2, 32767, [254, 255]],
  [u32, 4294967295, 1, [255, 255, 255, 255]],
  [i32, -2147483648, 2147483647, [0, 0, 0, 0x80]],
  [u64, 2n ** 64n - 2n, 0n, [254, 255, 255, 255, 255, 255, 255, 255]],
  [i64, -(2n ** 63n), 2n ** 63n - 1n, [0, 0, 0, 0, 0, 0, 0, 0x80]],
  [be32, 0x01020304, 0, [1, 2, 3, 4]],
  [be64, 0x0102030405060708n, 5n, [1, 2, 3, 4, 5, 6, 7, 8]],
  [fixed, 1.5, -2, [0xf0, 0x49, 2, 0, 0, 0, 0, 0]],
  [boolean, true, false, [1]],
];

it.each(extremes.map((row) => [row[0].name, ...row] as const))(
  'reads and writes %s',
  (_, layout, first, second, bytes) => {
    const { state, views } = live([field('x', 8, layout)]);
    state['x'] = first;
    expect([...views.u8.slice(8, 8 + layout.size)]).toEqual(bytes);
    expect(state['x']).toBe(first);
    state['x'] = second;
    expect(state['x']).toBe(second);
  },
);

it('refuses what does not fit, and leaves the memory as it was', () => {
  const { state } = live([field('a', 0, u32), field('b', 8, i64), field('c', 16, i16), field('d', 18, boolean)]);
  state['a'] = 7;
  for (const value of [-1, 2 ** 32, 1.5, NaN, '1', undefined, {}])
    expect(() => (state['a'] = value)).toThrow(/state\.a: /);
  for (const value of [2n ** 63n, -(2n ** 63n) - 1n, 0.5]) expect(() => (state['b'] = value)).toThrow(/state\.b: /);
  expect(() => (state['c'] = 32768)).toThrow('state.c: 32768 does not fit i16 (-32768 to 32767)');
  expect(() => (state['d'] = 1)).toThrow('state.d: 1 is no boolean');
  expect(state).toMatchObject({ a: 7, b: 0n, c: 0, d: false });
});

it('reads and writes bit fields in the word that holds them, and leaves the others', () => {
  const fields = [
    bits('low', 64, 3, u32),
    bits('middle', 67, 20, i32),
    bits('high', 87, 9, u32),
    bits('wide', 128, 60, u64),
  ];
  const { state, views } = live(fields);
  Object.assign(state, { low: 5, middle: -1, high: 257, wide: 2n ** 59n });
  expect({ ...state }).toEqual({ low: 5, middle: -1, high: 257, wide: 2n ** 59n });
  expect(views.u32[2]).toBe((5 | (0xfffff << 3) | (257 << 23)) >>> 0);
  expect(() => (state['low'] = 8)).toThrow('state.low: 8 does not fit a bit field of 3 bits (0 to 7)');
});

it('writes JSON, and shows values', () => {
  const inner: StructLayout = { kind: 'struct', name: 'i', size: 8, fields: [field('port', 0, u16)] };
  const { state } = live([
    field('n', 0, u64),
    field('inner', 8, inner),
    field('list', 16, array(u16, 2)),
    field('mac', 24, array(u8, 2)),
  ]);
  state['n'] = 2n ** 60n;
  state['inner'].port = 80;
  state['list'][1] = 3;
  expect(JSON.stringify(state)).toBe('{"n":"1152921504606846976","inner":{"port":80},"list":[0,3],"mac":[0,0]}');
  expect(JSON.stringify([state['list'], state['inner']])).toBe('[[0,3],{"port":80}]');
  expect(inspect(state, { breakLength: Infinity })).toBe(
    '{ n: 1152921504606846976n, inner: { port: 80 }, list: [ 0, 3 ], mac: [ 0, 0 ] }',
  );
});

it('never reads half of an old and half of a new number, in snapshots and bit fields neither', async () => {
  const { state, buffer } = live([field('whole', 0, u64), field('big', 8, be64), bits('part', 128, 64, u64)]);
  const text = `
    const words = new BigUint64Array(require('node:worker_threads').workerData);
    const flag = new Int32Array(words.buffer, 120);
    Atomics.store(flag, 0, 1);
    for (let n = 0n; Atomics.load(flag, 1) === 0; n ^= 0xffffffffffffffffn)
      for (const index of [0, 1, 2]) Atomics.store(words, index, n);`;
  const worker = new Worker(text, { eval: true, workerData: buffer });
  const flag = new Int32Array(buffer, 120);
  await new Promise((resolve) => worker.once('online', resolve));
  while (Atomics.load(flag, 0) === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  const seen = new Set<unknown>();
  const until = Date.now() + 300;
  while (Date.now() < until) {
    for (let round = 0; round < 200; round++) {
      for (const name of ['whole', 'big', 'part']) seen.add(state[name]);
      for (const value of Object.values(JSON.parse(JSON.stringify(state)))) seen.add(BigInt(value as string));
    }
  }
  Atomics.store(flag, 1, 1);
  await new Promise((resolve) => worker.once('exit', resolve));
  expect([...seen].every((value) => value === 0n || value === 2n ** 64n - 1n)).toBe(true);
});
