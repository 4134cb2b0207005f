/** Prints each process that ends: how, how long it ran, and whose child it was. */
import { constants } from 'node:os';
import { parseArgs } from 'node:util';
import { attach, bpf, rawTracepoint, RingBuffer } from 'tsbpf';
import type { CharArray, i32, KernelStruct, Pointer, RawArgs, u64 } from 'tsbpf';

/** Of the kernel's struct, the members that are read here: where they lie, the loader finds out on each kernel. */
interface task_struct extends KernelStruct {
  tgid: i32;
  comm: CharArray<16>;
  exit_code: i32;
  start_boottime: u64;
  group_leader: Pointer<task_struct>;
  real_parent: Pointer<task_struct>;
  signal: Pointer<signal_struct>;
}

interface signal_struct extends KernelStruct {
  /** How many threads are left. */
  live: { counter: i32 };
}

interface Exit {
  pid: i32;
  parent: i32;
  /** As wait(2) has it: the status in the second byte, a signal in the low seven bits. */
  code: i32;
  nanoseconds: u64;
  command: CharArray<16>;
  parentCommand: CharArray<16>;
}

const exits = new RingBuffer<Exit>({ size: 1 << 18 });

const failed: boolean = process.argv.includes('--failed');

/** The kernel calls this for each thread; the last one ends the process. */
@rawTracepoint('sched_process_exit')
function onExit(_ctx: RawArgs, task: task_struct) {
  if (task.signal.live.counter !== 0 || (failed && task.exit_code === 0)) return;
  const { group_leader: leader, real_parent: parent } = task;
  exits.push({
    pid: task.tgid,
    parent: parent.tgid,
    code: task.exit_code,
    nanoseconds: bpf.ktimeGetBootNs() - leader.start_boottime,
    command: leader.comm,
    parentCommand: parent.comm,
  });
}

const usage = `usage: tsbpf run exitsnoop.ts [--failed] [--duration SECONDS]
Prints each process that ends, for so long or until Ctrl-C; with --failed, those that end with another status than 0.`;

function readOptions() {
  try {
    const options = { duration: { type: 'string' }, failed: { type: 'boolean' }, help: { type: 'boolean' } } as const;
    const { values } = parseArgs({ options });
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

const signals = new Map(Object.entries(constants.signals).map(([name, number]) => [number as number, name]));

/** `0`, `1`, `SIGKILL`. */
function describe(code: number): string {
  const signal = code & 0x7f;
  return signal === 0 ? `${code >> 8}` : (signals.get(signal) ?? `signal ${signal}`);
}

using link = attach(onExit);
process.once('SIGINT', () => exits.close());
if (duration) setTimeout(() => exits.close(), Number(duration) * 1000).unref();

console.log('    PID COMMAND            RAN (ms)  ENDED     PARENT');
for await (const { pid, command, nanoseconds, code, parent, parentCommand } of exits) {
  const milliseconds = (Number(nanoseconds) / 1e6).toFixed(3).padStart(12);
  console.log(
    `${`${pid}`.padStart(7)} ${command.padEnd(16)} ${milliseconds}  ${describe(code).padEnd(9)} ${parent} ${parentCommand}`,
  );
}
