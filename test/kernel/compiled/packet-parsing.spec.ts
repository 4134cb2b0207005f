/**
 * Packets as they should not be: cut anywhere, with lengths that lie, tags and headers without end. The same parser runs
 * in all three contexts and here, on a DataView, and has to say the same of each; where a DataView throws, the program
 * ends with its default result.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { attach } from '../../../runtime/attach/attach.js';
import { SocketFilter } from '../../../runtime/attach/socket-filter.js';
import { attachXdp } from '../../../runtime/attach/xdp.js';
import { RawSocket } from '../../../runtime/packet/raw-socket.js';
import { testRun } from '../../../runtime/test-run.js';
import { describeKernel } from '../../support/kernel.js';
import { runModule, type Exports } from '../support/module.js';
import { Veth } from '../support/network.js';

/** The port that a packet goes to, with what was passed on the way; 1000 and up for what has none. */
const PARSER = `
  let offset = 12;
  let type = ctx.packet.getUint16(offset);
  let tags = 0;
  for (let i = 0; i < 6; i++) {
    if (type !== 0x8100 && type !== 0x88a8) break;
    type = ctx.packet.getUint16(offset + 4);
    offset += 4;
    tags += 1;
  }
  offset += 2;
  let protocol = 0;
  if (type === 0x0800) {
    const first = ctx.packet.getUint8(offset);
    if (first >> 4 !== 4) return 1001;
    const length = (first & 15) * 4;
    if (length < 20) return 1002;
    if ((ctx.packet.getUint16(offset + 6) & 0x1fff) !== 0) return 1003;
    if (ctx.packet.getUint16(offset + 2) < length) return 1004;
    protocol = ctx.packet.getUint8(offset + 9);
    offset += length;
  } else if (type === 0x86dd) {
    protocol = ctx.packet.getUint8(offset + 6);
    offset += 40;
    for (let i = 0; i < 8; i++) {
      if (protocol === 44) {
        if ((ctx.packet.getUint16(offset + 2) & 0xfff8) !== 0) return 1005;
        protocol = ctx.packet.getUint8(offset);
        offset += 8;
      } else if (protocol === 0 || protocol === 43 || protocol === 60) {
        const length = (ctx.packet.getUint8(offset + 1) + 1) * 8;
        protocol = ctx.packet.getUint8(offset);
        offset += length;
      } else break;
    }
  } else return 1006;
  if (protocol !== 6 && protocol !== 17) return 1007;
  return ctx.packet.getUint16(offset + 2) * 16 + tags * 2 + (protocol === 6 ? 1 : 0);
`;

const TEXT = `
const inXdp = xdp((ctx) => {${PARSER}}, { defaultResult: 999 });
const inTc = tc('ingress', (ctx) => {${PARSER}}, { defaultResult: 999 });
const inSocketFilter = socketFilter((ctx) => {${PARSER}}, { defaultResult: 999 });

interface Kept { source: Bytes<6>; addresses: Bytes<8>; last: Bytes<4> }
const kept = new HashMap<u32, Kept>({ maxEntries: 4 });
const keep = (slot: number, ctx: { packet: PacketView }): number => {
  const source = ctx.packet.at<Bytes<6>>(6);
  const addresses = ctx.packet.at<Bytes<8>>(26);
  const last = ctx.packet.at<Bytes<4>>(ctx.packet.byteLength - 4);
  if (!source || !addresses || !last) return 1;
  kept.set(slot, { source, addresses, last });
  return 0;
};
const keepInXdp = xdp((ctx) => keep(0, ctx));
const keepInTc = tc('ingress', (ctx) => keep(1, ctx));
const keepInSocketFilter = socketFilter((ctx) => keep(2, ctx));

interface Tail { a: u8; b: u8; c: u8; d: u8 }
const seen = shared<{ right: u64; wrong: u64; longest: u64 }>({ right: 0n, wrong: 0n, longest: 0n });
/** The end of each segment with data, wherever the kernel keeps it. */
const look = (ctx: { packet: PacketView }): void => {
  const { packet } = ctx;
  const length = packet.byteLength;
  if (length < 200 || packet.getUint16(12) !== ETH_P_IP || packet.getUint8(23) !== IPPROTO_TCP) return;
  const tail = packet.at<Tail>(length - 4);
  if (!tail) return;
  const isRight = packet.getUint8(length - 1) === 0xa5 && packet.getUint32(length - 100) === 0xa5a5a5a5 && tail.a === 0xa5 && tail.d === 0xa5;
  if (isRight) seen.right += 1n;
  else seen.wrong += 1n;
  if (BigInt(length) > seen.longest) seen.longest = BigInt(length);
};
const lookInXdp = xdp((ctx) => { look(ctx); return XDP.PASS; });
const lookInTc = tc('ingress', (ctx) => { look(ctx); return TC_ACT_OK; });
const lookInSocketFilter = socketFilter((ctx) => { look(ctx); return 0; });
export { inXdp, inTc, inSocketFilter, kept, keepInXdp, keepInTc, keepInSocketFilter, seen, lookInXdp, lookInTc, lookInSocketFilter };
`;

const DEFAULT = 999;
const CONTEXTS = ['inXdp', 'inTc', 'inSocketFilter'] as const;

const parser = new Function('ctx', PARSER) as (ctx: { packet: DataView }) => number;

function expected(packet: Uint8Array): number {
  try {
    return parser({ packet: new DataView(packet.buffer, packet.byteOffset, packet.length) });
  } catch (error) {
    if (error instanceof RangeError) return DEFAULT;
    throw error;
  }
}

const word = (value: number) => [value >> 8, value & 0xff];
const addresses = Array.from({ length: 12 }, (_, index) => 0x10 + index);
const ports = [...word(4711), ...word(53), ...new Array<number>(16).fill(0xee)];

const tagged = (type: number, ...tags: number[]) => [
  ...addresses,
  ...tags.flatMap((tag, index) => [...word(tag), ...word(index + 1)]),
  ...word(type),
];
const ipv4 = (protocol: number, { first = 0x45, fragment = 0, length = 60, options = [] as number[] } = {}) => [
  ...[first, 0, ...word(length), 0, 0, ...word(fragment), 64, protocol, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2],
  ...options,
];
const ipv6 = (next: number, ...rest: number[]) => [
  0x60,
  0,
  0,
  0,
  0,
  60,
  next,
  64,
  ...new Array<number>(32).fill(0xfd),
  ...rest,
];
const extension = (next: number, words = 0) => [next, words, ...new Array<number>(6 + 8 * words).fill(1)];

const PACKETS: Readonly<Record<string, readonly number[]>> = {
  udp: [...tagged(0x800), ...ipv4(17), ...ports],
  options: [...tagged(0x800), ...ipv4(6, { first: 0x4f, options: new Array<number>(40).fill(1) }), ...ports],
  'a header that is too short': [...tagged(0x800), ...ipv4(6, { first: 0x44 }), ...ports],
  'a version that lies': [...tagged(0x800), ...ipv4(6, { first: 0x65 }), ...ports],
  'a length that lies': [...tagged(0x800), ...ipv4(6, { length: 19 }), ...ports],
  'a later fragment': [...tagged(0x800), ...ipv4(6, { fragment: 0x2001 }), ...ports],
  'the first fragment': [...tagged(0x800), ...ipv4(6, { fragment: 0x2000 }), ...ports],
  'a tag': [...tagged(0x800, 0x8100), ...ipv4(17), ...ports],
  'tags in tags': [...tagged(0x86dd, 0x88a8, 0x8100), ...ipv6(6), ...ports],
  'as many tags as there may be': [...tagged(0x800, ...new Array<number>(6).fill(0x8100)), ...ipv4(17), ...ports],
  'a tag more': [...tagged(0x800, ...new Array<number>(7).fill(0x8100)), ...ipv4(17), ...ports],
  'tags alone': tagged(0x8100, ...new Array<number>(20).fill(0x8100)),
  ipv6: [...tagged(0x86dd), ...ipv6(17), ...ports],
  extensions: [...tagged(0x86dd), ...ipv6(0), ...extension(43, 2), ...extension(60), ...extension(6, 1), ...ports],
  'a fragment of ipv6': [...tagged(0x86dd), ...ipv6(44, 17, 0, ...word(0x1001), 0, 0, 0, 1), ...ports],
  'the first fragment of ipv6': [...tagged(0x86dd), ...ipv6(44, 17, 0, ...word(1), 0, 0, 0, 1), ...ports],
  'extensions without end': [...tagged(0x86dd), ...ipv6(0), ...Array.from({ length: 12 }, () => extension(0)).flat()],
  'an extension that is longer than the packet': [...tagged(0x86dd), ...ipv6(0, 6, 255), ...ports],
  'another protocol': [...tagged(0x800), ...ipv4(132), ...ports],
  'another type': [...tagged(0x0806), ...ports],
};

describeKernel('packets as they should not be', { since: '5.9' }, () => {
  let module: Exports;
  beforeAll(async () => {
    module = await runModule(TEXT);
  }, 240_000);
  afterAll(() => {
    for (const item of Object.values(module ?? {})) item.close?.();
  });

  /** The kernel takes no IP packets without an IP header for test runs, but in XDP. */
  const contextsOf = ({ length, 12: high, 13: low }: Uint8Array) => {
    const least = high === 0x08 && low === 0x00 ? 34 : high === 0x86 && low === 0xdd ? 54 : 14;
    return length < least ? CONTEXTS.slice(0, 1) : CONTEXTS;
  };
  const results = (packet: Uint8Array) =>
    new Set(contextsOf(packet).map((name) => testRun(module[name], { packet }).value));

  it.each(Object.keys(PACKETS))('%s, and cut anywhere', (name) => {
    const whole = Uint8Array.from(PACKETS[name]!);
    for (let length = 14; length <= whole.length; length++) {
      const packet = whole.slice(0, length);
      const result = expected(packet);
      expect([length, [...results(packet)]]).toEqual([length, [result]]);
    }
  });

  it('are told apart', () => {
    const found = Object.fromEntries(
      Object.entries(PACKETS).map(([name, bytes]) => [name, expected(Uint8Array.from(bytes))]),
    );
    expect(found).toMatchObject({
      udp: 53 * 16,
      options: 53 * 16 + 1,
      'a header that is too short': 1002,
      'a later fragment': 1003,
      'tags in tags': 53 * 16 + 5,
      'a tag more': 1006,
      extensions: 53 * 16 + 1,
      'a fragment of ipv6': 1005,
      'an extension that is longer than the packet': DEFAULT,
    });
  });

  it('with bytes that were changed at random', () => {
    let state = 0x9e3779b9;
    const random = (limit: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * limit);
    };
    const all = Object.values(PACKETS);
    const ends = new Set<number>();
    for (let round = 0; round < 3000; round++) {
      const packet = Uint8Array.from(all[random(all.length)]!);
      for (let change = random(4); change >= 0; change--) packet[12 + random(packet.length - 12)] = random(256);
      const result = expected(packet);
      ends.add(result);
      expect([round, [...results(packet)]]).toEqual([round, [result]]);
    }
    expect(ends.size).toBeGreaterThan(30);
  });

  it('give parts of themselves to maps', () => {
    const packet = Uint8Array.from(PACKETS['options']!);
    const value = {
      source: packet.slice(6, 12),
      addresses: packet.slice(26, 34),
      last: packet.slice(-4),
    };
    for (const [slot, program] of [module.keepInXdp, module.keepInTc, module.keepInSocketFilter].entries()) {
      expect(testRun(program, { packet }).value).toBe(0);
      expect(module.kept.get(slot)).toEqual(value);
    }
  });
});

describeKernel('packets in pieces', { since: '5.9' }, () => {
  let module: Exports;
  let veth: Veth;
  let sender: ChildProcess;

  beforeAll(async () => {
    module = await runModule(TEXT);
    veth = new Veth();
    // 2 MB of one byte to whoever connects, in segments that are as long as the kernel likes.
    const program = `require('net').createServer((socket) => socket.end(Buffer.alloc(2e6, 0xa5))).listen(7100, '0.0.0.0', () => console.log('ready'));`;
    sender = spawn('nsenter', [`--net=/run/netns/${veth.namespace}`, process.execPath, '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(sender.stdout!, 'data');
  }, 240_000);
  afterAll(() => {
    sender?.kill('SIGKILL');
    for (const item of Object.values(module ?? {})) item.close?.();
    veth?.[Symbol.dispose]();
  });

  async function receive(): Promise<void> {
    Object.assign(module.seen, { right: 0n, wrong: 0n, longest: 0n });
    const socket = net.connect({ host: veth.peerAddress, port: 7100 });
    let bytes = 0;
    socket.on('data', (data) => (bytes += data.length));
    await once(socket, 'close');
    expect(bytes).toBe(2e6);
  }

  it.each(['tc', 'a socket filter', 'XDP'])('are read to their end in %s', async (context) => {
    using _tap = RawSocket.open({ interface: veth.name });
    const filter = new SocketFilter(module.lookInSocketFilter);
    using _attached =
      context === 'tc'
        ? attach(module.lookInTc, { interface: veth.name })
        : context === 'XDP'
          ? attachXdp(module.lookInXdp, { interface: veth.name, mode: 'generic' })
          : { [Symbol.dispose]: () => filter.close() };
    if (context === 'a socket filter') filter.attach(_tap);
    await receive();
    expect(module.seen.wrong).toBe(0n);
    expect(module.seen.right).toBeGreaterThan(10n);
    // Longer than a frame: what the kernel has not cut into segments, and keeps in pieces.
    expect(module.seen.longest).toBeGreaterThan(10_000n);
  });
});
