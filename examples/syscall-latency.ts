/** Draws how long a system call takes: a histogram, drawn anew each second. */
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { attach, bpf, LruHashMap, PerCpuArray, tracepoint } from 'tsbpf';
import type { u32, u64 } from 'tsbpf';

const usage = `usage: tsbpf run syscall-latency.ts [--pid PID] [--duration SECONDS] [CALL]
Draws how long a system call takes (read unless named), of one process or of all, for so long or until Ctrl-C.`;

function readOptions() {
  try {
    const text = { type: 'string' } as const;
    const { values, positionals } = parseArgs({
      options: { pid: text, duration: text, help: { type: 'boolean' } },
      allowPositionals: true,
    });
    const [seconds, pid] = [Number(values.duration ?? 1e6), Number(values.pid ?? 0)];
    if (!(seconds > 0)) throw new Error(`--duration is a number of seconds, not '${values.duration}'.`);
    if (!(Number.isInteger(pid) && pid >= 0)) throw new Error(`--pid is the number of a process, not '${values.pid}'.`);
    const [call = 'read', ...more] = positionals;
    if (more.length > 0 || !/^\w+$/.test(call)) throw new Error('One system call is named, as read or openat.');
    return { seconds, pid, call, help: values.help };
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    process.exit(2);
  }
}

const { seconds, pid, call, help } = readOptions();
if (help) {
  console.log(usage);
  process.exit();
}

/** Known when the programs are loaded; 0 is all processes. */
const only: u32 = pid;
/** By thread: since when it is in the call. Of those that never return, the kernel drops the oldest. */
const started = new LruHashMap<u64, u64>({ maxEntries: 10_240 });
const BUCKETS = 33;
/** How many calls took as many microseconds as have `index` digits in binary. */
const histogram = new PerCpuArray<u64>({ maxEntries: BUCKETS });

// What these see of the call's record is the same for all calls, so that they do for any of them.
const onEntry = tracepoint('syscalls:sys_enter_read', () => {
  const thread = bpf.getCurrentPidTgid();
  if (only === 0 || only === Number(thread >> 32n)) started.set(thread, bpf.ktimeGetNs());
});

const onReturn = tracepoint('syscalls:sys_exit_read', () => {
  const thread = bpf.getCurrentPidTgid();
  const start = started.get(thread);
  if (start === undefined) return;
  const microseconds = Number((bpf.ktimeGetNs() - start) / 1000n);
  started.delete(thread);
  histogram[32 - Math.clz32(Math.min(microseconds, 0xffffffff))] += 1n;
});

/** One line a bucket, from the first to the last that holds something. */
function drawing(): string[] {
  const counts = Array.from({ length: BUCKETS }, (_, index) => histogram[index] ?? 0n);
  const [first, last] = [counts.findIndex(Boolean), counts.findLastIndex(Boolean)];
  const most = counts.reduce((a, b) => (a > b ? a : b), 1n);
  const total = counts.reduce((a, b) => a + b);
  const lines = counts.map((count, index) => {
    const range = `${index && 2 ** (index - 1)}`.padStart(12) + ` – ${2 ** index - 1}`.padEnd(13);
    return `${range} ${`${count}`.padStart(9)}  ${'█'.repeat(Math.round((Number(count) / Number(most)) * 40))}`;
  });
  return [`${'MICROSECONDS'.padStart(25)} ${'CALLS'.padStart(10)}`, ...lines.slice(first, last + 1), `${total} calls of ${call}`];
}

using entries = attach(onEntry, { event: `syscalls:sys_enter_${call}` });
using returns = attach(onReturn, { event: `syscalls:sys_exit_${call}` });
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
const end = performance.now() + seconds * 1000;
const onTerminal = process.stdout.isTTY;
if (!onTerminal) console.log(`Measuring ${call} …`);
for (let lines: string[] = []; !stop.signal.aborted && performance.now() < end; ) {
  const rest = end - performance.now();
  await setTimeout(onTerminal ? Math.min(rest, 1000) : rest, undefined, { signal: stop.signal }).catch(() => undefined);
  // Over what was drawn before, for which a terminal goes up and clears what is below.
  if (lines.length > 0) process.stdout.write(`\x1b[${lines.length}A\x1b[J`);
  lines = drawing();
  console.log(lines.join('\n'));
}
