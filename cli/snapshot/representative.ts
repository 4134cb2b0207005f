/** A program that uses most of the language once: what the compiler compiles before the snapshot of it is taken. */

export const representative = `
import { bpf, HashMap, kprobe, PerCpuArray, RingBuffer, socketFilter, tracepoint, u64, xdp, XDP } from 'tsbpf';
import type { be16, be32, CharArray, EthHdr, FixedArray, IpHdr, PtRegs, SkBuff, Tracepoint, u32, UdpHdr, XdpContext } from 'tsbpf';

interface Exec {
  pid: u32;
  count: u32;
  by: CharArray<16>;
  path: CharArray<64>;
  rest: FixedArray<u64, 4>;
}

interface Sender {
  address: be32;
  port: be16;
}

interface Count {
  packets: u64;
  bytes: u64;
}

const LIMITS = { packets: 1000n, ports: [53, 67] };
const MOST = LIMITS.ports.length * 2;

const execs = new RingBuffer<Exec>({ size: 1 << 16 });
const scratch = new PerCpuArray<Exec>({ maxEntries: 1 });
const attempts = new HashMap<u32, Exec>({ maxEntries: 512 });
const senders = new HashMap<Sender, Count>({ maxEntries: 4096 });
const lengths = new PerCpuArray<u64>({ maxEntries: 16 });

@tracepoint('syscalls:sys_enter_execve')
function onExec(ctx: Tracepoint<'syscalls:sys_enter_execve'>) {
  const exec = scratch.get(0);
  if (!exec) return;
  exec.pid = Number(bpf.getCurrentPidTgid() >> 32n);
  exec.by = bpf.getCurrentComm();
  exec.path = bpf.probeReadUserStr<64>(ctx.filename);
  exec.count = 0;
  for (let index = 0; index < MOST; index++) {
    const value = bpf.probeReadUser<u64>(ctx.argv + u64(index * 8));
    if (value === 0n) break;
    exec.rest[index] = value;
    exec.count++;
  }
  attempts.set(exec.pid, exec);
  execs.push(exec);
}

@kprobe('do_exit')
function onExit(_ctx: PtRegs, code: u64) {
  const pid = Number(bpf.getCurrentPidTgid() >> 32n);
  if (code !== 0n && attempts.has(pid)) lengths[15] += 1n;
  attempts.delete(pid);
}

function bucket(length: number): number {
  if (length < 128) return 0;
  return length < 1024 ? 1 : Math.min(length >> 10, 15);
}

@xdp
function limit(ctx: XdpContext): number {
  const eth = ctx.packet.at<EthHdr>(0);
  if (!eth || eth.h_proto !== 0x0800) return XDP.PASS;
  const ip = ctx.packet.at<IpHdr>(14);
  if (ip?.protocol !== 17) return XDP.PASS;
  const udp = ctx.packet.at<UdpHdr>(14 + ip.ihl * 4);
  if (!udp) return XDP.DROP;
  lengths[bucket(ip.tot_len)] += 1n;
  const sender: Sender = { address: ip.saddr, port: udp.source };
  const count = senders.get(sender);
  if (!count) {
    senders.set(sender, { packets: 1n, bytes: BigInt(ip.tot_len) });
    return XDP.PASS;
  }
  count.packets += 1n;
  count.bytes += BigInt(ip.tot_len);
  return count.packets > LIMITS.packets && !LIMITS.ports.includes(udp.dest) ? XDP.DROP : XDP.PASS;
}

@socketFilter
function keep(skb: SkBuff): number {
  return skb.len > 60 ? skb.len : 0;
}
`;
