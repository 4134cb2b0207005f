/** Counts an interface's packets by their protocol in XDP, and shows them as a table that is drawn anew each second. */
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import * as tsbpf from 'tsbpf';
import { attachXdp, ETH_P_8021AD, ETH_P_8021Q, ETH_P_IP, ETH_P_IPV6, PerCpuHashMap, u64, XDP, xdp } from 'tsbpf';
import type { EthHdr, IpHdr, Ipv6Hdr, u16, VlanHdr, XdpMode } from 'tsbpf';

interface Protocol {
  /** What Ethernet carries: ETH_P_… */
  ethernet: u16;
  /** What IP carries: IPPROTO_…; 0 for what is not IP. */
  ip: u16;
}

interface Traffic {
  packets: u64;
  bytes: u64;
}

/** Each processor counts for itself. */
const traffic = new PerCpuHashMap<Protocol, Traffic>({ maxEntries: 4096 });

const count = xdp((ctx) => {
  const eth = ctx.packet.at<EthHdr>(0);
  if (!eth) return XDP.PASS;
  let protocol = eth.h_proto;
  let offset = 14;
  for (let tags = 0; tags < 2 && (protocol === ETH_P_8021Q || protocol === ETH_P_8021AD); tags++) {
    const vlan = ctx.packet.at<VlanHdr>(offset);
    if (!vlan) return XDP.PASS;
    protocol = vlan.h_vlan_encapsulated_proto;
    offset += 4;
  }
  let ip = 0;
  if (protocol === ETH_P_IP) ip = ctx.packet.at<IpHdr>(offset)?.protocol ?? 0;
  else if (protocol === ETH_P_IPV6) ip = ctx.packet.at<Ipv6Hdr>(offset)?.nexthdr ?? 0;
  const counts = traffic.getOrInsert({ ethernet: protocol, ip }, { packets: 0n, bytes: 0n });
  counts.packets += 1n;
  counts.bytes += u64(ctx.packet.byteLength);
  return XDP.PASS;
});

const usage = `usage: tsbpf run xdp-protocols.ts --interface NAME [--mode generic|native] [--duration SECONDS]
Shows how many packets of each protocol arrive, for so long or until Ctrl-C.`;

function readOptions() {
  try {
    const text = { type: 'string' } as const;
    const { values } = parseArgs({ options: { interface: text, mode: text, duration: text, help: { type: 'boolean' } } });
    const { interface: name = '', mode = 'auto', help } = values;
    const seconds = Number(values.duration ?? 1e6);
    if (!(seconds > 0)) throw new Error(`--duration is a number of seconds, not '${values.duration}'.`);
    if (!help && !name) throw new Error('Say which interface: --interface eth0.');
    return { name, mode: mode as XdpMode, seconds, help };
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    process.exit(2);
  }
}

const { name, mode, seconds, help } = readOptions();
if (help) {
  console.log(usage);
  process.exit();
}

/** The constants of tsbpf that begin so are the names of protocols. */
function namesOf(prefix: string): Map<unknown, string> {
  const constants = Object.entries(tsbpf).filter(([name]) => name.startsWith(prefix));
  return new Map(constants.map(([name, value]) => [value, name.slice(prefix.length)]));
}
const [ethernetNames, ipNames] = [namesOf('ETH_P_'), namesOf('IPPROTO_')];

function nameOf({ ethernet, ip }: Protocol): string {
  const carrier = ethernetNames.get(ethernet) ?? `0x${ethernet.toString(16).padStart(4, '0')}`;
  return ip === 0 ? carrier : `${carrier} ${ipNames.get(ip) ?? ip}`;
}

/** The table's rows by protocol, what all processors counted in one. */
function snapshot(): Map<string, Traffic> {
  return new Map(
    Array.from(traffic, ([protocol, processors]) => {
      const packets = processors.reduce((sum, counts) => sum + counts.packets, 0n);
      return [nameOf(protocol), { packets, bytes: processors.reduce((sum, counts) => sum + counts.bytes, 0n) }];
    }),
  );
}

using link = attachXdp(count, { interface: name, mode });
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
const { stdout } = process;
if (!stdout.isTTY) console.log(`Counting what arrives at ${name} …`);
let [before, start] = [snapshot(), performance.now()];
const end = start + seconds * 1000;
while (!stop.signal.aborted && performance.now() < end) {
  const wait = Math.min(1000, end - performance.now());
  await setTimeout(wait, undefined, { signal: stop.signal }).catch(() => undefined);
  const [after, now] = [snapshot(), performance.now()];
  const rate = (count: bigint, old = 0n) => ((Number(count - old) * 1000) / (now - start)).toFixed(0);
  const lines = [...after]
    .sort(([, a], [, b]) => Number(b.bytes - a.bytes))
    .map(([protocol, { packets, bytes }]) => {
      const old = before.get(protocol);
      const columns = [packets, bytes, rate(packets, old?.packets), rate(bytes, old?.bytes)];
      return `${protocol.padEnd(16)} ${columns.map((column) => `${column}`.padStart(12)).join(' ')}`;
    });
  // A terminal is drawn over, from its upper left corner.
  if (stdout.isTTY) stdout.write('\x1b[H\x1b[J');
  console.log(['PROTOCOL              PACKETS        BYTES    PACKETS/S      BYTES/S', ...lines].join('\n'));
  [before, start] = [after, now];
}
