/** Where packets go: to other interfaces, CPUs and programs, with real packets between namespaces. */
import dgram from 'node:dgram';
import { once } from 'node:events';
import koffi from 'koffi';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { attach } from '../../../runtime/attach/attach.js';
import { attachXdp } from '../../../runtime/attach/xdp.js';
import { testRun } from '../../../runtime/test-run.js';
import { describeKernel } from '../../support/kernel.js';
import { eventually } from '../support/child.js';
import { runModule, type Exports } from '../support/module.js';
import { command, Veth } from '../support/network.js';

const TEXT = `
const devices = new DevMap({ maxEntries: 4 });
const cpus = new CpuMap({ maxEntries: 4 });
const programs = new ProgramArray({ maxEntries: 4 });
const target = shared<{ index: u32; called: u64 }>({ index: 0, called: 0n });

const isOurs = (ctx: XdpContext) => {
  const udp = ctx.packet.at<UdpHdr>(34);
  return ctx.packet.getUint16(12) === ETH_P_IP && ctx.packet.getUint8(23) === IPPROTO_UDP && udp !== undefined && udp.dest === 9;
};

const toDevice = xdp((ctx) => (isOurs(ctx) ? devices.redirect(2, XDP.PASS) : XDP.PASS));
const toDeviceByHelper = xdp((ctx) => (isOurs(ctx) ? bpf.redirectMap(devices, 2, XDP.DROP) : XDP.PASS));
const toInterface = xdp((ctx) => (isOurs(ctx) ? bpf.redirect(target.index) : XDP.PASS));
const toCpu = xdp((ctx) => (isOurs(ctx) ? cpus.redirect(0, XDP.PASS) : XDP.PASS));
const countedToCpu = xdp((ctx) => {
  const udp = ctx.packet.at<UdpHdr>(34);
  if (!isOurs(ctx) || !udp) return XDP.PASS;
  udp.check = 0; // The sender left it to a network card.
  const result = cpus.redirect(1, XDP.DROP);
  if (result === XDP.REDIRECT) target.called += 1n;
  return result;
});
const fromTc = tc('ingress', (ctx) => (ctx.packet.byteLength > 40 && ctx.packet.getUint8(23) === 17 && ctx.packet.getUint16(36) === 9 ? bpf.redirect(target.index) : TC_ACT_OK));

/** Headers that were taken before a tail call are there behind it, where there is no program. */
const jump = xdp((ctx) => {
  const eth = ctx.packet.at<EthHdr>(0);
  if (!eth) return 90;
  programs.tailCall(ctx, ctx.packet.getUint8(20));
  return 100 + (eth.h_proto & 0xff);
});
interface Large { at: u32; bytes: Bytes<396> }
const kept = new ArrayMap<Large>({ maxEntries: 1 });
/** The kernel wants at most 256 bytes of stack around a function that makes a tail call; here there are 400. */
const jumpFromFunction = xdp((ctx) => {
  const large: Large = { at: ctx.packet.getUint8(21), bytes: new Uint8Array(396) };
  const goOn = (at: number) => {
    let sum = 0;
    for (let i = 0; i < 30; i++) sum ^= ctx.packet.getUint8(i);
    if (ctx.packet.getUint8(20) === at) programs.tailCall(ctx, at - 100);
    return sum;
  };
  large.at = goOn(100) + goOn(101);
  kept.set(0, large);
  return 400 + large.at;
});
const first = xdp((ctx) => { target.called += 1n; return 200 + ctx.packet.getUint8(20); });
const last = xdp((ctx) => { programs.tailCall(ctx, 1); return 300; });
const wrongType = tc('ingress', () => 0);
export { devices, cpus, programs, target, toDevice, toDeviceByHelper, toInterface, toCpu, countedToCpu, jumpFromFunction, fromTc, jump, first, last, wrongType };
`;

const PASS = 2;
const DROP = 1;
const REDIRECT = 4;

describeKernel('redirection', { since: '5.9' }, () => {
  let module: Exports;
  let from: Veth;
  let to: Veth;

  beforeAll(async () => {
    from = new Veth();
    to = new Veth();
    module = await runModule(TEXT);
  }, 240_000);
  afterAll(() => {
    for (const item of Object.values(module ?? {})) item.close?.();
    from?.[Symbol.dispose]();
    to?.[Symbol.dispose]();
  });

  const packet = Uint8Array.from({ length: 60 }, (_, index) => [0x08, 0x00][index - 12] ?? (index === 23 ? 17 : 0));
  packet.set([0, 9], 36);
  const index = ({ name }: Veth) => Number(/^(\d+):/.exec(command('ip', 'link', 'show', 'dev', name))![1]);
  /** How many packets have come in at the end that is in the namespace. */
  const arrived = (veth: Veth): number => {
    const [link] = JSON.parse(veth.inside('ip', '-j', '-s', 'link', 'show', 'dev', veth.peer)) as [
      { stats64: { rx: { packets: number } } },
    ];
    return link.stats64.rx.packets;
  };

  it.each(['toDevice', 'toDeviceByHelper', 'toInterface', 'fromTc'])(
    'sends packets of one interface out of another (%s)',
    async (name) => {
      module.target.index = index(to);
      module.devices.set(2, to.name);
      expect(module.devices.get(2)).toBe(index(to));
      using sent =
        name === 'fromTc'
          ? attach(module.fromTc, { interface: from.name })
          : attachXdp(module[name], { interface: from.name, mode: 'generic' });
      // What goes out of one end of a pair comes in at the other, here in another namespace.
      const before = arrived(to);
      from.sendIn(5, 9);
      await eventually(() => arrived(to) - before >= 5, 'five packets at the other end');
      sent.close();
      const then = arrived(to);
      from.sendIn(5, 9);
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(arrived(to) - then).toBeLessThan(5);
    },
  );

  it('gives what the flags say where there is no interface', () => {
    module.devices.delete(2);
    expect(testRun(module.toDevice, { packet }).value).toBe(PASS);
    expect(testRun(module.toDeviceByHelper, { packet }).value).toBe(DROP);
    module.devices.set(2, 1);
    expect(testRun(module.toDevice, { packet }).value).toBe(REDIRECT);
    expect(() => module.devices.set(2, 'nosuch0')).toThrow(/no network interface 'nosuch0'/);
  });

  it('hands packets to other CPUs', () => {
    expect(testRun(module.toCpu, { packet }).value).toBe(PASS);
    module.cpus.set(0, 192);
    expect([module.cpus.get(0), testRun(module.toCpu, { packet }).value]).toEqual([192, REDIRECT]);
  });

  it('hands packets that arrive to another CPU, which takes them up the stack', async () => {
    const received: string[] = [];
    const socket = dgram.createSocket('udp4', (message) => received.push(message.toString().trim()));
    socket.bind(9, from.address);
    await once(socket, 'listening');
    module.target.called = 0n;
    using attached = attachXdp(module.countedToCpu, { interface: from.name, mode: 'native' });
    from.sendIn(2, 9, 'no CPU');
    module.cpus.set(1, 64);
    from.sendIn(5, 9, 'by a CPU');
    await eventually(() => received.length >= 5, 'five datagrams');
    expect(received).toEqual(Array(5).fill('by a CPU'));
    expect(module.target.called).toBe(5n);
    module.target.called = 0n;
    attached.close();
    socket.close();
  });

  it('goes on from a function, however much stack is around it', () => {
    module.programs.set(0, module.first);
    const run = (byte: number) => {
      const changed = Uint8Array.from(packet);
      changed.set([byte], 20);
      return testRun(module.jumpFromFunction, { packet: changed }).value;
    };
    // Only the byte 100 leads to a program that is there; at 1 there is none.
    const otherwise = (byte: number) => 400 + 2 * (8 ^ 17 ^ byte);
    expect([run(100), run(101), run(0)]).toEqual([300, otherwise(101), otherwise(0)]);
    module.programs.delete(0);
    module.target.called = 0n;
  });

  it('goes on in the program at an index, and comes back where there is none', () => {
    const run = (at: number) => {
      const bytes = Uint8Array.from(packet);
      bytes[20] = at;
      return testRun(module.jump, { packet: bytes }).value;
    };
    expect([0, 1, 3, 4, 255].map(run)).toEqual([100, 100, 100, 100, 100]);
    module.programs.set(0, module.first).set(3, module.last);
    expect([0, 1, 3, 4].map(run)).toEqual([200, 100, 300, 100]);
    module.programs.set(1, module.first);
    expect([1, 3].map(run)).toEqual([201, 203]);
    expect(module.target.called).toBe(3n);
    module.programs.delete(0);
    expect(run(0)).toBe(100);
    expect(() => module.programs.set(2, module.wrongType)).toThrow(
      expect.objectContaining({ code: 'TSBPF2141', message: expect.stringContaining('of another type') }),
    );
    expect(() => module.programs.set(2, () => 0)).toThrow(expect.objectContaining({ code: 'TSBPF2101' }));
  });
});

describeKernel('redirection to sockets', { since: '5.9', needs: ['xdpSockets'] }, () => {
  it('hands packets to the AF_XDP socket of a queue', async () => {
    const module = await runModule(`
      const sockets = new XskMap({ maxEntries: 2 });
      const toSocket = xdp((ctx) => sockets.redirect(ctx.rx_queue_index, XDP.PASS));
      export { sockets, toSocket };`);
    const packet = new Uint8Array(60);
    expect(testRun(module.toSocket, { packet }).value).toBe(PASS);
    const libc = koffi.load('libc.so.6');
    // AF_XDP, SOCK_RAW
    const socket = libc.func('int socket(int family, int type, int protocol)')(44, 3, 0) as number;
    expect(socket).toBeGreaterThan(0);
    expect(() => module.sockets.set(1, module.sockets.fd)).toThrow(expect.objectContaining({ code: 'ENOTSOCK' }));
    module.sockets.set(0, socket);
    expect(testRun(module.toSocket, { packet }).value).toBe(REDIRECT);
    expect(module.sockets.delete(0)).toBe(true);
    expect(testRun(module.toSocket, { packet }).value).toBe(PASS);
    libc.func('int close(int fd)')(socket);
    module.toSocket.close();
    module.sockets.close();
  });
});
