/** Answers pings for an IPv4 address that nobody has, in XDP: echo requests go back where they came from, and so does ARP. */
import { isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { attachXdp, ETH_P_ARP, ETH_P_IP, IPPROTO_ICMP, shared, updateChecksum, XDP, xdp } from 'tsbpf';
import type { ArpIpv4Hdr, Bytes, EthHdr, IcmpHdr, IpHdr, u32, u64, XdpContext, XdpMode } from 'tsbpf';

const usage = `usage: tsbpf run xdp-ping.ts --interface NAME [--mode generic|native] [--duration SECONDS] ADDRESS
Answers ARP requests and pings for an address of the interface's network that no machine has, for so long or until Ctrl-C.`;

function readOptions() {
  try {
    const text = { type: 'string' } as const;
    const { values, positionals } = parseArgs({
      options: { interface: text, mode: text, duration: text, help: { type: 'boolean' } },
      allowPositionals: true,
    });
    const { interface: name = '', mode = 'auto', help } = values;
    const [address = '', ...more] = positionals;
    const seconds = Number(values.duration ?? 1e6);
    if (!(seconds > 0)) throw new Error(`--duration is a number of seconds, not '${values.duration}'.`);
    if (!help && !name) throw new Error('Say which interface: --interface eth0.');
    if (!help && (!isIPv4(address) || more.length > 0)) throw new Error('Say one IPv4 address.');
    return { name, address, mode: mode as XdpMode, seconds, help };
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    process.exit(2);
  }
}

const { name, address, mode, seconds, help } = readOptions();
if (help) {
  console.log(usage);
  process.exit();
}

/** Both known when the program is loaded. */
const own: u32 = address.split('.').reduce((number, byte) => number * 256 + Number(byte), 0);
const mac: Bytes<6> = Buffer.from(networkInterfaces()[name]?.[0]?.mac.replaceAll(':', '') ?? '', 'hex');

/** Where the addresses of the sender and the target are, in bytes: not where words lie. */
const [ARP_SIP, ARP_TIP] = [14, 24];
const [ARPOP_REQUEST, ARPOP_REPLY] = [1, 2];
const [ICMP_ECHO_REPLY, ICMP_ECHO] = [0, 8];
/** More fragments follow, or some came before. */
const IP_FRAGMENT = 0x3fff;

if (mac.length !== 6) {
  console.error(`There is no interface '${name}' that is up and has an address.`);
  process.exit(1);
}

const answered = shared<{ arp: u64; pings: u64 }>({ arp: 0n, pings: 0n });

@xdp
function answer(ctx: XdpContext): number {
  const eth = ctx.packet.at<EthHdr>(0);
  if (eth?.h_proto === ETH_P_ARP) {
    const arp = ctx.packet.at<ArpIpv4Hdr>(14);
    if (!arp || arp.ar_op !== ARPOP_REQUEST || ctx.packet.getUint32(14 + ARP_TIP) !== own) return XDP.PASS;
    arp.ar_op = ARPOP_REPLY;
    arp.ar_tha = arp.ar_sha;
    arp.ar_tip = arp.ar_sip;
    arp.ar_sha = mac;
    ctx.packet.setUint32(14 + ARP_SIP, own);
    eth.h_dest = eth.h_source;
    eth.h_source = mac;
    answered.arp += 1n;
    return XDP.TX;
  }
  if (eth?.h_proto !== ETH_P_IP) return XDP.PASS;
  const ip = ctx.packet.at<IpHdr>(14);
  if (ip?.daddr !== own || ip.protocol !== IPPROTO_ICMP || (ip.frag_off & IP_FRAGMENT) !== 0) return XDP.PASS;
  const icmp = ctx.packet.at<IcmpHdr>(14 + ip.ihl * 4);
  if (icmp?.type !== ICMP_ECHO) return XDP.PASS;
  icmp.type = ICMP_ECHO_REPLY;
  // The type is the upper half of a word.
  updateChecksum(icmp, ICMP_ECHO << 8, ICMP_ECHO_REPLY << 8);
  // Swapped addresses give the same sum.
  [ip.saddr, ip.daddr] = [own, ip.saddr];
  eth.h_dest = eth.h_source;
  eth.h_source = mac;
  answered.pings += 1n;
  return XDP.TX;
}

using link = attachXdp(answer, { interface: name, mode });
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
console.log(`Answering for ${address} on ${name} …`);
await setTimeout(seconds * 1000, undefined, { signal: stop.signal }).catch(() => undefined);
console.log(`${answered.pings} pings and ${answered.arp} ARP requests answered`);
