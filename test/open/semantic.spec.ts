import { expect, test } from 'vitest';
import { checkBpfHalf } from '../../compiler/open/index.js';
import { codes, find, pointed } from './sources.js';

function check(sources: string | Record<string, string>) {
  const { opened, discovery } = find(sources);
  return checkBpfHalf(opened, discovery);
}

const header = `import os from 'node:os';
import { xdp, kprobe, HashMap, SocketFilter } from 'tsbpf';
interface Stats { count: bigint; size: number }
interface Table { get(key: number): Stats | undefined }
declare const table: Table;
`;

test.each([
  ['a wrong property', 'table.get(1)?.nope;', 'TS2339', 'nope'],
  ['a value that may be missing', 'table.get(1).count += 1n;', 'TS2532', 'table.get(1)'],
  ['a name that may be missing', 'const s = table.get(1); s.count += 1n;', 'TS18048', 's'],
  ['a wrong argument', "table.get('a');", 'TS2345', "'a'"],
  ['an unknown name', 'nope(1);', 'TS2304', 'nope'],
  [
    'a mixture of number and bigint',
    'table.get(1)!.count + table.get(1)!.size;',
    'TS2365',
    'table.get(1)!.count + table.get(1)!.size',
  ],
  ['a wrong assignment', "let x: number = 'a'; x;", 'TS2322', 'x'],
  ['a missing array method', '[1, 2].frobnicate();', 'TS2339', 'frobnicate'],
  ['a wrong number method', '(5).toString().lenght;', 'TS2551', 'lenght'],
  ['too few arguments', 'Math.imul(1);', 'TS2554', 'imul'],
])('reports %s', (_, statement, code, place) => {
  const diagnostics = check(`${header} @xdp function f() { ${statement} return 0; }`);
  expect(codes(diagnostics)).toEqual([code]);
  expect(pointed(diagnostics[0]!)).toBe(place);
});

test.each([
  ['a decorated function', '@xdp function f() { return 0; }'],
  [
    'a pure function that asks Node',
    '@xdp function f() { return g(); } function g() { return os.cpus().map((cpu) => cpu.speed)[0]!; }',
  ],
  [
    'a global of Node that the library lacks',
    '@xdp function f() { return g(); } function g() { return new Blob([]).size + btoa("a").length; }',
  ],
  ['errors of user space', "@xdp function f() { return 0; } const n: number = 'a'; function g() { nope(); }"],
  [
    'process and Buffer',
    "@xdp function f() { return g(); } function g() { return process.argv.length + Buffer.from('a').length; }",
  ],
])('accepts %s', (_, source) => {
  expect(codes(check(header + source))).toEqual([]);
});

test('reports errors in reached functions of other files', () => {
  const diagnostics = check({
    'app.ts': `${header} import { g } from './g.js'; @xdp function f() { return g(); }`,
    'g.ts': "export function g(): number { return 'a'; } export function h(): number { return 'a'; }",
  });
  expect(codes(diagnostics)).toEqual(['TS2322']);
  expect(diagnostics[0]!.file!.fileName).toBe('/project/g.ts');
});

test('reports errors in types that maps and programs name', () => {
  const diagnostics = check(`${header}
    interface Inner { a: u33 }
    type Outer = { inner: Inner };
    interface Elsewhere { b: u34 }
    const m = new HashMap<number, Outer>({ maxEntries: 1 });
    @xdp function f(x: Elsewhere2) { return m ? 0 : 1; }
  `);
  expect(diagnostics.map(pointed)).toEqual(['u33', 'Elsewhere2']);
});

test('reports a parameter without a type where nothing infers it', () => {
  const diagnostics = check(`${header} const match = (skb) => skb.len; new SocketFilter(match);`);
  expect(codes(diagnostics)).toContain('TS7006');
});

const real = `import { socketFilter, tc, xdp, kprobe, SocketFilter, HashMap, RingBuffer, shared, bpf } from 'tsbpf';
import type { SkBuff, XdpContext, PtRegs, u8, u16, u32, u64, be16, FixedArray, CharArray } from 'tsbpf';
interface Entry { count: u64; bytes: u32; name: CharArray<16>; list: FixedArray<u8, 4> }
const counts = new HashMap<u32, u64>({ maxEntries: 16 });
const entries = new HashMap<u32, Entry>({ maxEntries: 16 });
const events = new RingBuffer<Entry>({ size: 4096 });
const state = shared<{ packets: u64; limit: u32 }>({ packets: 0n, limit: 10 });
`;

test.each([
  'counts[skb.len] += 1n; state.packets += 1n;',
  'const e = entries.get(1); if (e) { e.count += 1n; e.bytes = u32ish(skb.len); e.list[0] = 5; }',
  'const e = events.reserve(); if (e !== undefined) { e.count = bpf.ktimeGetNs(); events.submit(e); }',
  'const x = skb.packet.getUint16(12); if (x === 0x0800 && skb.packet.byteLength > 34) return 1;',
  'for (const x of [1, 2, 3]) state.limit += x; console.log(`packet ${skb.len}`);',
  'const id = bpf.getCurrentPidTgid() >> 32n; counts.set(Number(id), 5n); if (!counts.has(1)) counts.delete(1);',
])('accepts in a socket filter: %s', (statement) => {
  const source = `${real} function u32ish(x: number): u32 { return x; }
    @socketFilter function f(skb: SkBuff): number { ${statement} return 0; }`;
  expect(check(source).map(({ messageText }) => messageText)).toEqual([]);
});

test.each([
  ['skb.lenght;', 'TS2339', 'lenght'],
  ['entries.get(1).count += 1n;', 'TS2532', 'entries.get(1)'],
  ["counts.set('a', 1n);", 'TS2345', "'a'"],
  ['counts.set(1, 1);', 'TS2345', '1'],
  ['counts.nope(1);', 'TS2339', 'nope'],
  ['counts[1] += 1;', 'TS2365', 'counts[1] += 1'],
  ['bpf.nope();', 'TS2339', 'nope'],
  ['state.nope = 1;', 'TS2339', 'nope'],
  ['skb.packet.getUint8();', 'TS2554', 'getUint8'],
  ['const e = events.reserve(); e.count = 1n;', 'TS18048', 'e'],
])('refuses in a socket filter: %s', (statement, code, place) => {
  const diagnostics = check(`${real} @socketFilter function f(skb: SkBuff): number { ${statement} return 0; }`);
  expect(codes(diagnostics)).toEqual([code]);
  expect(pointed(diagnostics[0]!)).toBe(place);
});

test('the context of a call is inferred', () => {
  expect(codes(check(`${real} export const f = xdp((ctx) => ctx.nope);`))).toEqual(['TS2339']);
  expect(codes(check(`${real} export const f = kprobe('x', (ctx, fd: u32) => fd);`))).toEqual([]);
  expect(codes(check(`${real} new SocketFilter((skb) => skb.len);`))).toEqual([]);
});
