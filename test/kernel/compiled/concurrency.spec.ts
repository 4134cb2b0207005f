/** Counters that programs on several CPUs change at once: nothing is lost. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { attach } from '../../../runtime/attach/attach.js';
import { onlineCpus } from '../../../runtime/events/cpus.js';
import { describeKernel } from '../../support/kernel.js';
import { runModule, type Exports } from '../support/module.js';

/** No process has such a number (the kernel's limit is 4194304): kill fails, and its tracepoint has seen the number. */
const FIRST = 5_000_000;
const KEYS = 1500;

const TEXT = `
interface Traffic { packets: u64; bytes: u32 }
const FIRST = ${FIRST};
const indexed = new HashMap<u32, u64>({ maxEntries: 4096 });
const incremented = new HashMap<u32, u32>({ maxEntries: 4096 });
const inserted = new HashMap<u32, Traffic>({ maxEntries: 4096 });
const total = new ArrayMap<u64>({ maxEntries: 1 });
const perCpu = new PerCpuArray<u64>({ maxEntries: 1 });
const state = shared<{ runs: u64; narrow: u32; down: i64 }>({ runs: 0n, narrow: 0, down: 0n });
const mine = shared.perCpu<{ runs: u64 }>({ runs: 0n });

@tracepoint('syscalls:sys_enter_kill')
function count(ctx: Tracepoint<'syscalls:sys_enter_kill'>): void {
  const key = ctx.pid - FIRST;
  if (key < 0 || key >= ${KEYS}) return;
  indexed[key] += 1n;
  incremented.increment(key, 2);
  const entry = inserted.getOrInsert(key, { packets: 0n, bytes: 0 });
  entry.packets += 1n;
  entry.bytes += 3;
  total[0] += 1n;
  perCpu[0] += 1n;
  state.runs += 1n;
  state.narrow++;
  state.down -= 2n;
  mine.runs += 1n;
}
export { count, indexed, incremented, inserted, total, perCpu, state, mine };
`;

describeKernel('counters on several CPUs', {}, () => {
  let module: Exports;

  beforeAll(async () => {
    module = await runModule(TEXT);
  });
  afterAll(() => {
    for (const item of Object.values(module ?? {})) if (typeof item.close === 'function') item.close();
  });

  it('lose nothing, not even where an entry begins', async () => {
    using link = attach(module.count);
    const cpus = onlineCpus();
    expect(cpus.length).toBeGreaterThan(1);
    const script = `read; for ((i = 0; i < ${KEYS}; i++)); do kill -0 $((${FIRST} + i)); done 2>/dev/null`;
    const callers = cpus.map((cpu) =>
      spawn('taskset', ['-c', `${cpu}`, 'bash', '-c', script], { stdio: ['pipe', 'ignore', 'inherit'] }),
    );
    const ends = callers.map((caller) => once(caller, 'exit'));
    for (const caller of callers) caller.stdin.end('go\n');
    await Promise.all(ends);
    link.close();

    const each = BigInt(cpus.length);
    const all = each * BigInt(KEYS);
    const { indexed, incremented, inserted, total, perCpu, state, mine } = module;
    expect([indexed.size, incremented.size, inserted.size]).toEqual([KEYS, KEYS, KEYS]);
    expect(new Set(indexed.values())).toEqual(new Set([each]));
    expect(new Set(incremented.values())).toEqual(new Set([2 * cpus.length]));
    for (const traffic of inserted.values()) expect(traffic).toEqual({ packets: each, bytes: 3 * cpus.length });
    expect([total.get(0), perCpu.sum(0)]).toEqual([all, all]);
    expect(cpus.map((cpu) => perCpu.get(0)[cpu])).toEqual(cpus.map(() => BigInt(KEYS)));
    expect({ ...state }).toEqual({ runs: all, narrow: Number(all), down: -2n * all });
    expect(cpus.map((cpu) => mine[cpu].runs)).toEqual(cpus.map(() => BigInt(KEYS)));
  });
});
