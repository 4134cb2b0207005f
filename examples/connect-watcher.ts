/** Prints who connects to which address, how that ended, and how long it took. */
import { constants } from 'node:os';
import { parseArgs } from 'node:util';
import { attach, bpf, HashMap, kprobe, kretprobe, RingBuffer } from 'tsbpf';
import type { be16, be32, Bytes, CharArray, i32, PtRegs, u16, u32, u64 } from 'tsbpf';

const AF_INET = 2;
const AF_INET6 = 10;

/** `struct sockaddr_in`, as far as it is needed. */
interface Address {
  family: u16;
  port: be16;
  address: be32;
}

/** `struct sockaddr_in6`. */
interface Address6 extends Address {
  address6: Bytes<16>;
}

interface Connect extends Address6 {
  pid: u32;
  command: CharArray<16>;
  result: i32;
  nanoseconds: u64;
}

/** Calls that have not returned yet, by thread. */
const calls = new HashMap<u64, { start: u64; address: u64 }>({ maxEntries: 10_240 });
const connects = new RingBuffer<Connect>({ size: 256 * 1024 });

@kprobe('sys_connect')
function onEntry(_ctx: PtRegs, _socket: i32, address: u64) {
  calls.set(bpf.getCurrentPidTgid(), { start: bpf.ktimeGetNs(), address });
}

@kretprobe('sys_connect')
function onReturn(_ctx: PtRegs, result: i32) {
  const thread = bpf.getCurrentPidTgid();
  const call = calls.get(thread);
  if (!call) return;
  const nanoseconds = bpf.ktimeGetNs() - call.start;
  const { family, port, address } = bpf.probeReadUser<Address>(call.address);
  const { address6 } = bpf.probeReadUser<Address6>(call.address);
  calls.delete(thread);
  if (family !== AF_INET && family !== AF_INET6) return;
  const pid = Number(thread >> 32n);
  connects.push({ family, port, address, address6, pid, command: bpf.getCurrentComm(), result, nanoseconds });
}

const usage = `usage: tsbpf run connect-watcher.ts [--duration SECONDS]
Prints each connection that a process makes over IPv4 or IPv6, for so long or until Ctrl-C.`;

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

function addressText({ family, address, address6 }: Connect): string {
  if (family === AF_INET) return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
  const groups = Buffer.from(address6).toString('hex').match(/.{4}/g) ?? [];
  return new URL(`http://[${groups.join(':')}]`).hostname; // shortened, in brackets
}

/** What a call gave: nonblocking sockets go on connecting after it. */
function outcome(result: number): string {
  const name = Object.entries(constants.errno).find(([, number]) => number === -result)?.[0];
  return name === 'EINPROGRESS' ? 'in progress' : (name ?? 'connected');
}

using entries = attach(onEntry);
using returns = attach(onReturn);
process.once('SIGINT', () => connects.close());
if (duration) setTimeout(() => connects.close(), Number(duration) * 1000).unref();

console.log('    PID COMMAND          MILLISECONDS RESULT       ADDRESS');
for await (const connect of connects) {
  const who = `${connect.pid}`.padStart(7) + ' ' + connect.command.padEnd(16);
  const milliseconds = (Number(connect.nanoseconds) / 1e6).toFixed(3).padStart(12);
  console.log(`${who} ${milliseconds} ${outcome(connect.result).padEnd(12)} ${addressText(connect)}:${connect.port}`);
}
