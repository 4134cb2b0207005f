/** What a line about a packet says: addresses, ports and flags, as far as the bytes that were kept go. */
import { LinkType } from '../../runtime/packet/link-types.js';

export interface Decoded {
  /** `IP`, `IP6`, `ARP`, or the EtherType in hexadecimal. */
  readonly network: string;
  readonly vlan?: number;
  readonly source?: string;
  readonly destination?: string;
  /** `TCP`, `UDP`, `ICMP`, or the number of the protocol. */
  readonly protocol?: string;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  /** tcpdump's letters. */
  readonly flags?: string;
  /** `echo request`, `who-has 10.0.0.1`. */
  readonly detail?: string;
  /** Bytes of the payload, by the headers. */
  readonly payload?: number;
}

const IPV4 = 0x0800;
const ARP = 0x0806;
const IPV6 = 0x86dd;
const TAGS: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100]);

/** @param data from the header of the link type on, tags included. */
export function decodePacket(linkType: number, data: Uint8Array): Decoded {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  switch (linkType) {
    case LinkType.ethernet:
      return data.length < 14 ? cut : decodeNetwork(view, view.getUint16(12), 14);
    case LinkType.linuxCooked2:
      return data.length < 20 ? cut : decodeNetwork(view, view.getUint16(0), 20);
    default:
      return data.length < 1 ? cut : decodeNetwork(view, view.getUint8(0) >> 4 === 6 ? IPV6 : IPV4, 0);
  }
}

const cut: Decoded = { network: '[cut]' };

function decodeNetwork(view: DataView, type: number, at: number, vlan?: number): Decoded {
  if (TAGS.has(type) && at + 4 <= view.byteLength) {
    return decodeNetwork(view, view.getUint16(at + 2), at + 4, vlan ?? view.getUint16(at) & 0xfff);
  }
  return { ...decodeUntagged(view, type, at), ...(vlan !== undefined && { vlan }) };
}

function decodeUntagged(view: DataView, type: number, at: number): Decoded {
  switch (type) {
    case IPV4:
      return decodeIpv4(view, at);
    case IPV6:
      return decodeIpv6(view, at);
    case ARP:
      return decodeArp(view, at);
    default:
      // Below 0x600 it is the length of an IEEE 802.3 frame.
      return { network: type < 0x600 ? '802.3' : `0x${type.toString(16).padStart(4, '0')}` };
  }
}

function decodeIpv4(view: DataView, at: number): Decoded {
  if (at + 20 > view.byteLength) return { network: 'IP', detail: '[cut]' };
  const header = (view.getUint8(at) & 15) * 4;
  const addresses = { source: ipv4(view, at + 12), destination: ipv4(view, at + 16) };
  const length = Math.max(0, view.getUint16(at + 2) - header);
  const later = (view.getUint16(at + 6) & 0x1fff) !== 0;
  const transport = later
    ? { protocol: protocolName(view.getUint8(at + 9)), detail: 'fragment', payload: length }
    : decodeTransport(view, view.getUint8(at + 9), at + header, length);
  return { network: 'IP', ...addresses, ...transport };
}

/** Extension headers that have their length in the second byte, in units of 8. */
const EXTENSIONS: ReadonlySet<number> = new Set([0, 43, 60]);
const FRAGMENT = 44;

function decodeIpv6(view: DataView, at: number): Decoded {
  if (at + 40 > view.byteLength) return { network: 'IP6', detail: '[cut]' };
  const addresses = { source: ipv6(view, at + 8), destination: ipv6(view, at + 24) };
  let next = view.getUint8(at + 6);
  let from = at + 40;
  const end = from + view.getUint16(at + 4);
  while ((EXTENSIONS.has(next) || next === FRAGMENT) && from + 8 <= view.byteLength) {
    if (next === FRAGMENT && (view.getUint16(from + 2) & 0xfff8) !== 0) {
      const protocol = protocolName(view.getUint8(from));
      return { network: 'IP6', ...addresses, protocol, detail: 'fragment', payload: Math.max(0, end - from - 8) };
    }
    const size = next === FRAGMENT ? 8 : (view.getUint8(from + 1) + 1) * 8;
    next = view.getUint8(from);
    from += size;
  }
  return { network: 'IP6', ...addresses, ...decodeTransport(view, next, from, Math.max(0, end - from)) };
}

const TCP = 6;
const UDP = 17;
const ICMP = 1;
const ICMPV6 = 58;
const NAMES: Readonly<Record<number, string>> = {
  [ICMP]: 'ICMP',
  2: 'IGMP',
  [TCP]: 'TCP',
  [UDP]: 'UDP',
  47: 'GRE',
  50: 'ESP',
  51: 'AH',
  [ICMPV6]: 'ICMP6',
  89: 'OSPF',
  132: 'SCTP',
};

const protocolName = (protocol: number): string => NAMES[protocol] ?? `protocol ${protocol}`;

const ICMP_TYPES: Readonly<Record<number, string>> = {
  0: 'echo reply',
  3: 'unreachable',
  5: 'redirect',
  8: 'echo request',
  11: 'time exceeded',
};

const ICMPV6_TYPES: Readonly<Record<number, string>> = {
  1: 'unreachable',
  2: 'packet too big',
  3: 'time exceeded',
  128: 'echo request',
  129: 'echo reply',
  133: 'router solicitation',
  134: 'router advertisement',
  135: 'neighbor solicitation',
  136: 'neighbor advertisement',
};

/** @param length of what follows the network header, by that header. */
function decodeTransport(view: DataView, number: number, at: number, length: number): Partial<Decoded> {
  const protocol = protocolName(number);
  const room = view.byteLength - at;
  if (number === TCP && room >= 14) {
    const header = (view.getUint8(at + 12) >> 4) * 4;
    return {
      protocol,
      ...ports(view, at),
      flags: tcpFlags(view.getUint8(at + 13)),
      payload: Math.max(0, length - header),
    };
  }
  if (number === UDP && room >= 4) return { protocol, ...ports(view, at), payload: Math.max(0, length - 8) };
  if ((number === ICMP || number === ICMPV6) && room >= 1) {
    const type = view.getUint8(at);
    const detail = (number === ICMP ? ICMP_TYPES : ICMPV6_TYPES)[type] ?? `type ${type}`;
    return { protocol, detail, payload: length };
  }
  return { protocol, payload: length };
}

const ports = (view: DataView, at: number) => ({
  sourcePort: view.getUint16(at),
  destinationPort: view.getUint16(at + 2),
});

/** From the lowest bit on: FIN, SYN, RST, PSH, ACK, URG, ECE, CWR. */
const FLAG_LETTERS = 'FSRP.UEW';

const tcpFlags = (bits: number): string =>
  [...FLAG_LETTERS].filter((_, bit) => (bits & (1 << bit)) !== 0).join('') || 'none';

function decodeArp(view: DataView, at: number): Decoded {
  if (at + 28 > view.byteLength || view.getUint16(at + 2) !== IPV4) return { network: 'ARP' };
  const [sender, target] = [ipv4(view, at + 14), ipv4(view, at + 24)];
  const detail = view.getUint16(at + 6) === 1 ? `who-has ${target} tell ${sender}` : `reply from ${sender}`;
  return { network: 'ARP', source: sender, destination: target, detail };
}

const ipv4 = (view: DataView, at: number): string =>
  `${view.getUint8(at)}.${view.getUint8(at + 1)}.${view.getUint8(at + 2)}.${view.getUint8(at + 3)}`;

/** Shortened as URLs have it. */
function ipv6(view: DataView, at: number): string {
  const groups = Array.from({ length: 8 }, (_, index) => view.getUint16(at + index * 2).toString(16));
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}
