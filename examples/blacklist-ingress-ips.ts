/** Drops all packets that come from some addresses, and counts them. */
import { isIPv4, isIPv6 } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { clearIngressFilter, ETH_P_IP, ETH_P_IPV6, HashMap, htons, IngressFilter } from 'tsbpf';
import type { be32, Bytes, IpHdr, Ipv6Hdr, SkBuff, u64 } from 'tsbpf';

/** How many packets of each address were dropped; who is not in here may pass. */
const blocked = new HashMap<be32, u64>({ maxEntries: 10_000 });
const blocked6 = new HashMap<Bytes<16>, u64>({ maxEntries: 10_000 });

/** In the kernel: whether a packet from there is to be dropped. */
function drops<Address>(blocked: HashMap<Address, u64>, source: Address): boolean {
  if (!blocked.has(source)) return false;
  blocked.increment(source, 1n);
  return true;
}

const filter = new IngressFilter((skb: SkBuff) => {
  if (skb.protocol === htons(ETH_P_IP)) {
    const ip = skb.packet.at<IpHdr>(14);
    return ip !== undefined && drops(blocked, ip.saddr);
  }
  if (skb.protocol === htons(ETH_P_IPV6)) {
    const ip = skb.packet.at<Ipv6Hdr>(14);
    return ip !== undefined && drops(blocked6, ip.saddr);
  }
  return false;
});

const usage = `usage: tsbpf run blacklist-ingress-ips.ts --interface NAME [--keep] [--duration SECONDS] ADDRESS…
       tsbpf run blacklist-ingress-ips.ts --interface NAME --clear
Drops what comes in from these IPv4 and IPv6 addresses, for so long or until Ctrl-C, and says how many packets that were.
With --keep it ends at once and the filter stays; --clear removes it.`;

function readOptions() {
  try {
    const text = { type: 'string' } as const;
    const flag = { type: 'boolean' } as const;
    const { values, positionals } = parseArgs({
      options: { interface: text, duration: text, keep: flag, clear: flag, help: flag },
      allowPositionals: true,
    });
    const { interface: name = '', help } = values;
    const seconds = Number(values.duration ?? 1e6);
    const wrong = positionals.find((address) => !isIPv4(address) && !isIPv6(address));
    if (wrong !== undefined) throw new Error(`'${wrong}' is no IPv4 or IPv6 address.`);
    if (!help && !name) throw new Error('Say which interface: --interface eth0.');
    if (!help && !values.clear && positionals.length === 0) throw new Error('Say which addresses.');
    if (!(seconds > 0)) throw new Error(`--duration is a number of seconds, not '${values.duration}'.`);
    return { ...values, name, seconds, addresses: positionals };
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    process.exit(2);
  }
}

const { name, seconds, addresses, keep, clear, help } = readOptions();
if (help) {
  console.log(usage);
  process.exit();
}
if (clear) {
  console.log(`${clearIngressFilter(name)} filters removed from ${name}`);
  process.exit();
}

const numberOf = (address: string) => address.split('.').reduce((number, byte) => number * 256 + Number(byte), 0);

/** `::1` as 16 bytes. */
function bytesOf(address: string): Uint8Array {
  const [left = [], right = []] = new URL(`http://[${address}]`).hostname
    .slice(1, -1)
    .split('::')
    .map((part) => (part ? part.split(':') : []));
  const zeros = Array<string>(8 - left.length - right.length).fill('0');
  return Buffer.from([...left, ...zeros, ...right].map((group) => group.padStart(4, '0')).join(''), 'hex');
}

for (const address of addresses) {
  if (isIPv4(address)) blocked.set(numberOf(address), 0n);
  else blocked6.set(bytesOf(address), 0n);
}
filter.install(name);
if (!keep) {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  console.log(`Dropping what comes in on ${name} from ${addresses.join(', ')}`);
  await setTimeout(seconds * 1000, undefined, { signal: stop.signal }).catch(() => undefined);
  filter.close();
  for (const address of addresses) {
    const count = isIPv4(address) ? blocked.get(numberOf(address)) : blocked6.get(bytesOf(address));
    console.log(`${`${count}`.padStart(8)} packets of ${address} dropped`);
  }
}
