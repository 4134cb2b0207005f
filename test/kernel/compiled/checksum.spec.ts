/** `checksum` and `updateChecksum`: in XDP, tc and user space against a sum of all words, and against real sockets. */
import { spawn, type ChildProcess } from 'node:child_process';
import dgram from 'node:dgram';
import net from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { attach } from '../../../runtime/attach/attach.js';
import { checksum, updateChecksum } from '../../../runtime/checksum.js';
import { RawSocket } from '../../../runtime/packet/raw-socket.js';
import { testRun } from '../../../runtime/test-run.js';
import { describeKernel } from '../../support/kernel.js';
import { runModule, type Exports } from '../support/module.js';
import { command, Veth } from '../support/network.js';

/** What both program types do: another address and port for each protocol, with the checksums that cover them. */
const BODY = `
  const eth = ctx.packet.at<EthHdr>(0);
  if (!eth) return 90;
  if (eth.h_proto === ETH_P_IP) {
    const ip = ctx.packet.at<IpHdr>(14);
    if (!ip || ip.ihl < 5) return 91;
    const before = ip.daddr;
    ip.daddr = 0xc0a80a63;
    updateChecksum(ip, before, 0xc0a80a63);
    const word = (ip.ttl << 8) | ip.protocol;
    ip.ttl -= 1;
    updateChecksum(ip, word, (ip.ttl << 8) | ip.protocol);
    const at = 14 + ip.ihl * 4;
    if (ip.protocol === IPPROTO_TCP) {
      const tcp = ctx.packet.at<TcpHdr>(at);
      if (!tcp) return 92;
      updateChecksum(tcp, before, ip.daddr, { pseudoHeader: true });
      const port = tcp.dest;
      tcp.dest = 8080;
      updateChecksum(tcp, port, 8080);
      const sequence = tcp.seq;
      tcp.seq += 0x12345;
      updateChecksum(tcp, sequence, tcp.seq);
    } else if (ip.protocol === IPPROTO_UDP) {
      const udp = ctx.packet.at<UdpHdr>(at);
      if (!udp) return 93;
      updateChecksum(udp, before, ip.daddr, { pseudoHeader: true });
      const port = udp.dest;
      udp.dest = 53;
      updateChecksum(udp, port, 53);
    } else if (ip.protocol === IPPROTO_ICMP) {
      const icmp = ctx.packet.at<IcmpHdr>(at);
      if (!icmp) return 94;
      const word = (icmp.type << 8) | icmp.code;
      icmp.type = 0;
      updateChecksum(icmp, word, icmp.code);
    }
    return 1;
  }
  const ip6 = ctx.packet.at<Ipv6Hdr>(14);
  if (!ip6) return 95;
  const address: Bytes<16> = new Uint8Array([0xfd, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
  if (ip6.nexthdr === IPPROTO_TCP) {
    const tcp = ctx.packet.at<TcpHdr>(54);
    if (!tcp) return 96;
    updateChecksum(tcp, ip6.daddr, address, { pseudoHeader: true });
  } else {
    const udp = ctx.packet.at<UdpHdr>(54);
    if (!udp) return 97;
    updateChecksum(udp, ip6.daddr, address, { pseudoHeader: true });
  }
  ip6.daddr = address;
  return 2;
`;

const TEXT = `
const inXdp = xdp((ctx) => {${BODY}}, { defaultResult: 98 });
const inTc = tc('ingress', (ctx) => {${BODY}}, { defaultResult: 98 });

interface Pseudo { saddr: be32; daddr: be32; zero: u8; protocol: u8; length: be16 }

/** Computes what BODY corrects. */
const compute = xdp((ctx) => {
  const ip = ctx.packet.at<IpHdr>(14);
  const udp = ctx.packet.at<UdpHdr>(34);
  const data = ctx.packet.at<Bytes<7>>(42);
  if (!ip || !udp || !data) return 99;
  ip.check = 0;
  ip.check = checksum(ip);
  udp.check = 0;
  const pseudo: Pseudo = { saddr: ip.saddr, daddr: ip.daddr, zero: 0, protocol: ip.protocol, length: udp.len };
  udp.check = checksum(pseudo, udp, data);
  return checksum(ip);
});

const shown = shared<{ address: u32; real: u32 }>({ address: 0, real: 0 });

/** What goes to the address that is shown goes to the real one, and its answers come back from the one that is shown. */
@tc('egress')
function there(ctx: SkBuff): number {
  const ip = ctx.packet.at<IpHdr>(14);
  if (!ip || ctx.protocol !== htons(ETH_P_IP) || ip.daddr !== shown.address) return TC_ACT_OK;
  const at = 14 + ip.ihl * 4;
  ip.daddr = shown.real;
  updateChecksum(ip, shown.address, shown.real);
  if (ip.protocol === IPPROTO_TCP) {
    const tcp = ctx.packet.at<TcpHdr>(at);
    if (tcp) updateChecksum(tcp, shown.address, shown.real, { pseudoHeader: true });
  } else if (ip.protocol === IPPROTO_UDP) {
    const udp = ctx.packet.at<UdpHdr>(at);
    if (udp) updateChecksum(udp, shown.address, shown.real, { pseudoHeader: true });
  }
  return TC_ACT_OK;
}

@tc('ingress')
function back(ctx: SkBuff): number {
  const ip = ctx.packet.at<IpHdr>(14);
  if (!ip || ctx.protocol !== htons(ETH_P_IP) || ip.saddr !== shown.real) return TC_ACT_OK;
  const at = 14 + ip.ihl * 4;
  ip.saddr = shown.address;
  updateChecksum(ip, shown.real, shown.address);
  if (ip.protocol === IPPROTO_TCP) {
    const tcp = ctx.packet.at<TcpHdr>(at);
    if (tcp) updateChecksum(tcp, shown.real, shown.address, { pseudoHeader: true });
  } else if (ip.protocol === IPPROTO_UDP) {
    const udp = ctx.packet.at<UdpHdr>(at);
    if (udp) updateChecksum(udp, shown.real, shown.address, { pseudoHeader: true });
  }
  return TC_ACT_OK;
}
export { inXdp, inTc, compute, shown, there, back };
`;

type Protocol = 'tcp' | 'udp' | 'icmp';
const NUMBERS = { tcp: 6, udp: 17, icmp: 1 } as const;
/** Where the checksum stands in each header, in bytes. */
const FIELDS = { tcp: 16, udp: 6, icmp: 2 } as const;

/** RFC 1071, word by word: 0xffff where a checksum among the words is right. */
function sum(...parts: readonly Uint8Array[]): number {
  let total = 0;
  for (const part of parts)
    for (let index = 0; index < part.length; index += 2) total += (part[index]! << 8) | (part[index + 1] ?? 0);
  while (total > 0xffff) total = (total & 0xffff) + (total >>> 16);
  return total;
}

let state = 0x2545f491;
/** Marsaglia's xorshift32: the same numbers in every run. */
function random(limit: number): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % limit;
}

interface Shape {
  readonly version: 4 | 6;
  readonly protocol: Protocol;
  readonly options?: number;
  readonly length: number;
  /** A UDP datagram without a checksum. */
  readonly plain?: boolean;
}

/** What TCP and UDP cover of the IP header; nothing for ICMP. */
function pseudoHeader(frame: Uint8Array, { version, protocol, options = 0 }: Shape): Uint8Array {
  if (protocol === 'icmp') return new Uint8Array();
  const length = frame.length - (version === 4 ? 34 + options : 54);
  const addresses = version === 4 ? frame.subarray(26, 34) : frame.subarray(22, 54);
  return new Uint8Array([...addresses, 0, NUMBERS[protocol], length >> 8, length & 0xff]);
}

function transport(frame: Uint8Array, { version, options = 0 }: Shape): Uint8Array {
  return frame.subarray(version === 4 ? 34 + options : 54);
}

/** A frame of random bytes with right checksums. */
function frameOf(shape: Shape): Uint8Array {
  const { version, protocol, options = 0, length, plain } = shape;
  const frame = Uint8Array.from({ length: (version === 4 ? 34 + options : 54) + length }, () => random(256));
  const view = new DataView(frame.buffer);
  view.setUint16(12, version === 4 ? 0x0800 : 0x86dd);
  if (version === 4) {
    frame[14] = 0x45 + options / 4;
    frame[22] = 1 + random(255);
    frame[23] = NUMBERS[protocol];
    view.setUint16(24, 0);
    view.setUint16(24, ~sum(frame.subarray(14, 34 + options)) & 0xffff);
  } else {
    frame[20] = NUMBERS[protocol];
  }
  const segment = transport(frame, shape);
  const field = new DataView(segment.buffer, segment.byteOffset + FIELDS[protocol]);
  field.setUint16(0, 0);
  if (!plain) field.setUint16(0, ~sum(pseudoHeader(frame, shape), segment) & 0xffff || 0xffff);
  return frame;
}

function isRight(frame: Uint8Array, shape: Shape): boolean {
  const segment = transport(frame, shape);
  const isPlain = shape.plain && segment[6] === 0 && segment[7] === 0;
  const header = shape.version === 4 ? sum(frame.subarray(14, 34 + (shape.options ?? 0))) : 0xffff;
  return header === 0xffff && (isPlain || sum(pseudoHeader(frame, shape), segment) === 0xffff);
}

function shapes(): Shape[] {
  const lengths = [20, 21, 64, 333];
  return [4, 6].flatMap((version) =>
    (['tcp', 'udp', 'icmp'] as const).flatMap((protocol) =>
      lengths.flatMap((length): Shape[] => {
        if (version === 6) return protocol === 'icmp' ? [] : [{ version, protocol, length }];
        const shape = { version: 4, protocol, length } as const;
        return [shape, { ...shape, options: 8 }, ...(protocol === 'udp' ? [{ ...shape, plain: true }] : [])];
      }),
    ),
  );
}

describeKernel('checksums', {}, () => {
  let module: Exports;

  beforeAll(async () => {
    module = await runModule(TEXT);
  }, 240_000);
  afterAll(() => {
    for (const item of Object.values(module ?? {})) item.close?.();
  });

  it.each(['inXdp', 'inTc'])('are right behind every change (%s)', (name) => {
    for (const shape of shapes()) {
      for (let round = 0; round < 12; round++) {
        const packet = frameOf(shape);
        expect([shape, isRight(packet, shape)]).toEqual([shape, true]);
        const { value, packet: after } = testRun(module[name], { packet });
        expect([shape, value, isRight(after, shape)]).toEqual([shape, shape.version === 4 ? 1 : 2, true]);
        expect(after).not.toEqual(packet);
        if (shape.plain) expect([...transport(after, shape).subarray(6, 8)]).toEqual([0, 0]);
      }
    }
  });

  it.each(['inXdp', 'inTc'])('of UDP are 0xffff where the sum says 0 (%s)', (name) => {
    // The two bytes of data are chosen so that the changed datagram adds up to 0xffff without its checksum.
    const shape: Shape = { version: 4, protocol: 'udp', length: 12 };
    const packet = frameOf(shape);
    const view = new DataView(packet.buffer);
    const changed = Uint8Array.from(packet);
    const after = new DataView(changed.buffer);
    after.setUint32(30, 0xc0a80a63);
    after.setUint16(36, 53);
    after.setUint16(40, 0);
    after.setUint16(42, 0);
    const filling = ~sum(pseudoHeader(changed, shape), transport(changed, shape)) & 0xffff;
    view.setUint16(42, filling);
    view.setUint16(40, 0);
    view.setUint16(40, ~sum(pseudoHeader(packet, shape), transport(packet, shape)) & 0xffff);
    const run = testRun(module[name], { packet });
    expect(new DataView(run.packet.buffer, run.packet.byteOffset).getUint16(40)).toBe(0xffff);
    expect(isRight(run.packet, shape)).toBe(true);
  });

  it('are computed of headers and data', () => {
    const shape: Shape = { version: 4, protocol: 'udp', length: 15 };
    for (let round = 0; round < 50; round++) {
      const expected = frameOf(shape);
      new DataView(expected.buffer).setUint16(38, 15);
      const packet = Uint8Array.from(expected);
      packet.fill(0, 24, 26);
      packet.fill(0, 40, 42);
      const { value, packet: after } = testRun(module.compute, { packet });
      expect(value).toBe(0);
      expect(isRight(after, shape)).toBe(true);
    }
  });

  it('are the same in user space', () => {
    for (let round = 0; round < 200; round++) {
      const bytes = Uint8Array.from({ length: 20 + random(40) }, () => random(256));
      expect(checksum(bytes)).toBe(~sum(bytes) & 0xffff);
      const even = Uint8Array.from({ length: 40 }, () => random(256));
      const header = { check: checksum(even) };
      const [from, to] = [even.slice(8, 24), Uint8Array.from({ length: 16 }, () => random(256))];
      even.set(to, 8);
      updateChecksum(header, from, to);
      expect(header.check).toBe(~sum(even) & 0xffff);
      const view = new DataView(even.buffer);
      const before = view.getBigUint64(24);
      view.setBigUint64(24, before ^ 0x123456789abcdefn);
      updateChecksum(header, before, view.getBigUint64(24));
      expect(header.check).toBe(~sum(even) & 0xffff);
    }
    const udp = { source: 1, dest: 2, len: 8, check: 0 };
    updateChecksum(udp, 1, 2);
    expect(udp.check).toBe(0);
    expect(() => checksum({})).toThrow(/Part 1 of a checksum is no byte array/);
    expect(() => checksum(new Uint8Array(3), new Uint8Array(2))).toThrow(/Part 1 of a checksum is 3 bytes long/);
  });

  it('are taken by the kernel: TCP and UDP through addresses that nobody has', async () => {
    using veth = new Veth();
    const address = veth.peerAddress.replace(/\d+$/, '77');
    const number = (text: string) => text.split('.').reduce((all, part) => all * 256 + Number(part), 0);
    module.shown.address = number(address);
    module.shown.real = number(veth.peerAddress);
    const hardware = /link\/ether (\S+)/.exec(veth.inside('ip', 'link', 'show', veth.peer))![1]!;
    command('ip', 'neighbour', 'add', address, 'lladdr', hardware, 'dev', veth.name);
    using _there = attach(module.there, { interface: veth.name });
    using _back = attach(module.back, { interface: veth.name });
    const server = echo(veth);
    try {
      await once(server.stdout!, 'data');
      // More than one segment each way, and a datagram; at first with checksums that are left to the network card.
      const text = 'a line of text\n'.repeat(20_000);
      for (const offload of [true, false]) {
        if (!offload) for (const namespace of [undefined, veth.namespace]) withoutOffload(veth, namespace);
        using tap = RawSocket.open({ interface: veth.name, receiveBuffer: 1 << 23 });
        expect(await ask(address, 'datagram')).toBe('datagram');
        expect(await exchange(address, text)).toBe(text);
        const sent = outgoing(tap, veth.peerAddress);
        expect(new Set(sent.map(({ protocol }) => protocol))).toEqual(new Set(['tcp', 'udp']));
        for (const { frame, protocol } of sent) {
          const shape: Shape = { version: 4, protocol, length: frame.length - 34 };
          const segment = transport(frame, shape);
          const field = new DataView(segment.buffer, segment.byteOffset + FIELDS[protocol]).getUint16(0);
          // The card adds the rest to the sum of the pseudo header, which is not inverted.
          if (offload) expect(field).toBe(sum(pseudoHeader(frame, shape)));
          else expect(isRight(frame, shape)).toBe(true);
        }
      }
      const errors = veth.inside('nstat', '-az', 'TcpInCsumErrors', 'UdpInCsumErrors');
      expect(errors.match(/InCsumErrors +0 /g)).toHaveLength(2);
    } finally {
      server.kill('SIGKILL');
    }
  }, 240_000);
});

/** The TCP segments without options and the datagrams that were sent to an address. */
function outgoing(tap: RawSocket, address: string): { frame: Uint8Array; protocol: 'tcp' | 'udp' }[] {
  const frames: { frame: Uint8Array; protocol: 'tcp' | 'udp' }[] = [];
  for (let packet = tap.read(); packet; packet = tap.read()) {
    const frame = packet.data;
    const isToThem = packet.packetType === 'outgoing' && frame[12] === 8 && frame[13] === 0;
    if (!isToThem || frame.subarray(30, 34).join('.') !== address) continue;
    frames.push({ frame, protocol: frame[23] === 6 ? 'tcp' : 'udp' });
  }
  return frames;
}

/** Has the kernel compute what is sent (`ethtool -K … tx off`, ETHTOOL_STXCSUM of linux/ethtool.h). */
function withoutOffload({ name, peer }: Veth, namespace: string | undefined): void {
  const program = `
    const koffi = require('koffi');
    const library = koffi.load('libc.so.6');
    const value = Buffer.from(new Uint32Array([0x17, 0]).buffer);
    const request = Buffer.alloc(40);
    request.write(${JSON.stringify(namespace === undefined ? name : peer)});
    request.writeBigUInt64LE(koffi.address(value), 16);
    const fd = library.func('int socket(int, int, int)')(2, 2, 0);
    process.exit(library.func('int ioctl(int, ulong, void *)')(fd, 0x8946, request) === 0 ? 0 : 1);`;
  const enter = namespace === undefined ? [] : ['nsenter', `--net=/run/netns/${namespace}`];
  const [file = '', ...rest] = [...enter, process.execPath, '-e', program];
  command(file, ...rest);
}

/** A server in the namespace that sends back what it gets. */
function echo({ namespace }: Veth): ChildProcess {
  const program = `
    require('net').createServer((socket) => socket.pipe(socket)).listen(7000, '0.0.0.0', () => {
      const socket = require('dgram').createSocket('udp4');
      socket.on('message', (text, { port, address }) => socket.send(text, port, address));
      socket.bind(7000, '0.0.0.0', () => console.log('ready'));
    });`;
  return spawn('nsenter', [`--net=/run/netns/${namespace}`, process.execPath, '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function exchange(host: string, text: string): Promise<string> {
  const socket = net.connect({ host, port: 7000 });
  let received = '';
  socket.setEncoding('utf8').on('data', (data) => {
    received += data;
    if (received.length === text.length) socket.end();
  });
  socket.write(text);
  await once(socket, 'close');
  return received;
}

async function ask(host: string, text: string): Promise<string> {
  const socket = dgram.createSocket('udp4');
  try {
    socket.send(text, 7000, host);
    const [answer] = (await once(socket, 'message')) as [Buffer];
    return answer.toString();
  } finally {
    socket.close();
  }
}
