/** Prints who removes which file, and on request the way through the kernel that leads there. */
import { parseArgs } from 'node:util';
import { attach, bpf, kprobe, RingBuffer, StackTraceMap, u32 } from 'tsbpf';
import type { CharArray, i32, PtRegs, u64 } from 'tsbpf';

interface Unlink {
  pid: u32;
  uid: u32;
  /** A number of `stacks`. */
  stack: i32;
  command: CharArray<16>;
  path: CharArray<256>;
}

const unlinks = new RingBuffer<Unlink>({ size: 1 << 20 });
const stacks = new StackTraceMap({ maxEntries: 1024 });

const usage = `usage: tsbpf run unlinkers.ts [--stacks] [--duration SECONDS]
Prints each file that a process removes, with --stacks by which functions of the kernel, for so long or until Ctrl-C.`;

function readOptions() {
  try {
    const flag = { type: 'boolean' } as const;
    const { values } = parseArgs({ options: { stacks: flag, duration: { type: 'string' }, help: flag } });
    if (Number(values.duration ?? 1) > 0) return values;
    throw new Error(`--duration is a number of seconds, not '${values.duration}'.`);
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    process.exit(2);
  }
}

const options = readOptions();
if (options.help) {
  console.log(usage);
  process.exit();
}
/** Known when the program is loaded: without it the kernel leaves its branch away. */
const withStacks: boolean = options.stacks ?? false;

/** `struct filename` of linux/fs.h, of which the first field is enough. */
interface Filename {
  name: u64;
}

// What unlink(2), unlinkat(2) and io_uring have in common.
@kprobe('do_unlinkat')
function onUnlink(ctx: PtRegs, _directory: i32, filename: u64) {
  const unlink = unlinks.reserve();
  if (!unlink) return;
  unlink.pid = Number(bpf.getCurrentPidTgid() >> 32n);
  unlink.uid = u32(bpf.getCurrentUidGid());
  unlink.command = bpf.getCurrentComm();
  unlink.path = bpf.probeReadKernelStr<256>(bpf.probeReadKernel<Filename>(filename).name);
  unlink.stack = withStacks ? stacks.getId(ctx) : -1;
  unlinks.submit(unlink);
}

using link = attach(onUnlink);
process.once('SIGINT', () => unlinks.close());
if (options.duration) setTimeout(() => unlinks.close(), Number(options.duration) * 1000).unref();

console.log('    PID   UID COMMAND          PATH');
for await (const { pid, uid, command, path, stack } of unlinks) {
  console.log(`${`${pid}`.padStart(7)} ${`${uid}`.padStart(5)} ${command.padEnd(16)} ${path}`);
  for (const { symbol, offset } of stacks.stack(stack)) console.log(`          ${symbol}+0x${offset.toString(16)}`);
}
