/** Prints who waits for the disk: each sync, syncfs, fsync and fdatasync, and how long it took. */
import { getSystemErrorName, parseArgs } from 'node:util';
import { attach, bpf, HashMap, RingBuffer, tracepoint } from 'tsbpf';
import type { CharArray, i32, Tracepoint, u32, u64, u8 } from 'tsbpf';

enum Call {
  sync,
  syncfs,
  fsync,
  fdatasync,
}

interface Sync {
  pid: u32;
  call: u8;
  result: i32;
  command: CharArray<16>;
  nanoseconds: u64;
}

/** Calls that have not returned yet, by thread. */
const calls = new HashMap<u64, { call: u8; start: u64 }>({ maxEntries: 1024 });
const syncs = new RingBuffer<Sync>({ size: 64 * 1024 });

function started(call: Call) {
  calls.set(bpf.getCurrentPidTgid(), { call, start: bpf.ktimeGetNs() });
}

class Entry {
  @tracepoint('syscalls:sys_enter_sync')
  static sync(_ctx: Tracepoint<'syscalls:sys_enter_sync'>) {
    started(Call.sync);
  }

  @tracepoint('syscalls:sys_enter_syncfs')
  static syncfs(_ctx: Tracepoint<'syscalls:sys_enter_syncfs'>) {
    started(Call.syncfs);
  }

  @tracepoint('syscalls:sys_enter_fsync')
  static fsync(_ctx: Tracepoint<'syscalls:sys_enter_fsync'>) {
    started(Call.fsync);
  }

  @tracepoint('syscalls:sys_enter_fdatasync')
  static fdatasync(_ctx: Tracepoint<'syscalls:sys_enter_fdatasync'>) {
    started(Call.fdatasync);
  }
}

/** The record of a return is the same for all calls, so that one program does for all of them. */
const onReturn = tracepoint('syscalls:sys_exit_sync', (ctx) => {
  const thread = bpf.getCurrentPidTgid();
  const found = calls.get(thread);
  if (!found) return;
  const { call, start } = found;
  calls.delete(thread);
  const nanoseconds = bpf.ktimeGetNs() - start;
  const pid = Number(thread >> 32n);
  syncs.push({ pid, call, result: Number(ctx.ret), command: bpf.getCurrentComm(), nanoseconds });
});

const usage = `usage: tsbpf run sync-watcher.ts [--duration SECONDS]
Prints each call that waits until data is on the disk, for so long or until Ctrl-C.`;

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

const links = (['sync', 'syncfs', 'fsync', 'fdatasync'] as const).flatMap((call) => [
  attach(Entry[call]),
  attach(onReturn, { event: `syscalls:sys_exit_${call}` }),
]);
process.once('SIGINT', () => syncs.close());
if (duration) setTimeout(() => syncs.close(), Number(duration) * 1000).unref();

console.log('    PID COMMAND          CALL       MILLISECONDS');
for await (const { pid, command, call, result, nanoseconds } of syncs) {
  const milliseconds = (Number(nanoseconds) / 1e6).toFixed(3).padStart(12);
  const failed = result < 0 ? `  ${getSystemErrorName(result)}` : '';
  console.log(`${`${pid}`.padStart(7)} ${command.padEnd(16)} ${Call[call]?.padEnd(10)} ${milliseconds}${failed}`);
}
for (const link of links) link.close();
