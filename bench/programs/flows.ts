// Counts flows and reports new ones, drops blocked senders: what the benchmark compiles. Its twin is flows.bpf.c.
import { ArrayMap, bpf, HashMap, LruHashMap, RingBuffer, tracepoint, XDP, xdp } from 'tsbpf';
import type { be32, EthHdr, IpHdr, TcpHdr, u16, u32, u64, XdpContext } from 'tsbpf';

interface FlowKey {
  source: be32;
  destination: be32;
  sourcePort: u16;
  destinationPort: u16;
  protocol: u32;
}

interface Flow {
  packets: u64;
  bytes: u64;
}

interface NewFlow {
  time: u64;
  key: FlowKey;
  length: u32;
}

const PROTOCOLS = { tcp: 6, udp: 17 };

const flows = new LruHashMap<FlowKey, Flow>({ maxEntries: 65536 });
const blocked = new HashMap<be32, Flow>({ maxEntries: 1024 });
const perProtocol = new ArrayMap<u64>({ maxEntries: 256 });
const opens = new HashMap<u32, u64>({ maxEntries: 10240 });
const events = new RingBuffer<NewFlow>({ size: 256 * 1024 });

@xdp
export function countFlows(ctx: XdpContext): number {
  if (ctx.packet.at<EthHdr>(0)?.h_proto !== 0x0800) return XDP.PASS;
  const ip = ctx.packet.at<IpHdr>(14);
  if (!ip) return XDP.PASS;
  const { protocol, saddr: source, daddr: destination, tot_len: length } = ip;
  const drops = blocked.get(source);
  if (drops) {
    drops.packets += 1n;
    drops.bytes += BigInt(length);
    return XDP.DROP;
  }
  perProtocol[protocol] += 1n;
  if (protocol !== PROTOCOLS.tcp && protocol !== PROTOCOLS.udp) return XDP.PASS;
  const ports = ctx.packet.at<TcpHdr>(14 + ip.ihl * 4);
  if (!ports) return XDP.PASS;
  const key: FlowKey = { source, destination, sourcePort: ports.source, destinationPort: ports.dest, protocol };
  const flow = flows.get(key);
  if (flow) {
    flow.packets += 1n;
    flow.bytes += BigInt(length);
    return XDP.PASS;
  }
  flows.set(key, { packets: 1n, bytes: BigInt(length) });
  events.push({ time: bpf.ktimeGetNs(), key, length });
  return XDP.PASS;
}

export const countOpens = tracepoint('syscalls:sys_enter_openat', () => {
  opens[Number(bpf.getCurrentPidTgid() >> 32n)] += 1n;
});
