/** Prints the DNS queries on an interface when they are answered: who asked for what, and how long the answer took. */
import { parseArgs } from 'node:util';
import { attach, bpf, ETH_P_IP, ETH_P_IPV6, htons, IPPROTO_UDP, LruHashMap, RingBuffer, tc, TC_ACT_OK } from 'tsbpf';
import type { be16, be32, Bytes, FixedArray, IpHdr, SkBuff, u16, u32, u64, UdpHdr } from 'tsbpf';

/** As IPv6 writes it: IPv4 addresses are in ::ffff:0:0/96. */
type Address = FixedArray<be32, 4>;

/** What a message of DNS begins with; its question is at 12. */
interface DnsHdr {
  id: be16;
  flags: be16;
  questions: be16;
}
const [PORT, RESPONSE] = [53, 0x8000];

interface Answer {
  client: Address;
  nanoseconds: u64;
  length: u32;
  message: Bytes<160>;
}

/** Queries that are not answered yet: since when. */
const queries = new LruHashMap<{ client: Address; port: u16; id: u16 }, u64>({ maxEntries: 4096 });
const answers = new RingBuffer<Answer>({ size: 1 << 18 });

function look(skb: SkBuff, offset: number, source: Address, destination: Address) {
  const udp = skb.packet.at<UdpHdr>(offset);
  const dns = skb.packet.at<DnsHdr>(offset + 8);
  if (!udp || dns?.questions !== 1) return;
  const isResponse = (dns.flags & RESPONSE) !== 0;
  if (udp.dest === PORT && !isResponse)
    queries.set({ client: source, port: udp.source, id: dns.id }, bpf.ktimeGetNs());
  if (udp.source !== PORT || !isResponse) return;
  const query = { client: destination, port: udp.dest, id: dns.id };
  const start = queries.get(query);
  if (start === undefined) return;
  const nanoseconds = bpf.ktimeGetNs() - start;
  queries.delete(query);
  const answer = answers.reserve();
  if (!answer) return;
  answer.client = destination;
  answer.nanoseconds = nanoseconds;
  answer.length = Math.min(skb.len - (offset + 8), 160);
  bpf.skbLoadBytes(skb, offset + 8, answer.message, answer.length);
  answers.submit(answer);
}

function log(skb: SkBuff): number {
  if (skb.protocol === htons(ETH_P_IP)) {
    const ip = skb.packet.at<IpHdr>(14);
    if (ip?.protocol === IPPROTO_UDP)
      look(skb, 14 + ip.ihl * 4, [0, 0, 0xffff, ip.saddr], [0, 0, 0xffff, ip.daddr]);
  } else if (skb.protocol === htons(ETH_P_IPV6)) {
    const ip = skb.packet.at<{ source: Address; destination: Address }>(14 + 8);
    if (ip && skb.packet.getUint8(14 + 6) === IPPROTO_UDP) look(skb, 14 + 40, ip.source, ip.destination);
  }
  return TC_ACT_OK;
}
const logArriving = tc('ingress', log);
const logLeaving = tc('egress', log);

const usage = `usage: tsbpf run dns-log.ts --interface NAME [--duration SECONDS]
Prints each DNS query over UDP that goes over an interface, when it is answered, for so long or until Ctrl-C.`;

function readOptions() {
  try {
    const text = { type: 'string' } as const;
    const { values } = parseArgs({ options: { interface: text, duration: text, help: { type: 'boolean' } } });
    const { interface: name = '', duration, help } = values;
    if (!(Number(duration ?? 1) > 0)) throw new Error(`--duration is a number of seconds, not '${duration}'.`);
    if (!help && !name) throw new Error('Say which interface: --interface eth0.');
    return { name, duration, help };
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    process.exit(2);
  }
}

const { name, duration, help } = readOptions();
if (help) {
  console.log(usage);
  process.exit();
}

const TYPES = { 1: 'A', 2: 'NS', 5: 'CNAME', 12: 'PTR', 15: 'MX', 28: 'AAAA' } as { [type: number]: string };
const CODES = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'];

/** `AAAA example.org`: the labels of a name stand each behind its length, the type follows. */
function questionText(message: Buffer, at = 12): string {
  const labels: string[] = [];
  for (let length; (length = message[at]); at += 1 + length)
    labels.push(message.toString('latin1', at + 1, at + 1 + length).replace(/[^!-~]/g, '?'));
  const type = at + 2 < message.length ? message.readUInt16BE(at + 1) : undefined;
  const name = labels.join('.') || '.';
  return type === undefined ? `?     ${name}…` : `${(TYPES[type] ?? `${type}`).padEnd(5)} ${name}`;
}

function addressText(address: Address): string {
  const [, , mapped, ipv4 = 0] = address;
  if (mapped === 0xffff) return [24, 16, 8, 0].map((shift) => (ipv4 >>> shift) & 255).join('.');
  const groups = address.flatMap((word) => [word >>> 16, word & 0xffff].map((group) => group.toString(16)));
  return new URL(`http://[${groups.join(':')}]`).hostname;
}

using arriving = attach(logArriving, { interface: name });
using leaving = attach(logLeaving, { interface: name });
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => answers.close());
if (duration) setTimeout(() => answers.close(), Number(duration) * 1000).unref();

console.log('MILLISECONDS  CLIENT                     CODE      ANSWERS  TYPE  NAME');
for await (const { client, nanoseconds, message, length } of answers) {
  const dns = Buffer.from(message.subarray(0, length));
  const code = CODES[dns.readUInt16BE(2) & 15] ?? 'other';
  const milliseconds = (Number(nanoseconds) / 1e6).toFixed(3).padStart(12);
  const columns = [milliseconds, addressText(client).padEnd(25), code.padEnd(8), `${dns.readUInt16BE(6)}`.padStart(7)];
  console.log(`${columns.join('  ')}  ${questionText(dns)}`);
}
