/** What `--target` refuses, and what it makes of loops on kernels that take none. */
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { toRecord } from '../../compiler/diagnostics/index.js';
import { memoryHost } from '../../compiler/host.js';
import { compile } from '../../compiler/index.js';
import { formatObject } from '../../compiler/object/index.js';

const root = path.resolve(import.meta.dirname, '../..');
const file = path.join(root, 'test/errors/target.program.ts');

async function build(text: string, target: readonly [number, number]) {
  const compilation = await compile(file, { target }, memoryHost({ [file]: text }, root));
  const object = compilation.object();
  const records = compilation.diagnostics.map((diagnostic) => toRecord(diagnostic, root));
  return { object, codes: records.map(({ code, line }) => `${code} ${line}`), records };
}

const ring = `import { RingBuffer, xdp } from 'tsbpf';
import type { u64 } from 'tsbpf';
const events = new RingBuffer<u64>({ size: 4096 });
export const send = xdp(() => {
  events.push(1n);
  return 2;
});
`;
const helper = `import { bpf, xdp } from 'tsbpf';
export const now = xdp(() => {
  return bpf.ktimeGetBootNs() > 5n ? 1 : 2;
});
`;
const loop = (count: string) => `import { socketFilter } from 'tsbpf';
export const count = socketFilter((skb) => {
  let total = 0;
  for (let i = 0; i < ${count}; i++) total = (total * 31 + skb.mark * i) % 1000003;
  return total;
});
`;
const data = `import { shared, xdp } from 'tsbpf';
import type { u64 } from 'tsbpf';
const state = shared<{ count: u64 }>({ count: 0n });
export const count = xdp(() => {
  state.count += 1n;
  return 2;
});
`;

const tasks = `import { TaskStorage, bpf, rawTracepoint } from 'tsbpf';
import type { u64 } from 'tsbpf';
const calls = new TaskStorage<u64>();
export const count = rawTracepoint('sys_enter', () => {
  calls.set(bpf.getCurrentTaskBtf(), 1n);
});
`;

describe('--target', () => {
  it('asks 5.5 for shared data of each CPU, which is mapped', async () => {
    const text = data.replace('shared<', 'shared.perCpu<');
    expect((await build(text, [5, 4])).codes).toEqual(['TSBPF1631 3']);
    expect((await build(text, [5, 5])).codes).toEqual([]);
  });

  it('asks 5.11 for a TaskStorage, and 5.13 for one in a probe', async () => {
    expect((await build(tasks, [5, 10])).codes).toEqual(['TSBPF1631 3', 'TSBPF1631 5', 'TSBPF1631 5']);
    expect((await build(tasks, [5, 12])).codes).toEqual(['TSBPF1631 5']);
    expect((await build(tasks, [5, 13])).codes).toEqual([]);
  });

  it('refuses map types of newer kernels', async () => {
    expect((await build(ring, [5, 7])).codes).toEqual(['TSBPF1631 3']);
    expect((await build(ring, [5, 7])).records[0]).toMatchObject({
      hint: expect.stringContaining('PerfQueue') as string,
    });
    expect((await build(ring, [5, 8])).codes).toEqual([]);
  });

  it('refuses helpers of newer kernels', async () => {
    const { codes, records } = await build(helper, [5, 7]);
    expect(codes).toEqual(['TSBPF1631 3']);
    expect(records[0]!.message).toMatch(/bpf_ktime_get_boot_ns came with Linux 5\.8/);
    expect((await build(helper, [5, 8])).codes).toEqual([]);
  });

  it('refuses global data where there was none', async () => {
    const { codes } = await build(data, [5, 1]);
    expect(new Set(codes)).toEqual(new Set(['TSBPF1631 5']));
    expect((await build(data, [5, 2])).codes).toEqual([]);
  });

  it('refuses program types of newer kernels', async () => {
    expect((await build(loop('4'), [3, 18])).codes).toContain('TSBPF1631 2');
    expect((await build(helper, [4, 7])).codes).toContain('TSBPF1631 2');
  });

  it('unrolls loops for kernels before 5.3', async () => {
    const { object, codes } = await build(loop('40'), [5, 2]);
    expect(codes).toEqual([]);
    expect(formatObject(object!)).not.toMatch(/goto -/);
    expect(formatObject((await build(loop('40'), [5, 3])).object!)).toMatch(/goto -/);
  });

  it.for([
    'for (let i = 0; i < 40; i++) { if (i === skb.len) break; STEP }',
    'for (let i = 0; i < 40 && i < skb.len; i++) { STEP }',
    'let i = 0; while (i < 40) { STEP i++; }',
    'let i = 0; do { STEP i++; } while (i < 40);',
    'let i = 0; do { if (i === skb.len) break; STEP i++; } while (i < 40);',
    'const i = 2; do { STEP } while (false);',
  ])('unrolls %s for kernels before 5.3', async (statements) => {
    const body = statements.replace('STEP', 'total = (total * 31 + skb.mark * i) % 1000003;');
    const head = loop('40').split('  for')[0]!;
    const { object, codes } = await build(`${head}${body}\n  return total;\n});\n`, [5, 2]);
    expect(codes).toEqual([]);
    expect(formatObject(object!)).not.toMatch(/goto -/);
  });

  it('refuses loops that cannot be unrolled for kernels before 5.3', async () => {
    expect((await build(loop('(skb.len & 63)'), [5, 2])).codes).toEqual(['TSBPF1632 4']);
    expect((await build(loop('(skb.len & 63)'), [5, 3])).codes).toEqual([]);
  });
});
