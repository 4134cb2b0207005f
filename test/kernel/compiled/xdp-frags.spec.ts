/** XDP programs with `frags`: packets in several buffers, made by test runs and by a veth pair with a large MTU. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { attachXdp } from '../../../runtime/attach/xdp.js';
import { testRun } from '../../../runtime/test-run.js';
import { describeKernel, kernelIsAtLeast } from '../../support/kernel.js';
import { compileText, runModule, type Exports } from '../support/module.js';
import { command, Veth } from '../support/network.js';

/** `read` reads at the offset that the packet's first bytes say, in the way that the third says. */
const TEXT = `
interface Tail { first: be32; second: be32; third: be32 }
const sizes = new ArrayMap<u64>({ maxEntries: 3 });

@xdp({ frags: true, defaultResult: 98 })
function read(ctx: XdpContext): number {
  const { packet } = ctx;
  const at = packet.getUint16(0);
  switch (packet.getUint8(2)) {
    case 0: return packet.getUint8(at);
    case 1: return packet.getUint16(at);
    case 2: return packet.getUint32(at);
    case 3: return packet.byteLength;
    case 4: {
      const tail = packet.at<Tail>(at);
      return tail ? tail.first ^ tail.second ^ tail.third : 97;
    }
    default: return pcapFilter('ether[8000:4] = 0x01020304 and len > 8100', ctx) ? 1 : 0;
  }
}

@xdp({ frags: true, defaultResult: 98 })
function write(ctx: XdpContext): number {
  ctx.packet.setUint32(8000, 0x01020304);
  ctx.packet.setUint16(ctx.packet.getUint16(0), 0xabcd);
  return 1;
}

@xdp({ frags: true, defaultResult: 98 })
function change(ctx: XdpContext): number {
  const tail = ctx.packet.at<Tail>(ctx.packet.getUint16(0));
  if (!tail) return 97;
  tail.second = 0x05060708;
  return ctx.packet.getUint32(ctx.packet.getUint16(0) + 4) === 0x05060708 ? 1 : 0;
}

/** Counts UDP datagrams, their bytes, and those that end in 'z'. */
@xdp({ frags: true })
function count(ctx: XdpContext): number {
  if (!pcapFilter('udp dst port 9', ctx)) return XDP.PASS;
  sizes[0] += 1n;
  sizes[1] += BigInt(ctx.packet.byteLength);
  if (ctx.packet.getUint8(ctx.packet.byteLength - 1) === 122) sizes[2] += 1n;
  return XDP.PASS;
}
export { read, write, change, count, sizes };
`;

/** Bytes of which no two near ones are alike. */
function packetOf(length: number, at: number, way = 0): Uint8Array {
  const bytes = Uint8Array.from({ length }, (_, index) => (index * 37 + (index >> 8)) & 0xff);
  bytes.set([at >> 8, at & 0xff, way]);
  return bytes;
}

/** Around the places where the kernel begins another buffer in a test run: pages but for the room that XDP has to have. */
const places = [20, 3400, 3500, 3510, 3520, 3580, 3830, 3838, 3840, 4090, 4096, 7600, 7936, 8000, 8185, 8187, 8188];
const LENGTH = 8190;

describeKernel('XDP programs for packets in several buffers', { since: '5.18' }, () => {
  let module: Exports;

  beforeAll(async () => {
    module = await runModule(TEXT);
  });
  afterAll(() => {
    for (const item of Object.values(module ?? {})) item.close?.();
  });

  const value = (at: number, way: number, length = LENGTH) =>
    testRun(module.read, { packet: packetOf(length, at, way) }).value;

  it('read what a DataView reads, in every buffer', () => {
    for (const at of places) {
      const view = new DataView(packetOf(LENGTH, at).buffer);
      expect([at, value(at, 0)]).toEqual([at, view.getUint8(at)]);
      expect([at, value(at, 1)]).toEqual([at, view.getUint16(at)]);
      expect([at, value(at, 2)]).toEqual([at, at + 4 <= LENGTH ? view.getUint32(at) : 98]);
      const words = () => (view.getUint32(at) ^ view.getUint32(at + 4) ^ view.getUint32(at + 8)) >>> 0;
      expect([at, value(at, 4)]).toEqual([at, at + 12 <= LENGTH ? words() : 97]);
    }
    expect(value(LENGTH, 0)).toBe(98);
    expect(value(LENGTH - 1, 1)).toBe(98);
  });

  it('know the length of all buffers together', () => {
    for (const length of [14, 1500, 4000, LENGTH]) expect(value(0, 3, length)).toBe(length);
  });

  it('write behind the first buffer, where pcapFilter reads it', () => {
    const packet = packetOf(LENGTH, 4094, 5);
    const written = testRun(module.write, { packet });
    const expected = packet.slice();
    expected.set([1, 2, 3, 4], 8000);
    expected.set([0xab, 0xcd], 4094);
    expect(written.value).toBe(1);
    expect(Buffer.compare(written.packet, expected)).toBe(0);
    expect(testRun(module.read, { packet: written.packet }).value).toBe(1);
    expect(testRun(module.read, { packet }).value).toBe(0);
    expect(testRun(module.write, { packet: packetOf(8003, 20) }).value).toBe(98);
  });

  it('change headers of the first buffer, and find none to change behind it', () => {
    const { value: changed, packet } = testRun(module.change, { packet: packetOf(LENGTH, 100) });
    expect(changed).toBe(1);
    expect([...packet.subarray(104, 108)]).toEqual([5, 6, 7, 8]);
    expect(testRun(module.change, { packet: packetOf(LENGTH, 8000) }).value).toBe(97);
  });

  it('see what comes in on a driver with a large MTU, where others are refused', async () => {
    using veth = new Veth();
    command('ip', 'link', 'set', veth.name, 'mtu', '9000');
    veth.inside('ip', 'link', 'set', veth.peer, 'mtu', '9000');
    const without = await runModule('export const pass = xdp(() => XDP.PASS);');
    expect(() => attachXdp(without.pass, { interface: veth.name, mode: 'native' })).toThrow();
    using attached = attachXdp(module.count, { interface: veth.name, mode: 'native' });
    expect(attached.mode).toBe('native');
    const send = `
      const socket = require('node:dgram').createSocket('udp4');
      socket.send('a'.repeat(8500) + 'z', 9, '${veth.address}', () => socket.send('b', 9, '${veth.address}', () => socket.close()));`;
    veth.inside(process.execPath, '-e', send);
    const headers = 14 + 20 + 8;
    expect([0, 1, 2].map((key) => Number(module.sizes.get(key)))).toEqual([2, headers * 2 + 8502, 1]);
    without.pass.close();
  });
});

it('are refused for older kernels, and other programs have no such option', async () => {
  const frags = 'export const main = xdp((ctx) => ctx.packet.getUint8(0), { frags: true });';
  await expect(compileText(frags, { target: [5, 17] })).rejects.toThrow(/TSBPF\d+.*frags.*5\.18/s);
  const wrong = "@tc('ingress', { frags: true }) function main(ctx: SkBuff) { return 0; }";
  await expect(compileText(wrong)).rejects.toThrow(/TSBPF\d+: .*'frags'/);
});

describeKernel('XDP programs with frags, on any kernel', {}, () => {
  it('run, or the kernel that they need is named', async () => {
    const { main } = await runModule('export const main = xdp((ctx) => ctx.packet.getUint8(0), { frags: true });');
    const run = () => testRun(main, { packet: packetOf(60, 0x700) }).value;
    if (kernelIsAtLeast('5.18')) expect(run()).toBe(7);
    else expect(run).toThrow(/several buffers.* needs Linux 5\.18/);
    main.close();
  });
});
