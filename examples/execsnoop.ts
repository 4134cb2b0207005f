/** Prints the commands that processes execute, with their arguments. */
import { parseArgs } from 'node:util';
import { attach, bpf, HashMap, PerCpuArray, RingBuffer, tracepoint, u32, u64 } from 'tsbpf';
import type { CharArray, FixedArray, Tracepoint } from 'tsbpf';

const MOST_ARGUMENTS = 20;

interface Exec {
  pid: u32;
  uid: u32;
  count: u32;
  /** The name of the process so far: who executes. */
  by: CharArray<16>;
  path: CharArray<128>;
  arguments: FixedArray<CharArray<64>, typeof MOST_ARGUMENTS>;
}

const execs = new RingBuffer<Exec>({ size: 1 << 20 });
/** By process: what it is about to execute, until the kernel has said whether it can. */
const attempts = new HashMap<u32, Exec>({ maxEntries: 1024 });
/** The stack of a BPF program holds 512 bytes, too few for this. */
const scratch = new PerCpuArray<Exec>({ maxEntries: 1 });

@tracepoint('syscalls:sys_enter_execve')
function onEntry(ctx: Tracepoint<'syscalls:sys_enter_execve'>) {
  const exec = scratch.get(0);
  if (!exec) return;
  exec.pid = Number(bpf.getCurrentPidTgid() >> 32n);
  exec.uid = u32(bpf.getCurrentUidGid());
  exec.by = bpf.getCurrentComm();
  exec.path = bpf.probeReadUserStr<128>(ctx.filename);
  exec.count = 0;
  for (let index = 0; index < MOST_ARGUMENTS; index++) {
    const argument = bpf.probeReadUser<u64>(ctx.argv + u64(index * 8));
    if (argument === 0n) break;
    exec.arguments[index] = bpf.probeReadUserStr<64>(argument);
    exec.count++;
  }
  attempts.set(exec.pid, exec);
}

@tracepoint('syscalls:sys_exit_execve')
function onReturn(ctx: Tracepoint<'syscalls:sys_exit_execve'>) {
  const pid = Number(bpf.getCurrentPidTgid() >> 32n);
  const exec = attempts.get(pid);
  if (exec && ctx.ret === 0n) execs.push(exec);
  attempts.delete(pid);
}

const usage = `usage: tsbpf run execsnoop.ts [--duration SECONDS]
Prints each command that a process executes, for so long or until Ctrl-C.`;

function readOptions() {
  try {
    const { values } = parseArgs({ options: { duration: { type: 'string' }, help: { type: 'boolean' } } });
    if (Number(values.duration ?? 1) > 0) return values;
    throw new Error(`--duration is a number of seconds, not '${values.duration}'.`);
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    process.exit(2);
  }
}

const { duration, help } = readOptions();
if (help) {
  console.log(usage);
  process.exit();
}

using entries = attach(onEntry);
using returns = attach(onReturn);
process.once('SIGINT', () => execs.close());
if (duration) setTimeout(() => execs.close(), Number(duration) * 1000).unref();

console.log('    PID   UID BY               COMMAND');
for await (const { pid, uid, count, by, path, arguments: all } of execs) {
  const [, ...rest] = all.slice(0, count).map((text) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text}'`));
  const more = count === MOST_ARGUMENTS ? ' …' : '';
  console.log(`${`${pid}`.padStart(7)} ${`${uid}`.padStart(5)} ${by.padEnd(16)} ${[path, ...rest].join(' ')}${more}`);
}
