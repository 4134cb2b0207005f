/** XDP from TypeScript: packets of all lengths, read, written, parsed, dropped. */
import dgram from 'node:dgram';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { attachXdp } from '../../../runtime/attach/xdp.js';
import { testRun } from '../../../runtime/test-run.js';
import { describeKernel } from '../../support/kernel.js';
import { runModule, type Exports } from '../support/module.js';
import { Veth } from '../support/network.js';

/** `read` reads at the offset that the packet's first byte says, in the way that its second says. */
const TEXT = `
interface Tail { first: u8; second: be32; third: u16 }
const seen = new ArrayMap<u64>({ maxEntries: 3 });

@xdp
function read(ctx: XdpContext): number {
  const packet = ctx.packet;
  const at = packet.getUint8(0);
  switch (packet.getUint8(1)) {
    case 0: return packet.getUint8(at);
    case 1: return packet.getUint16(at);
    case 2: return packet.getUint32(at);
    case 3: return Number(packet.getBigUint64(at) >> 32n);
    case 4: return packet.getInt16(at, true) === -2 ? 1 : 0;
    case 5: return packet.getUint32(at, true);
    case 6: return packet.byteLength;
    default: {
      const tail = packet.at<Tail>(at);
      return tail ? tail.first + tail.second + tail.third : 77;
    }
  }
}

@xdp({ defaultResult: 99 })
function write(ctx: XdpContext): number {
  const packet = ctx.packet;
  packet.setUint8(2, 0xab);
  packet.setUint16(3, 0x1234);
  packet.setUint32(5, 0x12345678, true);
  packet.setBigUint64(packet.getUint8(0), 0x0102030405060708n);
  return 1;
}

/** Answers what a router would ask of an IPv4 packet, and takes one from its time to live. */
const route = xdp((ctx) => {
  const ethernet = ctx.packet.at<EthHdr>(0);
  if (!ethernet || ethernet.h_proto !== ETH_P_IP) return XDP.PASS;
  const ip = ctx.packet.at<IpHdr>(14);
  if (!ip) return XDP.DROP;
  if (ip.version !== 4 || ip.ihl < 5) return XDP.ABORTED;
  const udp = ctx.packet.at<UdpHdr>(14 + ip.ihl * 4);
  if (!udp) return XDP.TX;
  ip.ttl -= 1;
  ip.daddr = 0x7f000001;
  udp.dest = 53;
  return 1000 + udp.source;
}, { name: 'forward' });

/** Port 7001 is dropped, 7002 passes; both are counted, and what is no UDP over IPv4 is let through. */
@xdp({ minimumPacketSize: 42 })
function guard(ctx: XdpContext): number {
  if (ctx.packet.getUint16(12) !== ETH_P_IP || ctx.packet.getUint8(23) !== IPPROTO_UDP) return XDP.PASS;
  const port = ctx.packet.getUint16(36);
  if (port !== 7001 && port !== 7002) return XDP.PASS;
  seen[port - 7000] += 1n;
  return port === 7001 ? XDP.DROP : XDP.PASS;
}
export { read, write, route, guard, seen };
`;

/** XDP_PASS, where a read outside of the packet ends the program. */
const PASS = 2;
const DROP = 1;

describeKernel('XDP in TypeScript', { since: '5.9' }, () => {
  let module: Exports;
  let veth: Veth;

  beforeAll(async () => {
    veth = new Veth();
    module = await runModule(TEXT);
  });
  afterAll(() => {
    for (const item of Object.values(module ?? {})) item.close?.();
    veth?.[Symbol.dispose]();
  });

  /** Bytes of which no two near ones are alike, all above 0x7f. */
  function packetOf(length: number, ...first: number[]): Uint8Array {
    return Uint8Array.from({ length }, (_, index) => first[index] ?? 0x80 | ((index * 37) & 0x7f));
  }

  /** What DataView makes of the same read, or undefined where it throws. */
  function reference(bytes: Uint8Array, at: number, way: number): number | undefined {
    const view = new DataView(bytes.buffer);
    const reads = [
      () => view.getUint8(at),
      () => view.getUint16(at),
      () => view.getUint32(at),
      () => Number(view.getBigUint64(at) >> 32n),
      () => (view.getInt16(at, true) === -2 ? 1 : 0),
      () => view.getUint32(at, true),
      () => view.byteLength,
    ];
    try {
      return reads[way]!();
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }

  it('reads what a DataView reads, at every place of packets of every length', () => {
    for (const length of [14, 15, 17, 22, 60, 128, 255, 256]) {
      for (let way = 0; way <= 6; way++) {
        for (let at = Math.max(2, length - 10); at <= Math.min(length + 1, 255); at++) {
          const packet = packetOf(length, at, way);
          const expected = reference(packet, at, way) ?? PASS;
          expect(`${length} ${way} ${at} ${testRun(module.read, { packet }).value}`).toBe(
            `${length} ${way} ${at} ${expected}`,
          );
        }
      }
    }
  });

  it('has headers where the packet has all of them', () => {
    // u8, padding to 4, be32, u16, padding to 12.
    for (let length = 14; length < 40; length++) {
      const at = 20;
      const packet = packetOf(length, at, 7);
      const view = new DataView(packet.buffer);
      const expected = () => (view.getUint8(at) + view.getUint32(at + 4) + view.getUint16(at + 8, true)) % 2 ** 32;
      expect([length, testRun(module.read, { packet }).value]).toEqual([length, length < at + 12 ? 77 : expected()]);
    }
  });

  it('writes what a DataView writes, or ends where the packet does', () => {
    for (let length = 14; length < 40; length++) {
      const packet = packetOf(length, 20);
      const expected = Uint8Array.from(packet);
      const view = new DataView(expected.buffer);
      view.setUint8(2, 0xab);
      view.setUint16(3, 0x1234);
      view.setUint32(5, 0x12345678, true);
      if (length >= 28) view.setBigUint64(20, 0x0102030405060708n);
      const { value, packet: after } = testRun(module.write, { packet });
      expect([length, value, Buffer.from(after).toString('hex')]).toEqual([
        length,
        length >= 28 ? 1 : 99,
        Buffer.from(expected).toString('hex'),
      ]);
    }
  });

  it('parses headers and changes their fields', () => {
    expect(module.route.name).toBe('forward');
    const frame = new Uint8Array(64);
    const view = new DataView(frame.buffer);
    view.setUint16(12, 0x0800);
    view.setUint8(14, 0x46); // IPv4 with one option
    view.setUint8(22, 64); // time to live
    view.setUint16(38, 4567); // source port, after 24 bytes of header
    const run = (length = 64) => testRun(module.route, { packet: frame.subarray(0, length) });
    const { value, packet } = run();
    expect(value).toBe(1000 + 4567);
    const after = new DataView(packet.buffer, packet.byteOffset);
    expect([after.getUint8(22), after.getUint32(30), after.getUint16(40)]).toEqual([63, 0x7f000001, 53]);
    const results = Array.from({ length: 51 }, (_, index) => run(index + 14).value);
    expect(results.indexOf(3)).toBe(34 - 14); // XDP_TX from a whole IPv4 header on
    expect(results.indexOf(5567)).toBe(46 - 14); // and from a whole UDP header on
    expect(new Set(results.slice(0, 20))).toEqual(new Set([DROP]));
    view.setUint8(14, 0x65);
    expect(run().value).toBe(0);
    view.setUint16(12, 0x86dd);
    expect(run().value).toBe(PASS);
  });

  it('drops and passes packets of an interface', async () => {
    const received: number[] = [];
    const sockets = [7001, 7002].map((port) => {
      const socket = dgram.createSocket('udp4');
      socket.on('message', () => received.push(port));
      return socket.bind(port, veth.address);
    });
    await Promise.all(sockets.map((socket) => once(socket, 'listening')));
    const sendAll = async () => {
      received.length = 0;
      veth.sendIn(4, 7001);
      veth.sendIn(3, 7002, 'a longer text');
      await new Promise((resolve) => setTimeout(resolve, 200));
      return [7001, 7002].map((port) => received.filter((from) => from === port).length);
    };
    expect(await sendAll()).toEqual([4, 3]);
    using attached = attachXdp(module.guard, { interface: veth.name, mode: 'generic' });
    expect(await sendAll()).toEqual([0, 3]);
    expect([module.seen.get(1), module.seen.get(2)]).toEqual([4n, 3n]);
    attached.close();
    expect(await sendAll()).toEqual([4, 3]);
    for (const socket of sockets) socket.close();
  });
});
