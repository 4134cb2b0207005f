/** Drops what comes from a list of networks, in XDP, unless it has a VLAN tag. The list can be edited meanwhile: it is pinned. */
import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { attachXdp, ETH_P_IP, ETH_P_IPV6, LpmTrie, XDP, xdp } from 'tsbpf';
import type { be32, FixedArray, IpHdr, u32, u64 } from 'tsbpf';

/** An IPv4 address is kept as IPv6 writes it: ::ffff:192.0.2.1. */
type Address = FixedArray<be32, 4>;

interface Network {
  prefixlen: u32;
  address: Address;
}

const PIN = '/sys/fs/bpf/tsbpf-firewall';
/** How much of each network was dropped. */
const networks = new LpmTrie<Network, { packets: u64 }>({ maxEntries: 10_000, pin: PIN });

/** The verdict on a packet: the longest prefix of its source that is in the list decides. */
function judge(address: Address): number {
  const found = networks.get({ prefixlen: 128, address });
  if (!found) return XDP.PASS;
  found.packets += 1n;
  return XDP.DROP;
}

const firewall = xdp((ctx) => {
  const protocol = ctx.packet.getUint16(12);
  if (protocol === ETH_P_IP) {
    const ip = ctx.packet.at<IpHdr>(14);
    return ip ? judge([0, 0, 0xffff, ip.saddr]) : XDP.PASS;
  }
  const source = protocol === ETH_P_IPV6 ? ctx.packet.at<Address>(14 + 8) : undefined;
  return source ? judge(source) : XDP.PASS;
});

const usage = `usage: tsbpf run xdp-firewall.ts run --interface NAME [--duration SECONDS] [NETWORK…]
       tsbpf run xdp-firewall.ts add|remove NETWORK…
       tsbpf run xdp-firewall.ts list
Drops what comes in from networks such as 192.0.2.0/24, 2001:db8::/32 or 192.0.2.1, for so long or until Ctrl-C. While it
runs, the other commands change the list of networks, and show it with the number of packets that were dropped.`;

function readOptions() {
  try {
    const text = { type: 'string' } as const;
    const { values, positionals } = parseArgs({
      options: { interface: text, duration: text, help: { type: 'boolean' } },
      allowPositionals: true,
    });
    const [command = '', ...rest] = positionals;
    const { interface: name = '', help } = values;
    const seconds = Number(values.duration ?? 1e6);
    if (!help && !['run', 'add', 'remove', 'list'].includes(command)) throw new Error('Say what to do.');
    if (!help && command === 'run' && !name) throw new Error('Say which interface: --interface eth0.');
    if (!(seconds > 0)) throw new Error(`--duration is a number of seconds, not '${values.duration}'.`);
    return { command, name, seconds, list: rest.map(parseNetwork), help };
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    process.exit(2);
  }
}

/** `192.0.2.0/24`, `2001:db8::/32`, or an address alone. */
function parseNetwork(text: string): Network {
  const [address = '', length, ...more] = text.split('/');
  const bits = isIP(address) === 4 ? 32 : 128;
  const count = Number(length ?? bits);
  if (isIP(address) === 0 || more.length > 0 || !/^\d+$/.test(length ?? '0') || count > bits)
    throw new Error(`'${text}' is no network; 192.0.2.0/24 and 2001:db8::/32 are.`);
  const prefixlen = 128 - bits + count;
  // URLs write all addresses alike, and the 16-bit groups that `::` leaves out are zeros.
  const { hostname } = new URL(`http://[${bits === 32 ? '::ffff:' : ''}${address}]`);
  const [left = [], right = []] = hostname.slice(1, -1).split('::').map((part) => part.split(':').filter(Boolean));
  const groups = [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
  const whole = groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
  const masked = (whole >> BigInt(128 - prefixlen)) << BigInt(128 - prefixlen);
  return { prefixlen, address: [96n, 64n, 32n, 0n].map((shift) => Number((masked >> shift) & 0xffffffffn)) };
}

function networkText({ prefixlen, address }: Network): string {
  const hex = address.map((word) => word.toString(16).padStart(8, '0')).join('');
  if (!hex.startsWith('00000000000000000000ffff') || prefixlen < 96) {
    return `${new URL(`http://[${hex.match(/.{4}/g)?.join(':')}]`).hostname.slice(1, -1)}/${prefixlen}`;
  }
  return `${[24, 16, 8, 0].map((shift) => ((address[3] ?? 0) >>> shift) & 255).join('.')}/${prefixlen - 96}`;
}

const { command, name, seconds, list, help } = readOptions();
if (help) {
  console.log(usage);
  process.exit();
}
if (command !== 'run' && !existsSync(PIN)) {
  console.error('No firewall runs.');
  process.exit(1);
}
if (command === 'remove') {
  const missing = list.filter((network) => !networks.delete(network));
  for (const network of missing) console.error(`${networkText(network)} is not in the list.`);
}
if (command === 'add') for (const network of list) networks.set(network, { packets: 0n });
if (command === 'run') {
  try {
    using link = attachXdp(firewall, { interface: name });
    for (const network of list) networks.set(network, { packets: 0n });
    const stop = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop.abort());
    console.log(`Guarding ${name} …`);
    await setTimeout(seconds * 1000, undefined, { signal: stop.signal }).catch(() => undefined);
  } finally {
    if (existsSync(PIN)) networks.unpin();
  }
}
if (command === 'run' || command === 'list') {
  console.log(' PACKETS  DROPPED FROM');
  for (const [network, { packets }] of networks) console.log(`${`${packets}`.padStart(8)}  ${networkText(network)}`);
}
