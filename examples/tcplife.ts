/** Prints each TCP connection when it is over, as a line of JSON: whose it was, with whom, how long, and how much went through. */
import { parseArgs } from 'node:util';
import { attach, bpf, HashMap, IPPROTO_TCP, RingBuffer, tracepoint } from 'tsbpf';
import type { Bytes, CharArray, i32, KernelStruct, Tracepoint, u16, u32, u64 } from 'tsbpf';

/** The record of the event. */
interface StateChange {
  skaddr: u64;
  oldstate: i32;
  newstate: i32;
  sport: u16;
  dport: u16;
  family: u16;
  protocol: u16;
  saddr: Bytes<4>;
  daddr: Bytes<4>;
  /** IPv4 addresses stand here too, as IPv6 has them: ::ffff:192.0.2.1. */
  saddr_v6: Bytes<16>;
  daddr_v6: Bytes<16>;
}

/** Of the kernel's structs, what is read here; a `tcp_sock` begins with a `sock`. */
interface tcp_sock extends KernelStruct {
  bytes_sent: u64;
  bytes_retrans: u64;
  bytes_received: u64;
}
interface sock extends KernelStruct {
  __sk_common: { skc_flags: u64 };
}
const SOCK_DONE = 1n << 1n; // The other side has sent its FIN, which counts as a byte.
const TCP = { SYN_SENT: 2, SYN_RECV: 3, FIN_WAIT1: 4, CLOSE: 7, LAST_ACK: 9 };

interface Connection {
  /** 0 while it is not known. */
  pid: u32;
  command: CharArray<16>;
  nanoseconds: u64;
  localPort: u16;
  remotePort: u16;
  local: Bytes<16>;
  remote: Bytes<16>;
  sent: u64;
  received: u64;
}

/** By socket: since when it connects, and who it belongs to. */
const open = new HashMap<u64, { start: u64; pid: u32; command: CharArray<16> }>({ maxEntries: 10_240 });
const closed = new RingBuffer<Connection>({ size: 1 << 18 });

@tracepoint('sock:inet_sock_set_state')
function onState(ctx: Tracepoint<StateChange>) {
  const { skaddr, oldstate, newstate, sport: localPort, dport: remotePort } = ctx;
  if (ctx.protocol !== IPPROTO_TCP) return;
  if (newstate === TCP.SYN_SENT || newstate === TCP.SYN_RECV)
    open.set(skaddr, { start: bpf.ktimeGetNs(), pid: 0, command: '' });
  const connection = open.get(skaddr);
  if (!connection) return;
  // These states the owner itself enters; into the others packets lead, whoever runs then.
  if (newstate === TCP.SYN_SENT || newstate === TCP.FIN_WAIT1 || newstate === TCP.LAST_ACK) {
    connection.pid = Number(bpf.getCurrentPidTgid() >> 32n);
    connection.command = bpf.getCurrentComm();
  }
  if (newstate !== TCP.CLOSE) return;
  const tcp = bpf.pointer<tcp_sock>(skaddr);
  const flags = bpf.pointer<sock>(skaddr)?.__sk_common.skc_flags ?? 0n;
  const { start, pid, command } = connection;
  open.delete(skaddr);
  if (!tcp || oldstate === TCP.SYN_SENT) return;
  const [local, remote] = [ctx.saddr_v6, ctx.daddr_v6];
  const nanoseconds = bpf.ktimeGetNs() - start;
  const sent = tcp.bytes_sent - tcp.bytes_retrans;
  const received = tcp.bytes_received - (flags & SOCK_DONE ? 1n : 0n);
  closed.push({ pid, command, nanoseconds, localPort, remotePort, local, remote, sent, received });
}

const usage = `usage: tsbpf run tcplife.ts [--duration SECONDS]
Prints each TCP connection of this machine when it is over, as a line of JSON, for so long or until Ctrl-C.`;

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

function endpoint(address: Uint8Array, port: number): string {
  const hex = Buffer.from(address).toString('hex');
  if (/^0{20}f{4}/.test(hex)) return `${address.subarray(12).join('.')}:${port}`;
  return `${new URL(`http://[${hex.match(/.{4}/g)?.join(':')}]`).hostname}:${port}`;
}

using link = attach(onState);
process.once('SIGINT', () => closed.close());
process.stdout.once('error', () => closed.close()); // Who read the lines has gone.
if (duration) setTimeout(() => closed.close(), Number(duration) * 1000).unref();

console.error('Waiting for TCP connections to end …');
for await (const { pid, command, nanoseconds, localPort, remotePort, ...connection } of closed) {
  const local = endpoint(connection.local, localPort);
  const remote = endpoint(connection.remote, remotePort);
  const [milliseconds, sent, received] = [Number(nanoseconds) / 1e6, Number(connection.sent), Number(connection.received)];
  console.log(JSON.stringify({ ...(pid > 0 && { pid, command }), local, remote, milliseconds, sent, received }));
}
if (closed.lost > 0) console.error(`${closed.lost} connections were lost`);
