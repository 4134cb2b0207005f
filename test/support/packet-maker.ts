/**
 * Packets for filters to look at: of every kind that tcpdump's language knows, mostly with addresses and ports of a small
 * set, so that expressions about these match often; and cut, or with bytes that lie. The same seed gives the same packets.
 */

/** Numbers from 0 to 2^32 - 1 (xorshift, Marsaglia 2003). */
export class Numbers {
  private state: number;

  constructor(seed: number) {
    this.state = (Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995) >>> 0 || 1;
  }

  next(): number {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (this.state = x >>> 0);
  }

  /** From 0 to `limit - 1`. */
  below(limit: number): number {
    return this.next() % limit;
  }

  chance(of: number): boolean {
    return this.below(of) === 0;
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }

  bytes(length: number): number[] {
    return Array.from({ length }, () => this.next() & 0xff);
  }
}

const macs = [
  [0x02, 0, 0, 0, 0, 1],
  [0x02, 0, 0, 0, 0, 2],
  [0x00, 0x11, 0x22, 0x33, 0x44, 0x55],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  [0x01, 0x00, 0x5e, 0, 0, 1],
  [0x33, 0x33, 0, 0, 0, 1],
];
const addresses = [
  [10, 0, 0, 1],
  [10, 0, 0, 2],
  [10, 1, 2, 3],
  [192, 168, 1, 1],
  [192, 168, 1, 77],
  [127, 0, 0, 1],
  [224, 0, 0, 1],
  [8, 8, 8, 8],
];
const addresses6 = [
  [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
  [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2],
  [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
  [0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
];
const ports = [80, 443, 53, 22, 8080, 1024, 0, 65535, 4789, 6081];

const u16 = (value: number): number[] => [(value >> 8) & 0xff, value & 0xff];
const u32 = (value: number): number[] => [value >>> 24, (value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff];

function port(numbers: Numbers): number[] {
  return u16(numbers.chance(4) ? numbers.below(65536) : numbers.pick(ports));
}

function payload(numbers: Numbers): number[] {
  if (numbers.chance(4)) return [...Buffer.from('GET / HTTP/1.1\r\nHost: example.org\r\n\r\n')];
  return numbers.bytes(numbers.below(numbers.chance(6) ? 600 : 40));
}

function tcp(numbers: Numbers): number[] {
  const words = numbers.chance(3) ? 5 + numbers.below(11) : 5;
  const flags = numbers.pick([0x02, 0x12, 0x10, 0x18, 0x11, 0x04, 0x14, 0x29, 0x00, 0xff]);
  const fixed = [...port(numbers), ...port(numbers), ...u32(numbers.next()), ...u32(numbers.next())];
  const rest = [words << 4, flags, ...u16(numbers.below(65536)), ...u16(numbers.below(65536)), 0, 0];
  return [...fixed, ...rest, ...numbers.bytes((words - 5) * 4), ...payload(numbers)];
}

function udp(numbers: Numbers): number[] {
  const data = payload(numbers);
  return [...port(numbers), ...port(numbers), ...u16(8 + data.length), ...u16(numbers.below(65536)), ...data];
}

function transport(numbers: Numbers, version: 4 | 6): readonly [protocol: number, bytes: number[]] {
  switch (numbers.below(9)) {
    case 0:
    case 1:
    case 2:
      return [6, tcp(numbers)];
    case 3:
    case 4:
      return [17, udp(numbers)];
    case 5:
      return [132, [...port(numbers), ...port(numbers), ...numbers.bytes(8), ...payload(numbers)]];
    case 6: {
      const type = version === 4 ? numbers.pick([0, 3, 5, 8, 11]) : numbers.pick([1, 128, 129, 133, 134, 135, 136]);
      return [version === 4 ? 1 : 58, [type, numbers.below(4), ...numbers.bytes(6), ...payload(numbers)]];
    }
    case 7:
      return [numbers.pick([2, 50, 51, 89, 103, 112, 47]), numbers.bytes(24)];
    default:
      return [numbers.below(256), payload(numbers)];
  }
}

/** An IPv4 packet; some are fragments, some have options. */
function ipv4(numbers: Numbers): number[] {
  const [protocol, body] = transport(numbers, 4);
  const words = numbers.chance(4) ? 5 + numbers.below(11) : 5;
  const fragment = numbers.chance(6) ? numbers.pick([0x2000, 0x2005, 0x00b9, 0x4000, 0x1fff]) : 0;
  const length = words * 4 + body.length;
  const fixed = [(4 << 4) | words, numbers.below(256), ...u16(length), ...u16(numbers.below(65536)), ...u16(fragment)];
  const rest = [numbers.pick([1, 64, 128, 255]), protocol, ...u16(numbers.below(65536))];
  const ends = [...numbers.pick(addresses), ...numbers.pick(addresses)];
  return [...fixed, ...rest, ...ends, ...numbers.bytes((words - 5) * 4), ...body];
}

/** An IPv6 packet; some have extension headers. */
function ipv6(numbers: Numbers): number[] {
  let [next, body] = transport(numbers, 6);
  for (let count = numbers.chance(3) ? 1 + numbers.below(3) : 0; count > 0; count--) {
    const kind = numbers.pick([0, 43, 44, 60, 51]);
    const units = kind === 44 ? 0 : numbers.below(3);
    body = [next, units, ...numbers.bytes(6 + units * (kind === 51 ? 4 : 8)), ...body];
    next = kind;
  }
  const head = [0x60 | numbers.below(16), ...numbers.bytes(3), ...u16(body.length), next, numbers.pick([1, 64, 255])];
  return [...head, ...numbers.pick(addresses6), ...numbers.pick(addresses6), ...body];
}

function arp(numbers: Numbers): number[] {
  const head = [0, 1, 8, 0, 6, 4, 0, numbers.pick([1, 2])];
  const sender = [...numbers.pick(macs), ...numbers.pick(addresses)];
  return [...head, ...sender, ...numbers.pick(macs), ...numbers.pick(addresses)];
}

/** What follows the hardware addresses: a type, and what it says that there is. */
function typed(numbers: Numbers): number[] {
  switch (numbers.below(12)) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
      return [0x08, 0x00, ...ipv4(numbers)];
    case 5:
    case 6:
    case 7:
      return [0x86, 0xdd, ...ipv6(numbers)];
    case 8:
      return [
        ...numbers.pick([
          [0x08, 0x06],
          [0x80, 0x35],
        ]),
        ...arp(numbers),
      ];
    case 9: {
      const last = u32(((16 + numbers.below(4)) << 12) | (1 << 8) | 64);
      const more = numbers.chance(2) ? u32((1000 << 12) | 64) : [];
      return [0x88, 0x47, ...more, ...last, ...ipv4(numbers)];
    }
    case 10: {
      const inner = numbers.chance(2) ? [0x00, 0x21, ...ipv4(numbers)] : [0x00, 0x57, ...ipv6(numbers)];
      return [0x88, numbers.pick([0x63, 0x64]), 0x11, 0, 0, numbers.pick([1, 2]), ...u16(inner.length), ...inner];
    }
    default: {
      // IEEE 802.3: a length in place of a type, then LLC.
      const body = numbers.pick([
        [0x42, 0x42, 3],
        [0xaa, 0xaa, 3, 0, 0, 0, 8, 0],
        [0xe0, 0xe0, 3],
        [0xfe, 0xfe, 3],
      ]);
      return numbers.chance(2) ? [...u16(46), ...body, ...numbers.bytes(40)] : numbers.bytes(2 + numbers.below(60));
    }
  }
}

function tagged(numbers: Numbers): number[] {
  let frame = typed(numbers);
  for (let count = numbers.chance(4) ? 1 + numbers.below(3) : 0; count > 0; count--) {
    const kind = numbers.pick([
      [0x81, 0x00],
      [0x88, 0xa8],
      [0x91, 0x00],
    ]);
    frame = [...kind, ...u16((numbers.below(8) << 13) | numbers.pick([0, 1, 5, 100, 4095])), ...frame];
  }
  return frame;
}

/** An Ethernet frame as it might come from a network. */
export function makeFrame(numbers: Numbers): Uint8Array {
  return Uint8Array.from([...numbers.pick(macs), ...numbers.pick(macs), ...tagged(numbers)]);
}

/** A packet of raw IP. */
export function makeIp(numbers: Numbers): Uint8Array {
  return Uint8Array.from(numbers.chance(3) ? ipv6(numbers) : ipv4(numbers));
}

const AF_INET = 2;
const AF_INET6 = 10;

/** Packets as link types other than Ethernet have them, by libpcap's names. */
export const linkTypeMakers: Readonly<Record<string, (numbers: Numbers) => Uint8Array>> = {
  raw: makeIp,
  // struct sll_header: packet type, hardware type, length of the address, address, protocol.
  linux_sll: (numbers) => {
    const head = [0, numbers.below(5), ...u16(numbers.pick([1, 772, 512])), 0, 6, ...numbers.bytes(8)];
    return Uint8Array.from([...head, ...typed(numbers)]);
  },
  // struct sll2_header: protocol, reserved, interface, hardware type, packet type, length of the address, address.
  linux_sll2: (numbers) => {
    const [high = 0, low = 0, ...body] = typed(numbers);
    const head = [high, low, 0, 0, ...u32(1 + numbers.below(3)), 0, 1, numbers.below(5), 6, ...numbers.bytes(8)];
    return Uint8Array.from([...head, ...body]);
  },
  null: (numbers) => framed(numbers, (family) => u32(family).reverse()),
  loop: (numbers) => framed(numbers, u32),
};

/** IP behind the number of its protocol family. */
function framed(numbers: Numbers, encode: (family: number) => number[]): Uint8Array {
  const isNewer = numbers.chance(3);
  const family = numbers.chance(10) ? numbers.below(30) : isNewer ? AF_INET6 : AF_INET;
  return Uint8Array.from([...encode(family), ...(isNewer ? ipv6(numbers) : ipv4(numbers))]);
}

/** Cuts a packet, or changes bytes of its headers. */
export function spoil(packet: Uint8Array, numbers: Numbers): Uint8Array {
  const bytes = packet.slice(0, numbers.chance(2) ? numbers.below(packet.length + 1) : packet.length);
  for (let count = numbers.below(4); count > 0 && bytes.length > 0; count--) {
    bytes[numbers.below(Math.min(bytes.length, 64))] = numbers.pick([0, 0xff, 0x45, 0x4f, 0x60, 0x80, 0x40, 6, 17]);
  }
  return bytes;
}

/**
 * Packets of all kinds, a third of them spoiled.
 *
 * @param least how many bytes each has at least; shorter ones end in zeros.
 */
export function makePackets(
  count: number,
  seed: number,
  { make = makeFrame, least = 0 }: { make?: (numbers: Numbers) => Uint8Array; least?: number } = {},
): Uint8Array[] {
  const numbers = new Numbers(seed);
  return Array.from({ length: count }, () => {
    const whole = make(numbers);
    const packet = numbers.chance(3) ? spoil(whole, numbers) : whole;
    if (packet.length >= least) return packet;
    const longer = new Uint8Array(least);
    longer.set(packet);
    return longer;
  });
}

/** Whether newer kernels take the packet for a test run of tc programs: not those with a part of an IP header alone. */
export function canBeTested(packet: Uint8Array): boolean {
  const type = (packet[12]! << 8) | packet[13]!;
  return packet.length > (type === 0x0800 ? 33 : type === 0x86dd ? 53 : 14);
}
