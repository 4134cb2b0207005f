/** Structs of the kernel from TypeScript: what an interface names is found where the running kernel has it. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { attach } from '../../../runtime/attach/attach.js';
import { VerifierError } from '../../../runtime/errors.js';
import { explainVerifier } from '../../../runtime/verifier-explanations.js';
import { describeKernel, kernelIsAtLeast } from '../../support/kernel.js';
import { systemCall } from '../../support/machine.js';
import { runModule, type Exports } from '../support/module.js';

const TEXT = `
interface task_struct extends KernelStruct {
  // Neither the order nor the neighbours are those of any kernel.
  start_boottime: u64;
  comm: CharArray<16>;
  real_parent: Pointer<task_struct>;
  group_leader: Pointer<task_struct> | undefined;
  /** 32 bits wide in the kernel. */
  tgid: i64;
  pid: i32;
  __state: u32;
  flags: u8;
  in_execve: Bits<1>;
  real_cred: Pointer<cred>;
  cred: Pointer<cred>;
  thread_pid: Pointer<pid>;
  signal: Pointer<signal_struct>;
  mm: Pointer<mm_struct>;
  nonexistent: u32;
}
/** Before Linux 5.14. */
interface task_struct___old extends KernelStruct { state: i64; pid: i32 }
interface cred extends KernelStruct { uid: { val: u32 }; egid: { val: u32 } }
interface pid extends KernelStruct { numbers: FixedArray<upid, 4>; level: u32 }
interface upid extends KernelStruct { nr: i32 }
interface signal_struct extends KernelStruct { rlim: FixedArray<rlimit, 16> }
interface rlimit extends KernelStruct { rlim_max: u64; rlim_cur: u64 }
interface mm_struct extends KernelStruct { owner: Pointer<task_struct>; start_stack: u64; saved_auxv: FixedArray<u64, 4> }
interface linux_binprm extends KernelStruct { filename: Pointer<u8>; argc: i32 }
enum bpf_prog_type { BPF_PROG_TYPE_UNSPEC, BPF_PROG_TYPE_SOCKET_FILTER }
interface bpf_prog extends KernelStruct { type: bpf_prog_type; len: u32; jited: Bits<1, u16>; x: { y: u8 } }
interface no_such_struct extends KernelStruct { x: u32 }

interface Id { val: u32 }
interface Facts {
  pid: i32; tgid: i64; helperPid: i32; parent: i32; depth: u32; start: u64; uid: Id; gid: u32; number: i32;
  limit: u64; hardLimit: u64; leaderIsSelf: boolean; hasMemory: boolean; ownerTgid: i64; state: i64;
  newState: boolean; oldState: boolean; missing: boolean; missingType: boolean; type: boolean; lowFlags: u8;
  commSize: u32; pidSize: u32; typeSize: u32; comm: CharArray<16>; helperComm: CharArray<16>; executing: u32;
  throughNull: u32; nameless: boolean; auxiliary: FixedArray<u64, 4>; first: u64; same: boolean; again: i32; enumeration: boolean;
}

const facts = new ArrayMap<Facts>({ maxEntries: 1 });
const watched = shared<{ process: u32; index: u32 }>({ process: 0, index: 7 });

function depthOf(task: task_struct): number {
  let depth = 0;
  let current: task_struct | undefined = task;
  for (let i = 0; i < 64; i++) {
    if (!current || current.tgid <= 1n) break;
    current = current.real_parent;
    depth += 1;
  }
  return depth;
}

/** sys_enter(struct pt_regs *regs, long id) */
@rawTracepoint('sys_enter')
function onCall(_ctx: RawArgs, _registers: u64, id: u64) {
  if (id !== ${systemCall.getpriority}n || Number(bpf.getCurrentPidTgid() >> 32n) !== watched.process) return;
  const task = bpf.getCurrentTask<task_struct>();
  const { cred, thread_pid: number, mm, signal } = task;
  const old = task as unknown as task_struct___old;
  const none = bpf.pointer<task_struct>(0n);
  const chosen = none ?? task.group_leader;
  facts.set(0, {
    pid: task.pid,
    tgid: task.tgid,
    helperPid: Number(bpf.getCurrentPidTgid() & 0xffffffffn),
    parent: task.real_parent.pid,
    depth: depthOf(task),
    start: task.group_leader!.start_boottime,
    uid: cred.uid,
    gid: task.cred.egid.val,
    number: number.numbers[number.level].nr,
    limit: signal.rlim[7].rlim_cur,
    hardLimit: signal.rlim[watched.index].rlim_max,
    leaderIsSelf: task.group_leader === task,
    hasMemory: task.mm !== undefined,
    ownerTgid: mm?.owner.tgid ?? -1n,
    state: bpf.fieldExists(task.__state) ? BigInt(task.__state) : old.state,
    newState: bpf.fieldExists(task.__state),
    oldState: bpf.fieldExists(old.state),
    missing: bpf.fieldExists(task.nonexistent),
    missingType: bpf.typeExists<no_such_struct>(),
    type: bpf.typeExists<task_struct>(),
    lowFlags: task.flags,
    commSize: bpf.fieldSize(task.comm),
    pidSize: bpf.fieldSize(task.real_parent.pid),
    typeSize: bpf.typeSize<task_struct>(),
    comm: task.comm,
    helperComm: bpf.getCurrentComm(),
    executing: task.in_execve,
    throughNull: none === undefined ? Number(bpf.addressOf(none)) : 1,
    nameless: task.comm === '',
    auxiliary: mm.saved_auxv,
    first: mm.saved_auxv[0],
    enumeration: bpf.fieldExists(bpf.pointer<bpf_prog>(0n)!.type),
    same: bpf.addressOf(task) === bpf.getCurrentTask(),
    again: bpf.pointer<task_struct>(bpf.addressOf(chosen))!.pid,
  });
}

interface Execution { tgid: i64; executing: u32; argc: i32; path: CharArray<64>; parent: CharArray<16> }
const executions = new RingBuffer<Execution>({ size: 65536 });

/** sched_process_exec(struct task_struct *p, pid_t old_pid, struct linux_binprm *bprm) */
@rawTracepoint('sched_process_exec')
function onExecution(_ctx: RawArgs, task: task_struct, _old: i32, program: linux_binprm) {
  if (task.real_parent.tgid !== BigInt(watched.process)) return;
  executions.push({
    tgid: task.tgid,
    executing: task.in_execve,
    argc: program.argc,
    path: bpf.probeReadKernelStr<64>(program.filename),
    parent: task.real_parent.comm,
  });
}
export { onCall, onExecution, facts, watched, executions };
`;

describeKernel('kernel structs in TypeScript', { needs: ['btf'] }, () => {
  let module: Exports;
  let facts: Record<string, any>;

  beforeAll(async () => {
    module = await runModule(TEXT);
    module.watched.process = process.pid;
    using link = attach(module.onCall);
    getPriority();
    link.close();
    facts = module.facts.get(0);
  });
  afterAll(() => {
    for (const name of ['onCall', 'onExecution', 'facts', 'executions']) module?.[name].close();
  });

  const status = (name: string): string =>
    new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(readFileSync(`/proc/self/task/${facts.pid}/status`, 'utf8'))?.[1] ?? '';

  it('tell who the current task is', () => {
    expect(facts).toMatchObject({ tgid: BigInt(process.pid), pid: facts.helperPid, again: process.pid });
    expect(facts).toMatchObject({ comm: facts.helperComm, nameless: false, number: facts.pid, same: true });
    expect(facts.leaderIsSelf).toBe(facts.pid === process.pid);
  });

  it('are followed from pointer to pointer', () => {
    expect(facts.parent).toBe(process.ppid);
    let depth = 0;
    for (let pid = process.pid; pid > 1; depth++)
      pid = Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
    expect(facts.depth).toBe(depth);
    expect(facts).toMatchObject({ hasMemory: true, ownerTgid: BigInt(process.pid) });
  });

  it('are read through structs and arrays inside them', () => {
    expect(facts.uid).toEqual({ val: process.geteuid?.() });
    expect(facts.gid).toBe(process.getegid?.());
    const limits = /^Max open files\s+(\d+)\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
    expect([facts.limit, facts.hardLimit]).toEqual([BigInt(limits![1]!), BigInt(limits![2]!)]);
    const auxiliary = new BigUint64Array(new Uint8Array(readFileSync('/proc/self/auxv')).buffer).slice(0, 4);
    expect(facts.auxiliary).toEqual([...auxiliary]);
    expect(facts.first).toBe(auxiliary[0]);
  });

  it('give times and flags as proc(5) shows them', () => {
    const fields = readFileSync('/proc/self/stat', 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    // starttime is the 22nd field, in hundredths of a second; the first that is left is the third.
    expect(facts.start / 10_000_000n).toBe(BigInt(fields[19]!));
    // In the system call the task is running: TASK_RUNNING is 0.
    expect(facts.state).toBe(0n);
    expect(status('Name')).toBe(facts.comm);
  });

  it('answer what the running kernel has', () => {
    const renamed = kernelIsAtLeast('5.14');
    expect(facts).toMatchObject({ newState: renamed, oldState: !renamed, missing: false });
    expect(facts).toMatchObject({ type: true, missingType: false, commSize: 16, pidSize: 4, enumeration: true });
    expect(facts.typeSize).toBeGreaterThan(1000);
    expect(facts.throughNull).toBe(0);
  });

  it('are the arguments of a raw tracepoint, with bit fields and texts', () => {
    expect(facts.executing).toBe(0);
    using link = attach(module.onExecution);
    const { pid } = spawnSync('/bin/true', ['a', 'b']);
    link.close();
    const found = module.executions.read({ batch: true }).find(({ tgid }: { tgid: bigint }) => tgid === BigInt(pid));
    expect(found).toMatchObject({ executing: 1, argc: 3, path: '/bin/true' });
    expect(found.parent).toBe(readFileSync(`/proc/${process.pid}/comm`, 'utf8').trim());
  });
});

function refusalOf(load: () => void): VerifierError {
  try {
    load();
  } catch (error) {
    if (error instanceof VerifierError) return error;
    throw error;
  }
  throw new Error('the kernel took it');
}

const DIFFERENT = `
interface task_struct extends KernelStruct { pid: i32; nonexistent: u32; real_parent: Pointer<task_struct> }
interface no_such_struct extends KernelStruct { x: u32 }

@rawTracepoint('sys_enter')
function unguarded(_ctx: RawArgs): number {
  const task = bpf.getCurrentTask<task_struct>();
  return task.pid === 5
    ? task.nonexistent
    : 0;
}

@rawTracepoint('sys_enter')
function unknownType(_ctx: RawArgs): number {
  return bpf.pointer<no_such_struct>(5n)!.x;
}

@rawTracepoint('sys_enter')
function guarded(_ctx: RawArgs): number {
  let sum = 0;
  let task = bpf.getCurrentTask<task_struct>();
  for (let i = 0; i < 8; i++) {
    if (bpf.fieldExists(task.nonexistent)) sum += task.nonexistent;
    if (bpf.typeExists<no_such_struct>()) sum += bpf.pointer<no_such_struct>(bpf.addressOf(task))!.x;
    task = task.real_parent;
  }
  return sum;
}
export { unguarded, unknownType, guarded };
`;

describeKernel('members that the running kernel lacks', { needs: ['btf'] }, () => {
  let module: Exports;
  beforeAll(async () => {
    module = await runModule(DIFFERENT);
  });
  afterAll(() => {
    for (const program of Object.values(module ?? {})) program.close();
  });

  it('are reported at their line, with what to do', () => {
    for (const [name, line] of [
      ['unguarded', 10],
      ['unknownType', 16],
    ] as const) {
      const refused = refusalOf(() => module[name].load());
      expect(refused.sourceLine).toMatch(new RegExp(`module\\.program\\.ts:${line}:\\d+$`));
      expect(explainVerifier(refused.summary)?.name).toBe('member-not-in-kernel');
      expect(refused.hint).toContain('bpf.fieldExists');
    }
  });

  it('do no harm behind a test, in loops too', () => {
    module.guarded.load();
    expect(module.guarded.loaded).toBe(true);
  });
});
