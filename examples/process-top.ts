/** Shows which processes use the processors, and how often each is put on one: a table that is drawn anew each second. */
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { attach, bpf, LruHashMap, PerCpuArray, rawTracepoint } from 'tsbpf';
import type { CharArray, i32, KernelStruct, Pointer, RawArgs, u64 } from 'tsbpf';

interface task_struct extends KernelStruct {
  tgid: i32;
  comm: CharArray<16>;
  group_leader: Pointer<task_struct>;
}

interface Usage {
  nanoseconds: u64;
  switches: u64;
  command: CharArray<16>;
}

/** By process, of which 0 is an idle processor. The kernel drops those that have not run for long, when there are too many. */
const usages = new LruHashMap<i32, Usage>({ maxEntries: 10_240 });
/** What runs on each CPU, and since when. */
const running = new PerCpuArray<{ since: u64; process: i32 }>({ maxEntries: 1 });

@rawTracepoint('sched_switch')
function onSwitch(_ctx: RawArgs, _preempted: boolean, previous: task_struct, next: task_struct) {
  const now = bpf.ktimeGetNs();
  const current = running.get(0);
  if (!current) return;
  const { since } = current;
  current.since = now;
  current.process = next.tgid;
  if (since === 0n) return;
  const command = previous.group_leader.comm;
  const usage = usages.getOrInsert(previous.tgid, { nanoseconds: 0n, switches: 0n, command });
  usage.nanoseconds += now - since;
  usage.switches += 1n;
}

const usage = `usage: tsbpf run process-top.ts [--interval SECONDS] [--duration SECONDS]
Shows the processes that use most of the processors, for so long or until Ctrl-C; 100 % is one processor.`;

function readOptions() {
  try {
    const text = { type: 'string' } as const;
    const { values } = parseArgs({ options: { interval: text, duration: text, help: { type: 'boolean' } } });
    const [interval, seconds] = [Number(values.interval ?? 1), Number(values.duration ?? 1e6)];
    for (const [name, value] of Object.entries({ interval, duration: seconds }))
      if (!(value > 0)) throw new Error(`--${name} is a number of seconds.`);
    return { interval, seconds, help: values.help };
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    process.exit(2);
  }
}

const { interval, seconds, help } = readOptions();
if (help) {
  console.log(usage);
  process.exit();
}

/** All usage so far, with that of the processes that run right now, which the kernel adds when they stop. */
function snapshot(): Map<number, Usage> {
  const all = new Map(usages);
  const now = process.hrtime.bigint(); // the clock of bpf.ktimeGetNs()
  for (const { since, process: pid } of running.get(0) ?? []) {
    const usage = all.get(pid);
    if (usage && since > 0n && now > since) usage.nanoseconds += now - since;
  }
  return all;
}

/** What was used from one snapshot to the next, most first. */
function table(before: Map<number, Usage>, after: Map<number, Usage>, nanoseconds: number): string[] {
  const rows = Array.from(after, ([pid, { nanoseconds, switches, command }]) => {
    const old = before.get(pid);
    const used = Math.max(0, Number(nanoseconds - (old?.nanoseconds ?? 0n)));
    return { pid, used, switches: switches - (old?.switches ?? 0n), command: pid === 0 ? '(idle)' : command };
  });
  return rows
    .filter(({ used, switches }) => used > 0 || switches > 0n)
    .sort((a, b) => b.used - a.used)
    .map(({ pid, used, switches, command }) => {
      const percent = ((used / nanoseconds) * 100).toFixed(1);
      return `${`${pid}`.padStart(7)} ${percent.padStart(6)} ${`${switches}`.padStart(9)}  ${command}`;
    });
}

using link = attach(onSwitch);
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
const { stdout } = process;
let [before, start] = [snapshot(), performance.now()];
const end = start + seconds * 1000;
while (!stop.signal.aborted && performance.now() < end) {
  const wait = Math.min(interval * 1000, end - performance.now());
  await setTimeout(wait, undefined, { signal: stop.signal }).catch(() => undefined);
  const [after, now] = [snapshot(), performance.now()];
  const lines = ['    PID  CPU %  SWITCHES  COMMAND', ...table(before, after, (now - start) * 1e6)];
  // A terminal shows what it has room for, from its upper left corner.
  if (stdout.isTTY) console.log(`\x1b[H\x1b[J${lines.slice(0, stdout.rows - 1).join('\n')}`);
  else console.log(`${lines.join('\n')}\n`);
  [before, start] = [after, now];
}
