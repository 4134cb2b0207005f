/** `bpf.loop` and `map.forEach`: callbacks with what they use of the variables around them, and how they end. */
import { expect, it } from 'vitest';
import { release } from 'node:os';
import type { CompilerOptions } from '../../compiler/index.js';
import { loadObject, testRun } from '../../runtime/index.js';
import { describeKernel } from '../support/kernel.js';
import { compileText } from './support/module.js';

const prelude = `
const counts = new HashMap<u32, u64>({ maxEntries: 16 });
const result = new ArrayMap<u64>({ maxEntries: 4 });
`;

async function load(body: string, target?: readonly [number, number], options: Partial<CompilerOptions> = {}) {
  const text = `${prelude}@xdp function program(ctx: XdpContext): number {\n${body}\n}\n`;
  return loadObject((await compileText(text, target ? { target } : options)).object()!);
}

/** The program's value for a packet whose first byte is 2, and what it left in `result`. */
function run(object: Awaited<ReturnType<typeof load>>) {
  const packet = new Uint8Array(64);
  packet[0] = 2;
  const { value } = testRun(object.programs.program!, { packet });
  return { value, results: [...object.maps.result!.values()] };
}

const DROP = 1;
const PASS = 2;

describeKernel('bpf.loop', { since: '5.17' }, () => {
  it('runs the callback for each index and gives how often', async () => {
    using object = await load(`
      const base = ctx.packet.getUint8(0);
      let total: u64 = 0n;
      const ran = bpf.loop(10, (i) => { total += u64(i * base); });
      result.set(0, total);
      result.set(1, u64(ran));
      return XDP.DROP;`);
    expect(run(object)).toEqual({ value: DROP, results: [90n, 10n, 0n, 0n] });
  });

  it('reaches variables through several callbacks', async () => {
    using object = await load(`
      const base = ctx.packet.getUint8(0);
      let total: u64 = 0n;
      bpf.loop(3, (i) => {
        let inner: u64 = 0n;
        bpf.loop(4, (k) => {
          bpf.loop(2, () => { total += u64(base + i); });
          inner += u64(k);
        });
        total += inner * 1000n;
      });
      result.set(0, total);
      return XDP.DROP;`);
    expect(run(object)).toEqual({ value: DROP, results: [BigInt(8 * (2 + 3 + 4) + 3 * 6 * 1000), 0n, 0n, 0n] });
  });

  it('stops where the callback says so', async () => {
    using object = await load(`
      let last = 0;
      const ran = bpf.loop(100000, (i) => { last = i; return i === 70000; });
      result.set(0, u64(last));
      result.set(1, u64(ran));
      return XDP.DROP;`);
    expect(run(object)).toEqual({ value: DROP, results: [70000n, 70001n, 0n, 0n] });
  });

  it('ends the program with its default result where the callback goes out of bounds', async () => {
    using object = await load(`
      bpf.loop(100, (i) => { result.set(0, u64(i)); ctx.packet.getUint8(i); });
      result.set(1, 1n);
      return XDP.DROP;`);
    expect(run(object)).toEqual({ value: PASS, results: [64n, 0n, 0n, 0n] });
  });
});

describeKernel('bpf.loop below Linux 5.17', {}, () => {
  it('is an ordinary loop where its count is known', async () => {
    using object = await load(
      `
      let total: u64 = 0n;
      const ran = bpf.loop(10, (i) => { total += u64(i); return i === 6; });
      result.set(0, total);
      result.set(1, u64(ran));
      return XDP.DROP;`,
      [5, 10],
    );
    expect(run(object)).toEqual({ value: DROP, results: [21n, 7n, 0n, 0n] });
  });
});

describeKernel('map.forEach', { since: '5.13' }, () => {
  it('sees every entry, by value and key', async () => {
    using object = await load(`
      let total: u64 = 0n;
      counts.forEach((value, key) => { total += value * u64(key); });
      result.set(0, total);
      return XDP.DROP;`);
    const counts = object.maps.counts!;
    counts.set(0, 5n);
    counts.set(3, 7n);
    counts.set(4, 10n);
    expect(run(object)).toEqual({ value: DROP, results: [61n, 0n, 0n, 0n] });
  });

  it('throws out of the callback and the program', async () => {
    using object = await load(`
      counts.forEach((value) => { if (value > 8n) throw new Error('too much'); });
      result.set(0, 1n);
      return XDP.DROP;`);
    object.maps.counts!.set(1, 9n);
    expect(run(object)).toEqual({ value: PASS, results: [0n, 0n, 0n, 0n] });
  });
});

describeKernel('map.forEach below Linux 5.13', {}, () => {
  it('is an ordinary loop over an array, which the callback may end', async () => {
    using object = await load(
      `
      for (let i = 0; i < 4; i++) result.set(i, u64(i + 5));
      let total: u64 = 0n;
      let seen = 0;
      result.forEach((value, key) => { total += value * 10n + u64(key); seen += 1; return key === 2; });
      result.forEach((value) => { if (value === 8n) throw new Error('eight'); });
      return XDP.DROP;`,
      [5, 10],
    );
    expect(run(object)).toEqual({ value: PASS, results: [5n, 6n, 7n, 8n] });
  });

  it('gives values and keys, and changes the entries', async () => {
    using object = await load(
      `
      let total: u64 = 0n;
      result.forEach((value, key) => { total += u64(key) + 1n; });
      result.set(0, total);
      result.set(1, 40n);
      let some: u64 = 0n;
      result.forEach((value, key) => { some += value; return key === 1; });
      result.set(2, some);
      return XDP.DROP;`,
      [5, 10],
    );
    expect(run(object)).toEqual({ value: DROP, results: [10n, 40n, 50n, 0n] });
  });
});

describeKernel('what the running kernel lacks', {}, () => {
  const [, major = '', minor = ''] = /^(\d+)\.(\d+)/.exec(release()) ?? [];

  it('is made another way where a program is run at once', async () => {
    using object = await load(
      `
      const old = result.get(3) ?? 0n;
      result[0] |= 6n;
      result[0] &= 12n;
      result[1] ^= 5n;
      let total: u64 = old;
      bpf.loop(4, (i) => { total += u64(i); });
      result.forEach((value) => { total += value; });
      result.set(2, total);
      return XDP.DROP;`,
      undefined,
      { running: [Number(major), Number(minor)] },
    );
    expect(run(object)).toEqual({ value: DROP, results: [4n, 5n, 15n, 0n] });
  });

  it('is no reason to refuse a program that may not be loaded', async () => {
    const text = `const hash = new HashMap<u32, u64>({ maxEntries: 4 });
      @xdp function program(ctx: XdpContext): number {
        let total: u64 = 0n;
        hash.forEach((value) => { total += value; });
        bpf.loop(ctx.packet.byteLength, (i) => { total += 1n; });
        return total > 5n ? 1 : 2;
      }`;
    const compilation = await compileText(text, { running: [5, 10] });
    expect(compilation.diagnostics).toEqual([]);
  });
});
