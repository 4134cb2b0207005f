/** Structs, arrays and texts that only the running program knows: read at load, never taken for the zeros of the object. */
import { expect, it } from 'vitest';
import { TsbpfError } from '../../../runtime/errors.js';
import { testRun } from '../../../runtime/test-run.js';
import { describeKernel } from '../../support/kernel.js';
import { runModule } from '../support/module.js';

const TEXT = `
interface Wanted { port: be16; on: boolean; inner: { limit: u32 } }
const now = Date.now() > 0 ? 1 : 0;
const name: CharArray<8> = now > 0 ? 'hello' : 'other';
const list: FixedArray<u16, 3> = [now, now * 2, now * 200];
const wanted: Wanted = { port: now * 8080, on: now === 1, inner: { limit: now * 7 } };

export const isHello = xdp(() => name === 'hello' ? name.length : 0);
export const sum = xdp((ctx) => { let total = 0; for (const x of list) total += x; return total + list[ctx.packet.byteLength & 1]; });
export const fields = xdp(() => wanted.port + (wanted.on ? 1 : 0) + wanted.inner.limit * 100000);
`;

describeKernel('constants known at load', {}, () => {
  it('have their values', async () => {
    const module = await runModule(TEXT);
    const run = (name: string) => testRun(module[name], { packet: new Uint8Array(65) }).value;
    expect([run('isHello'), run('sum'), run('fields')]).toEqual([5, 1 + 2 + 200 + 2, 8081 + 700000]);
  }, 240_000);
});

/** Each program gives 1 where its constants arrived whole. The right sides are what JavaScript says the left are. */
const KINDS: Readonly<Record<string, string>> = {
  boolean: 'const v = one === 1; const w: boolean = one !== 1; export const p = xdp(() => v && !w ? 1 : 0);',
  'boolean whose type only user space knows':
    "const v = process.argv.includes('nothing'); const w = !v; export const p = xdp(() => !v && w && w === true ? 1 : 0);",
  'integers below 64 bits':
    'const a: u8 = one * 200; const b: i8 = -one * 100; const c: u16 = one * 60000; const d: i16 = -one * 30000; const e: u32 = one * 4000000000; const f: i32 = -one * 2000000000; export const p = xdp(() => a === 200 && b === -100 && c === 60000 && d === -30000 && e === 4000000000 && f === -2000000000 ? 1 : 0);',
  'integers of 64 bits':
    'const a: u64 = BigInt(one) * 18000000000000000000n; const b: i64 = BigInt(-one) * 9000000000000000000n; const c = BigInt(-one) * 77n; export const p = xdp(() => a === 18000000000000000000n && b === -9000000000000000000n && c === -77n ? 1 : 0);',
  'numbers without annotation':
    'const a = one * 12345678901; const b = -one * 5; export const p = xdp(() => a === 12345678901 && b === -5 ? 1 : 0);',
  'network byte order':
    'const a: be16 = one * 0x1234; const b: be32 = one * 0x12345678; const c: be64 = BigInt(one) * 0x123456789abcdef0n; export const p = xdp(() => a === 0x1234 && b === 0x12345678 && c === 0x123456789abcdef0n ? 1 : 0);',
  enums:
    'enum Mode { off, on = 7 } const a: Mode = one === 1 ? Mode.on : Mode.off; const b = one === 1 ? Mode.on : Mode.off; export const p = xdp(() => a === Mode.on && b === 7 ? 1 : 0);',
  fixed: 'const a: fixed = fixed(one * 1.5); export const p = xdp(() => Math.trunc(a * 2) === 3 ? 1 : 0);',
  text: "const a: CharArray<8> = one === 1 ? 'eth0' : 'lo'; export const p = xdp(() => a === 'eth0' && a.length === 4 ? 1 : 0);",
  bytes:
    'const a: Bytes<4> = new Uint8Array([one, 2, 3, 4]); export const p = xdp(() => a[0] === 1 && a[3] === 4 ? 1 : 0);',
  'tuples and arrays of bytes':
    'const a: [u8, u8] = [one, one * 2]; const b: FixedArray<u8, 3> = [one, 7, 9]; export const p = xdp(() => a[0] === 1 && a[1] === 2 && b[2] === 9 ? 1 : 0);',
  arrays:
    'const a: FixedArray<be16, 2> = [one * 80, 443]; const b: FixedArray<boolean, 2> = [one === 1, one !== 1]; export const p = xdp(() => a[0] === 80 && a[1] === 443 && b[0]! && !b[1] ? 1 : 0);',
  structs:
    "interface P { x: i32; y: be16; ok: boolean; t: CharArray<4>; l: FixedArray<u16, 2>; in: { z: u64 } } const a: P = { x: -one, y: one * 80, ok: one === 1, t: one === 1 ? 'ab' : 'cd', l: [one, 2], in: { z: BigInt(one) * 5n } }; export const p = xdp(() => a.x === -1 && a.y === 80 && a.ok && a.t === 'ab' && a.l[1] === 2 && a.in.z === 5n ? 1 : 0);",
  'captured parameters':
    "interface P { x: u32; ok: boolean } function make(a: boolean, b: u8, c: number, d: u64, e: i64, f: bigint, g: CharArray<8>, h: Bytes<2>, i: FixedArray<u32, 2>, j: P, k: [u8, u8]) { return xdp(() => a && b === 200 && c === -5 && d === 5n && e === -5n && f === -6n && g === 'abc' && h[1] === 9 && i[1] === 7 && j.x === 3 && j.ok && k[1] === 4 ? 1 : 0); } export const p = make(true, 200, -5, 5n, -5n, -6n, 'abc', new Uint8Array([1, 9]), [1, 7], { x: 3, ok: true }, [3, 4]);",
  'captured parameters of patterns':
    'function make({ limit, on }: { limit: number; on: boolean }, [first]: [number]) { return xdp(() => (on ? limit : 0) + first - 7); } export const p = make({ limit: 5, on: true }, [3]);',
};

describeKernel('constants known at load, of every type', {}, () => {
  it.for(Object.entries(KINDS))('%s', { timeout: 60_000 }, async ([, text]) => {
    const module = await runModule(`const one = Date.now() > 0 ? 1 : 0;\n${text}`);
    expect(testRun(module['p'], { packet: new Uint8Array(64) }).value).toBe(1);
  });

  it('what is no number asks for an annotation', async () => {
    const module = await runModule('const v = process.argv[0]; export const p = xdp(() => v > 3 ? 1 : 0);');
    const run = () => testRun(module['p'], { packet: new Uint8Array(64) });
    expect(run).toThrow(TsbpfError);
    expect(run).toThrow(/'v' is no number/);
  });
});
