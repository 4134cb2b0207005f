/** Lets each source send so many packets a second and no more, in XDP: a token bucket for each address. */
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { attachXdp, bpf, ETH_P_IP, ETH_P_IPV6, LruHashMap, XDP, xdp } from 'tsbpf';
import type { be32, FixedArray, IpHdr, u64 } from 'tsbpf';

const usage = `usage: tsbpf run xdp-rate-limit.ts --interface NAME [--rate PACKETS] [--burst PACKETS] [--duration SECONDS]
Drops what a source sends beyond a rate (1000 packets a second), but for bursts (of a tenth of that), for so long or until
Ctrl-C, and says what of each was dropped.`;

function readOptions() {
  try {
    const text = { type: 'string' } as const;
    const { values } = parseArgs({
      options: { interface: text, rate: text, burst: text, duration: text, help: { type: 'boolean' } },
    });
    const { interface: name = '', help } = values;
    const rate = Number(values.rate ?? 1000);
    const burst = Number(values.burst ?? Math.max(1, rate / 10));
    const seconds = Number(values.duration ?? 1e6);
    if (!(rate > 0 && rate <= 1e9 && burst >= 1)) throw new Error('--rate and --burst are numbers of packets, more than 0.');
    if (!(seconds > 0)) throw new Error(`--duration is a number of seconds, not '${values.duration}'.`);
    if (!help && !name) throw new Error('Say which interface: --interface eth0.');
    return { name, rate, burst, seconds, help };
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    process.exit(2);
  }
}

const { name, rate, burst, seconds, help } = readOptions();
if (help) {
  console.log(usage);
  process.exit();
}

/** In how many nanoseconds a packet earns its token, and a whole bucket fills: known when the program is loaded. */
const token: u64 = BigInt(Math.round(1e9 / rate));
const bucket: u64 = BigInt(Math.round((1e9 / rate) * burst));

/** As IPv6 writes it; IPv4 addresses in ::ffff:0:0/96. */
type Address = FixedArray<be32, 4>;

interface Source {
  /** When the bucket will be full again, if nothing comes. */
  full: u64;
  passed: u64;
  dropped: u64;
}

/** The sources that sent last. */
const sources = new LruHashMap<Address, Source>({ maxEntries: 65_536 });

function judge(address: Address): number {
  const source = sources.getOrInsert(address, { full: 0n, passed: 0n, dropped: 0n });
  const now = bpf.ktimeGetNs();
  const full = (source.full > now ? source.full : now) + token;
  if (full > now + bucket) {
    source.dropped += 1n;
    return XDP.DROP;
  }
  source.full = full;
  source.passed += 1n;
  return XDP.PASS;
}

const limit = xdp((ctx) => {
  const protocol = ctx.packet.getUint16(12);
  if (protocol === ETH_P_IP) {
    const ip = ctx.packet.at<IpHdr>(14);
    return ip ? judge([0, 0, 0xffff, ip.saddr]) : XDP.PASS;
  }
  const source = protocol === ETH_P_IPV6 ? ctx.packet.at<Address>(14 + 8) : undefined;
  return source ? judge(source) : XDP.PASS;
});

function addressText(address: Address): string {
  const [, , mapped, ipv4 = 0] = address;
  if (mapped === 0xffff) return [24, 16, 8, 0].map((shift) => (ipv4 >>> shift) & 255).join('.');
  const groups = address.flatMap((word) => [word >>> 16, word & 0xffff].map((group) => group.toString(16)));
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}

using link = attachXdp(limit, { interface: name });
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
console.log(`${rate} packets a second may come in on ${name} from each source, ${burst} of them at once …`);
await setTimeout(seconds * 1000, undefined, { signal: stop.signal }).catch(() => undefined);
console.log('  PASSED  DROPPED  SOURCE');
for (const [address, { passed, dropped }] of [...sources].sort(([, a], [, b]) => Number(b.dropped - a.dropped)))
  console.log(`${`${passed}`.padStart(8)} ${`${dropped}`.padStart(8)}  ${addressText(address)}`);
