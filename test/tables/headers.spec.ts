/** Packet headers and constants against the installed kernel headers. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as constants from '../../runtime/constants.js';
import { describeInC, evaluateInC } from './c-compiler.js';

const source = readFileSync(new URL('../../runtime/headers.ts', import.meta.url), 'utf8');

interface Place {
  readonly name: string;
  readonly offset: number;
}

const SIZES: Readonly<Record<string, number>> = { u8: 1, u16: 2, be16: 2, be32: 4 };

/** Where C puts the fields of an interface, bit fields left out: computed here, apart from the compiler. */
function layout(name: string): { places: Place[]; size: number } {
  const body = new RegExp(`interface ${name} [^{]*{\\n([^]*?)\\n}`).exec(source)?.[1] ?? '';
  const places: Place[] = [];
  let bits = 0;
  let alignment = 1;
  for (const [, field = '', type = ''] of body.matchAll(/^ {2}(\w+): (.*);$/gm)) {
    const [, width, unit] = /^Bits<(\d+), (u\d+)>$/.exec(type) ?? [];
    const bytes = Number(/^Bytes<(\d+)>$/.exec(type)?.[1] ?? 0);
    const echo = type.startsWith('{ echo') ? 4 : 0;
    const align = SIZES[unit ?? type] ?? (echo ? 2 : 1);
    alignment = Math.max(alignment, align);
    if (width) bits += Number(width);
    else {
      const offset = Math.ceil(bits / 8 / align) * align;
      places.push({ name: field, offset });
      bits = (offset + (SIZES[type] ?? (bytes || echo))) * 8;
    }
  }
  return { places, size: Math.ceil(bits / 8 / alignment) * alignment };
}

const headers = ['linux/if_ether.h', 'linux/ip.h', 'linux/ipv6.h', 'linux/tcp.h', 'linux/udp.h', 'linux/icmp.h'];

describeInC('packet headers', () => {
  it.each([
    ['EthHdr', 'ethhdr', 14],
    ['IpHdr', 'iphdr', 20],
    ['Ipv6Hdr', 'ipv6hdr', 40],
    ['TcpHdr', 'tcphdr', 20],
    ['UdpHdr', 'udphdr', 8],
    ['IcmpHdr', 'icmphdr', 8],
    ['ArpHdr', 'arphdr', 8],
  ])('%s has the layout of struct %s', (name, struct, size) => {
    const { places, size: own } = layout(name);
    expect(own).toBe(size);
    const expressions = [
      `sizeof(struct ${struct})`,
      ...places.map((place) => `offsetof(struct ${struct}, ${place.name})`),
    ];
    const values = evaluateInC([...headers, 'linux/if_arp.h'], expressions);
    expect([own, ...places.map(({ offset }) => offset)]).toEqual(values);
  });

  it.each([
    ['IpHdr', 'iphdr', 0, { version: 4, ihl: 5 }, 0x45],
    ['TcpHdr', 'tcphdr', 13, { syn: 1, ack: 1 }, 0x12],
  ])('%s declares its bit fields in the order of C', (name, struct, offset, values, expected) => {
    const fields = Object.entries(values).map(([field, value]) => `.${field} = ${value}`);
    const expression = `((unsigned char *)&(struct ${struct}){ ${fields.join(', ')} })[${offset}]`;
    expect(evaluateInC(headers, [expression])).toEqual([expected]);
    expect(ownByte(name, offset, values)).toBe(expected);
  });
});

/** The byte that bit fields make when each begins where the one before it ends, from the lowest bit up. */
function ownByte(name: string, at: number, values: Readonly<Record<string, number | undefined>>): number {
  const body = new RegExp(`interface ${name} [^{]*{\\n([^]*?)\\n}`).exec(source)?.[1] ?? '';
  let position = 0;
  let byte = 0;
  for (const [, field = '', type = ''] of body.matchAll(/^ {2}(\w+): (.*);$/gm)) {
    const width = Number(/^Bits<(\d+)/.exec(type)?.[1] ?? (SIZES[type] ?? 0) * 8);
    if (position >> 3 === at) byte |= (values[field] ?? 0) << (position & 7);
    position += width;
  }
  return byte;
}

describe('headers that C has no structure for in user space', () => {
  it('are as long as on the wire', () => {
    expect(layout('VlanHdr').size).toBe(4);
    const arp = layout('ArpIpv4Hdr');
    expect(layout('ArpHdr').size + arp.size).toBe(28);
    expect(arp.places.map(({ offset }) => offset)).toEqual([0, 6, 10, 16]);
  });
});

/** Names that Debian 12's headers lack: linux/bpf.h has the first since 6.4, glibc's in.h not the second. */
const NEWER: ReadonlySet<string> = new Set(['BPF_F_TIMER_ABS', 'IPPROTO_L2TP']);

describeInC('constants', () => {
  const places = [
    ...headers,
    'linux/bpf.h',
    'linux/pkt_cls.h',
    'linux/if_packet.h',
    'netinet/in.h',
    'sys/socket.h',
    'time.h',
  ];

  it('have the values of the headers', () => {
    const all: Record<string, unknown> = constants;
    const named = Object.keys(all).filter((name) => typeof all[name] === 'number' && !NEWER.has(name));
    expect(named.length).toBeGreaterThan(150);
    const values = evaluateInC(places, named);
    expect(named.map((name) => [name, all[name]])).toEqual(named.map((name, index) => [name, values[index]]));
  });

  it('have the verdicts of XDP', () => {
    const names = Object.keys(constants.XDP);
    expect(Object.values(constants.XDP)).toEqual(
      evaluateInC(
        places,
        names.map((name) => `XDP_${name}`),
      ),
    );
  });
});
