/** Prints which process opens which file, and what came of it. */
import { getSystemErrorName, parseArgs } from 'node:util';
import { attach, bpf, HashMap, kprobe, kretprobe, RingBuffer } from 'tsbpf';
import type { CharArray, i32, PtRegs, u32, u64 } from 'tsbpf';

interface Open {
  pid: u32;
  /** A descriptor, or a negative error number. */
  result: i32;
  command: CharArray<16>;
  path: CharArray<256>;
}

/** Where the path of a thread's call is, from its entry to its return. */
const paths = new HashMap<u64, u64>({ maxEntries: 10_240 });
const opens = new RingBuffer<Open>({ size: 1 << 20 });

@kprobe('sys_openat')
function onEntry(_ctx: PtRegs, _directory: i32, path: u64) {
  paths.set(bpf.getCurrentPidTgid(), path);
}

@kretprobe('sys_openat')
function onReturn(_ctx: PtRegs, result: i32) {
  const thread = bpf.getCurrentPidTgid();
  const path = paths.get(thread);
  if (path === undefined) return;
  paths.delete(thread);
  const open = opens.reserve();
  if (!open) return;
  open.pid = Number(thread >> 32n);
  open.result = result;
  open.command = bpf.getCurrentComm();
  // By now the kernel has read the path, so that it is in memory.
  open.path = bpf.probeReadUserStr<256>(path);
  opens.submit(open);
}

const usage = `usage: tsbpf run opensnoop.ts [--failed] [--duration SECONDS]
Prints each file that a process opens, or with --failed could not open, for so long or until Ctrl-C.`;

function readOptions() {
  try {
    const flag = { type: 'boolean' } as const;
    const { values } = parseArgs({ options: { failed: flag, duration: { type: 'string' }, help: flag } });
    if (Number(values.duration ?? 1) > 0) return values;
    throw new Error(`--duration is a number of seconds, not '${values.duration}'.`);
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    process.exit(2);
  }
}

const { failed, duration, help } = readOptions();
if (help) {
  console.log(usage);
  process.exit();
}

using entries = attach(onEntry);
using returns = attach(onReturn);
process.once('SIGINT', () => opens.close());
if (duration) setTimeout(() => opens.close(), Number(duration) * 1000).unref();

console.log('    PID COMMAND          RESULT PATH');
for await (const { pid, command, result, path } of opens) {
  if (failed && result >= 0) continue;
  const outcome = result < 0 ? getSystemErrorName(result) : `${result}`;
  console.log(`${`${pid}`.padStart(7)} ${command.padEnd(16)} ${outcome.padStart(6)} ${path}`);
}
