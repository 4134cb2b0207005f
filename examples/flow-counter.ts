/** Counts the packets and bytes of every flow in the kernel, and prints the flows, biggest first. */
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ETH_P_IP, ETH_P_IPV6, HashMap, htons, IPPROTO_TCP, IPPROTO_UDP } from 'tsbpf';
import { PACKET_OUTGOING, RawSocket, SocketFilter, socketFilter, u64 } from 'tsbpf';
import type { be16, be32, Bytes, IpHdr, Ipv6Hdr, SkBuff, u16, u8 } from 'tsbpf';

interface Flow<Address> {
  source: Address;
  destination: Address;
  sourcePort: u16;
  destinationPort: u16;
  protocol: u8;
}

interface Traffic {
  packets: u64;
  bytes: u64;
}

/** What the headers of TCP and UDP begin with. */
interface Ports {
  source: be16;
  destination: be16;
}

const flows = new HashMap<Flow<be32>, Traffic>({ maxEntries: 10_000 });
const flows6 = new HashMap<Flow<Bytes<16>>, Traffic>({ maxEntries: 10_000 });
const LOOPBACK = 1;

@socketFilter
function countFlow(skb: SkBuff): number {
  // What loops back is seen twice, on its way out and on its way in.
  if (skb.ifindex === LOOPBACK && skb.pkt_type === PACKET_OUTGOING) return 0;
  if (skb.protocol === htons(ETH_P_IP)) {
    const ip = skb.packet.at<IpHdr>(14);
    if (ip) count(flows, ip, ip.protocol, 14 + ip.ihl * 4, skb);
  } else if (skb.protocol === htons(ETH_P_IPV6)) {
    const ip = skb.packet.at<Ipv6Hdr>(14);
    if (ip) count(flows6, ip, ip.nexthdr, 14 + 40, skb);
  }
  return 0; // The socket itself needs nothing of the packet.
}

/** In the kernel too, as all that a program function calls: once for each type of address. */
function count<Address>(
  flows: HashMap<Flow<Address>, Traffic>,
  ip: { saddr: Address; daddr: Address },
  protocol: u8,
  offset: number,
  skb: SkBuff,
): void {
  const hasPorts = protocol === IPPROTO_TCP || protocol === IPPROTO_UDP;
  const ports = hasPorts ? skb.packet.at<Ports>(offset) : undefined;
  const sourcePort = ports?.source ?? 0;
  const destinationPort = ports?.destination ?? 0;
  const flow = { source: ip.saddr, destination: ip.daddr, sourcePort, destinationPort, protocol };
  const traffic = flows.getOrInsert(flow, { packets: 0n, bytes: 0n });
  traffic.packets += 1n;
  traffic.bytes += u64(skb.len);
}

const usage = `usage: tsbpf run flow-counter.ts [--interface NAME] [--duration SECONDS]
Counts every flow's packets and bytes, of one interface or of all, for so long or until Ctrl-C.`;

function readOptions() {
  try {
    const text = { type: 'string' } as const;
    const { values } = parseArgs({ options: { interface: text, duration: text, help: { type: 'boolean' } } });
    const seconds = Number(values.duration ?? 1e6);
    if (seconds > 0) return { ...values, seconds };
    throw new Error(`--duration is a number of seconds, not '${values.duration}'.`);
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    process.exit(2);
  }
}

const ipv4 = (address: number) => [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');

/** As URLs have it: shortened, and in brackets. */
function ipv6(address: Uint8Array): string {
  const groups = Buffer.from(address).toString('hex').match(/.{4}/g) ?? [];
  return new URL(`http://[${groups.join(':')}]`).hostname;
}

function rows<Address>(flows: HashMap<Flow<Address>, Traffic>, text: (address: Address) => string) {
  const endpoint = (address: Address, port: number) => (port ? `${text(address)}:${port}` : text(address));
  const names: Record<number, string> = { 1: 'ICMP', 6: 'TCP', 17: 'UDP', 58: 'ICMPv6' };
  return Array.from(flows, ([flow, traffic]) => ({
    ...traffic,
    protocol: names[flow.protocol] ?? `${flow.protocol}`,
    path: `${endpoint(flow.source, flow.sourcePort)} → ${endpoint(flow.destination, flow.destinationPort)}`,
  }));
}

const { help, seconds, interface: name } = readOptions();
if (help) {
  console.log(usage);
  process.exit();
}
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());

using socket = RawSocket.open({ interface: name });
using filter = new SocketFilter(countFlow);
filter.attach(socket);
console.error(`Counting packets on ${name ?? 'all interfaces'} …`);
await setTimeout(seconds * 1000, undefined, { signal: stop.signal }).catch(() => undefined);

console.log(' PACKETS       BYTES  PROTOCOL  FLOW');
for (const row of [...rows(flows, ipv4), ...rows(flows6, ipv6)].sort((a, b) => Number(b.bytes - a.bytes))) {
  const [packets, bytes] = [`${row.packets}`.padStart(8), `${row.bytes}`.padStart(11)];
  console.log(`${packets} ${bytes}  ${row.protocol.padEnd(8)}  ${row.path}`);
}
