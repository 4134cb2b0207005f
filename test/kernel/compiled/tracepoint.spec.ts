/** Tracepoints from TypeScript: fields of system calls, of other events, and of interfaces of one's own. */
import { execFileSync, spawnSync } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { attach } from '../../../runtime/attach/attach.js';
import { tracefs } from '../../../runtime/attach/tracefs.js';
import { traceFields } from '../../../runtime/events/trace-pipe.js';
import { describeKernel } from '../../support/kernel.js';
import { systemCall } from '../../support/machine.js';
import { loadObject } from '../../../runtime/object.js';
import { compileText, runModule, type Exports } from '../support/module.js';

const TEXT = `
interface Open { path: CharArray<64>; directory: i32; flags: i32; number: i32 }
interface Exec { path: CharArray<256>; length: u32 }
interface Fork { parent: i32; child: i32 }
/** What /sys/kernel/tracing/events/raw_syscalls/sys_enter/format says, behind the 8 bytes that programs cannot read. */
interface AnyCall { id: i64; args: FixedArray<u64, 6> }

const opens = new ArrayMap<Open>({ maxEntries: 1 });
const results = new ArrayMap<i64>({ maxEntries: 1 });
const forks = new HashMap<i32, Fork>({ maxEntries: 64 });
const execs = new HashMap<i32, Exec>({ maxEntries: 64 });
const calls = new ArrayMap<AnyCall>({ maxEntries: 1 });
const watched = shared<{ process: u32 }>({ process: 0 });
const GET_PRIORITY = ${systemCall.getpriority}n;

const isWatched = () => Number(bpf.getCurrentPidTgid() >> 32n) === watched.process;

@tracepoint('syscalls:sys_enter_openat')
function onOpen(ctx: Tracepoint<'syscalls:sys_enter_openat'>): number {
  if (!isWatched()) return 0;
  const path = bpf.probeReadUserStr<64>(ctx.filename);
  if (path.startsWith('/nonexistent/')) {
    opens.set(0, { path, directory: ctx.dfd, flags: ctx.flags, number: ctx.__syscall_nr });
  }
  return 0;
}

const onOpened = tracepoint('syscalls:sys_exit_openat', (ctx) => {
  if (isWatched()) results.set(0, ctx.ret);
});

const onFork = tracepoint('sched:sched_process_fork', (ctx) => {
  if (!isWatched()) return;
  forks.set(ctx.child_pid, { parent: ctx.parent_pid, child: ctx.child_pid });
});

/** The text stands behind the fields, and 'filename' is where (__data_loc). */
const onExec = tracepoint('sched:sched_process_exec', (ctx) => {
  const path = ctx.filename;
  if (path.startsWith('/usr/bin/env')) execs.set(ctx.pid, { path, length: path.length });
});

const onCall = tracepoint('raw_syscalls:sys_enter', (ctx: AnyCall) => {
  if (isWatched() && ctx.id === GET_PRIORITY) calls.set(0, { id: ctx.id, args: ctx.args });
});

const say = tracepoint('syscalls:sys_enter_getpriority', (ctx) => {
  if (isWatched()) console.log(\`tsbpf: which \${ctx.which}, who \${ctx.who}, \${bpf.getCurrentComm()}\`);
});

export { onOpen, onOpened, onFork, onExec, execs, onCall, say, opens, results, forks, calls, watched };
`;

describeKernel('tracepoints in TypeScript', {}, () => {
  let module: Exports;

  beforeAll(async () => {
    module = await runModule(TEXT);
    module.watched.process = process.pid;
  });
  afterAll(() => {
    for (const item of Object.values(module ?? {})) item.close?.();
  });

  const tryOpen = (path: string) => expect(() => openSync(path, 'r')).toThrow('ENOENT');

  it('have the texts that stand behind their fields', () => {
    using link = attach(module.onExec);
    expect(link.closed).toBe(false);
    const { pid } = spawnSync('/usr/bin/env', ['true']);
    expect(module.execs.get(pid)).toEqual({ path: '/usr/bin/env', length: 12 });
  });

  it('have the fields of a system call, typed as in C', () => {
    using link = attach(module.onOpen);
    tryOpen('/nonexistent/tsbpf');
    expect(link.target).toBe('tracepoint syscalls:sys_enter_openat');
    // libuv adds O_CLOEXEC.
    expect(module.opens.get(0)).toEqual({
      path: '/nonexistent/tsbpf',
      directory: -100,
      flags: 0o2000000,
      number: systemCall.openat,
    });
  });

  it('have what a system call returns', () => {
    using link = attach(module.onOpened);
    tryOpen('/nonexistent/tsbpf');
    link.close();
    expect(module.results.get(0)).toBe(-2n);
  });

  it('have the fields that the kernel lists for any other event', () => {
    using link = attach(module.onFork);
    const child = Number(execFileSync('sh', ['-c', 'echo $$'], { encoding: 'utf8' }));
    expect(link.closed).toBe(false);
    expect(module.forks.get(child)).toEqual({ parent: process.pid, child });
  });

  it('have the fields of an interface that the user gives', () => {
    using link = attach(module.onCall);
    getPriority(process.pid);
    link.close();
    const { id, args } = module.calls.get(0);
    expect([id, args[0], args[1]]).toEqual([BigInt(systemCall.getpriority), 0n, BigInt(process.pid)]);
  });

  it('print to the trace pipe', async () => {
    using pipe = traceFields();
    using link = attach(module.say);
    setTimeout(() => getPriority(process.pid), 20);
    for await (const { message, pid } of pipe.events({ signal: AbortSignal.timeout(20_000) })) {
      if (!message.startsWith('tsbpf: which')) continue;
      expect(message).toMatch(new RegExp(`^tsbpf: which 0, who ${process.pid}, \\S`));
      expect(pid).toBe(process.pid);
      link.close();
      return;
    }
    throw new Error('nothing was printed');
  });
});

describeKernel('arrays behind the fields of a tracepoint', {}, () => {
  /** What the kernel carries as text, read as an array: no event that is easy to cause has an array. */
  const exec = async (element: string, type: string) => {
    const file = '/sys/kernel/tracing/events/sched/sched_process_exec/format';
    const found = readFileSync(`${tracefs()}/events/sched/sched_process_exec/format`, 'utf8');
    const format = found.replace('__data_loc char[] filename', `__data_loc ${element}[] filename`);
    const text = `
      interface Exec { path: ${type}; location: u32 }
      const execs = new HashMap<i32, Exec>({ maxEntries: 1024 });
      export const onExec = tracepoint('sched:sched_process_exec', (ctx) => {
        execs.set(ctx.pid, { path: ctx.filename, location: ctx.data_loc_filename });
      });`;
    using loaded = loadObject((await compileText(text, {}, { [file]: format })).object()!);
    using link = attach(loaded.programs['onExec']!);
    expect(link.closed).toBe(false);
    // Last it executes what env finds, under the same number.
    const { pid } = spawnSync('/usr/bin/env', ['true']);
    return loaded.maps['execs']!.get(pid) as { path: Uint8Array | number[]; location: number };
  };
  const executed = /^\/(usr\/)?bin\/true\0$/;

  it('are bytes, with their length', async () => {
    const { path, location } = await exec('u8', 'Bytes<256>');
    const text = Buffer.from(path as Uint8Array).toString();
    expect(text.slice(0, location >>> 16)).toMatch(executed);
    expect(text.slice(location >>> 16)).toBe('\0'.repeat(256 - (location >>> 16)));
  });

  it('are integers', async () => {
    const { path, location } = await exec('unsigned int', 'FixedArray<u32, 64>');
    const bytes = Buffer.from(new Uint32Array(path as number[]).buffer).subarray(0, location >>> 16);
    expect(bytes.toString()).toMatch(executed);
  });
});
