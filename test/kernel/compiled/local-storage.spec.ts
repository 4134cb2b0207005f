/** Values that belong to tasks and sockets, and control groups to test them against. */
import { getPriority } from 'node:os';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { attach } from '../../../runtime/attach/attach.js';
import { testRun } from '../../../runtime/test-run.js';
import { describeKernel } from '../../support/kernel.js';
import { systemCall } from '../../support/machine.js';
import { runModule, type Exports } from '../support/module.js';

const TASKS = `
interface Calls { count: u64; last: u32 }
const calls = new TaskStorage<Calls>();
const plain = new TaskStorage<u32>();
const groups = new CgroupArray({ maxEntries: 2 });
const state = shared<{ pid: u32; found: u32; deleted: u32; inside: u32 }>({ pid: 0, found: 0, deleted: 0, inside: 0 });

@rawTracepoint('sys_enter')
function onCall(ctx: RawArgs<2>): void {
  if (ctx.args[1] !== ${systemCall.getpriority}n || Number(bpf.getCurrentPidTgid() >> 32n) !== state.pid) return;
  const task = bpf.getCurrentTaskBtf();
  if (calls.get(task) !== undefined) state.found++;
  const own = calls.getOrInsert(task, { count: 10n, last: 0 });
  own.count += 1n;
  own.last = 5;
  plain.set(task, (plain.get(task) ?? 0) + 7);
  if (own.count === 13n && calls.delete(task)) state.deleted++;
  if (groups.contains(0)) state.inside++;
  if (groups.contains(1)) state.inside += 100;
}
export { onCall, calls, plain, groups, state };
`;

const SOCKETS = `
const seen = new SocketStorage<u64>();

@tc('ingress')
function count(ctx: SkBuff): number {
  if (seen.get(ctx.sk) === undefined && seen.has(ctx.sk)) return 99;
  const before = seen.getOrInsert(ctx.sk, 4n);
  if (before === 8n) return seen.delete(ctx.sk) && !seen.has(ctx.sk) ? 50 : 51;
  seen.set(ctx.sk, before + 1n);
  return Number(seen.get(ctx.sk) ?? 0n);
}
export { seen, count };
`;

function closeAll(module: Exports | undefined): void {
  for (const item of Object.values(module ?? {})) if (typeof item.close === 'function') item.close();
}

describeKernel('task storage', { since: '5.13', needs: ['btf'] }, () => {
  let module: Exports;
  beforeAll(async () => {
    module = await runModule(TASKS);
  });
  afterAll(() => closeAll(module));

  it('keeps a value for the task, which user space reads by the process', () => {
    const { calls, plain, groups, state, onCall } = module;
    state.pid = process.pid;
    if (existsSync('/sys/fs/cgroup/cgroup.procs')) groups.set(0, '/sys/fs/cgroup');
    const me = { pid: process.pid };
    expect(calls.get(me)).toBeUndefined();
    {
      using _link = attach(onCall);
      getPriority();
      getPriority();
    }
    expect(calls.get(me)).toEqual({ count: 12n, last: 5 });
    expect(state.found).toBe(1);
    expect(plain.get(me)).toBe(14);
    // Index 1 is empty: nobody is in it.
    expect(state.inside).toBe(existsSync('/sys/fs/cgroup/cgroup.procs') ? 2 : 0);
    {
      using _link = attach(onCall);
      getPriority();
    }
    expect([calls.has(me), state.deleted]).toEqual([false, 1]);
    calls.set(me, { count: 1n, last: 2 });
    expect(calls.get(me)).toEqual({ count: 1n, last: 2 });
    expect([calls.delete(me), calls.delete(me)]).toEqual([true, false]);
  });

  it('says of what is no process which it is', () => {
    expect(() => module['calls'].get({ pid: 4194304 })).toThrow(/Cannot open process '4194304': .*\((ESRCH|EINVAL)\)/);
    expect(() => module['calls'].get('me')).toThrow(expect.objectContaining({ code: 'TSBPF2017' }));
  });
});

describeKernel('socket storage', { since: '5.2', needs: ['btf'] }, () => {
  let module: Exports;
  beforeAll(async () => {
    module = await runModule(SOCKETS);
  });
  afterAll(() => closeAll(module));

  it('keeps a value for the socket of a packet', () => {
    const packet = Buffer.alloc(64);
    // The socket of one test run is gone with it.
    expect(testRun(module['count'], { packet }).value).toBe(5);
    expect(testRun(module['count'], { packet }).value).toBe(5);
    expect(testRun(module['count'], { packet, repeat: 3 }).value).toBe(7);
    expect(testRun(module['count'], { packet, repeat: 5 }).value).toBe(50);
  });
});
