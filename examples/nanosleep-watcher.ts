/** Prints who sleeps, how long it asked for, and how long it slept. */
import { parseArgs } from 'node:util';
import { attach, bpf, HashMap, kprobe, kretprobe, PerfQueue } from 'tsbpf';
import type { CharArray, u32, u64 } from 'tsbpf';

interface Sleep {
  pid: u32;
  command: CharArray<16>;
  /** Both in nanoseconds. */
  asked: u64;
  slept: u64;
  interrupted: boolean;
}

/** Who sleeps now: by thread, since when and how long it asked for. */
const sleepers = new HashMap<u64, { start: u64; asked: u64 }>({ maxEntries: 10_240 });
const sleeps = new PerfQueue<Sleep>();

const HRTIMER_MODE_REL = 1;

// The function that nanosleep(2) and clock_nanosleep(2) end in. With another mode it is told a time, not how long.
const onSleep = kprobe('hrtimer_nanosleep', (_ctx, asked: u64, mode: u32) => {
  if (mode !== HRTIMER_MODE_REL) return;
  sleepers.set(bpf.getCurrentPidTgid(), { start: bpf.ktimeGetNs(), asked });
});

const onWake = kretprobe('hrtimer_nanosleep', (ctx, result: number) => {
  const thread = bpf.getCurrentPidTgid();
  const sleeper = sleepers.get(thread);
  if (!sleeper) return;
  const { start, asked } = sleeper;
  sleepers.delete(thread);
  const pid = Number(thread >> 32n);
  const slept = bpf.ktimeGetNs() - start;
  sleeps.push(ctx, { pid, command: bpf.getCurrentComm(), asked, slept, interrupted: result !== 0 });
});

const usage = `usage: tsbpf run nanosleep-watcher.ts [--duration SECONDS]
Prints each sleep of a process when it is over, for so long or until Ctrl-C.`;

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

using entries = attach(onSleep);
using returns = attach(onWake);
process.once('SIGINT', () => sleeps.close());
if (duration) setTimeout(() => sleeps.close(), Number(duration) * 1000).unref();
sleeps.on('lost', (count) => console.error(`${count} sleeps were lost`));

const milliseconds = (nanoseconds: bigint) => (Number(nanoseconds) / 1e6).toFixed(3).padStart(12);
console.log('    PID COMMAND            ASKED (MS)   SLEPT (MS)');
for await (const { pid, command, asked, slept, interrupted } of sleeps) {
  const end = interrupted ? '  interrupted' : '';
  console.log(`${`${pid}`.padStart(7)} ${command.padEnd(16)} ${milliseconds(asked)} ${milliseconds(slept)}${end}`);
}
