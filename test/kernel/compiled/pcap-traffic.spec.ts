/** pcapFilter in filters on real traffic: what tc and sockets drop and keep by an expression, and segments of 64 KB. */
import { execFile } from 'node:child_process';
import dgram from 'node:dgram';
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

const PORT = 7301;

/** Segments that the kernel builds for the card to cut lie in pages, behind a linear part of headers alone. */
const TEXT = `
const counts = new ArrayMap<u64>({ maxEntries: 16 });
const ours = 'tcp and port ${PORT}';

const refuseIn = new IngressFilter((skb: SkBuff) => pcapFilter('udp dst port 7302 and udp[8] = 0x64', skb));
const refuseOut = new EgressFilter((skb: SkBuff) => pcapFilter('udp dst port 7302 and udp[8] = 0x64', skb));
const keep = new SocketFilter((skb: SkBuff) => pcapFilter('udp dst port 7302 and udp[8] = 0x64', skb) ? 0xffff : 0);
const dropIn = xdp((ctx) => pcapFilter('udp dst port 7302 and udp[8] = 0x64', ctx) ? XDP.DROP : XDP.PASS);
const act = tcAction((ctx) => (pcapFilter('udp dst port 7302', ctx) ? TC_ACT_SHOT : TC_ACT_OK));

const countAt = (skb: SkBuff, first: number) => {
  if (!pcapFilter(ours, skb)) return;
  if (pcapFilter('len > 3000', skb)) counts[first] += 1n;
  // The last byte of the payload's second kilobyte, and the last of the packet.
  if (pcapFilter('len > 3000 and tcp[((tcp[12] & 0xf0) >> 2) + 2047] = 0x61', skb)) counts[first + 1] += 1n;
  if (pcapFilter('len > 3000 and ether[len - 1] = 0x61', skb)) counts[first + 2] += 1n;
  if (pcapFilter('len > 3000 and ether[len - 1] = 0x62', skb)) counts[first + 3] += 1n;
};
const segmentsIn = tc('ingress', (ctx) => { countAt(ctx, 0); return TC_ACT_OK; });
const segmentsOut = tc('egress', (ctx) => { countAt(ctx, 4); return TC_ACT_OK; });
const segmentsAtSocket = socketFilter((ctx) => { countAt(ctx, 8); return 0; });
export { counts, refuseIn, refuseOut, keep, dropIn, act, segmentsIn, segmentsOut, segmentsAtSocket };
`;

describeKernel('pcapFilter on traffic', {}, () => {
  let module: Exports;
  let veth: Veth;
  const socket = dgram.createSocket('udp4');
  let texts: string[] = [];

  beforeAll(async () => {
    veth = new Veth();
    module = await runModule(TEXT);
    socket.on('message', (message) => texts.push(message.toString().trim()));
    socket.bind(7302, veth.address);
    await once(socket, 'listening');
  });
  afterAll(() => {
    socket.close();
    for (const item of Object.values(module ?? {})) item.close?.();
    veth?.[Symbol.dispose]();
  });

  /** What of four datagrams comes in here. */
  async function received(): Promise<readonly string[]> {
    texts = [];
    for (const text of ['drop', 'keep', 'd', 'e']) veth.sendIn(1, 7302, text);
    await new Promise((resolve) => setTimeout(resolve, 100));
    return texts;
  }

  it('drops by an IngressFilter what matches, and nothing else', async () => {
    using installed = module.refuseIn.install(veth.name) as Disposable & { close(): void };
    expect(await received()).toEqual(['keep', 'e']);
    installed.close();
    expect(await received()).toEqual(['drop', 'keep', 'd', 'e']);
  });

  it('drops by an XDP program', async () => {
    using attached = attachXdp(module.dropIn, { interface: veth.name });
    expect(await received()).toEqual(['keep', 'e']);
    attached.close();
  });

  it('drops by an EgressFilter', () => {
    using packets = RawSocket.open({ interface: veth.name });
    const sent = () => {
      for (const text of ['drop', 'keep', 'd', 'e']) veth.sendOut(1, 7302, text);
      return packets
        .read({ batch: true })
        .filter(({ data, packetType }) => packetType === 'outgoing' && data[23] === 17)
        .map(({ data }) => Buffer.from(data.subarray(42)).toString().trim());
    };
    using installed = module.refuseOut.install(veth.name) as Disposable & { close(): void };
    // Packet sockets see what leaves behind tc.
    expect(sent()).toEqual(['keep', 'e']);
    installed.close();
    expect(sent()).toEqual(['drop', 'keep', 'd', 'e']);
  });

  it('decides in a tc action', () => {
    const packet = new Uint8Array(60);
    packet.set([0x08, 0x00, 0x45], 12);
    packet.set([17], 23);
    packet.set([7302 >> 8, 7302 & 0xff], 36);
    const [ok, shot] = [0, 2];
    expect(testRun(module.act, { packet }).value).toBe(shot);
    packet.set([6], 23);
    expect(testRun(module.act, { packet }).value).toBe(ok);
  });

  it('keeps by a SocketFilter what matches', async () => {
    using packets = RawSocket.open({ interface: veth.name });
    module.keep.attach(packets);
    await received();
    expect(packets.read({ batch: true }).map(({ data }) => Buffer.from(data.subarray(42)).toString().trim())).toEqual([
      'drop',
      'd',
    ]);
  });

  it('reads segments of 64 KB to their last byte, in tc and in socket filters', async () => {
    using packets = RawSocket.open({ interface: veth.name });
    using incoming = attach(module.segmentsIn, { interface: veth.name });
    using outgoing = attach(module.segmentsOut, { interface: veth.name });
    new SocketFilter(module.segmentsAtSocket).attach(packets);
    // All that is sent is 'a'; it comes back as it was.
    const server = net.createServer((connection) => connection.pipe(connection));
    server.listen(PORT, veth.address);
    await once(server, 'listening');
    const client = `
      const socket = require('node:net').connect(${PORT}, '${veth.address}');
      let left = 400000;
      socket.on('data', (data) => { if ((left -= data.length) === 0) socket.end(); });
      socket.write(Buffer.alloc(left, 'a'));`;
    const child = execFile('nsenter', [`--net=/run/netns/${veth.namespace}`, process.execPath, '-e', client]);
    await once(child, 'exit');
    server.close();
    const count = (at: number) => Number(module.counts.get(at));
    for (const first of [0, 4, 8]) {
      const [long, inside, atEnd, other] = [0, 1, 2, 3].map((at) => count(first + at));
      expect(long).toBeGreaterThan(5);
      expect([inside, atEnd, other]).toEqual([long, long, 0]);
    }
    incoming.close();
    outgoing.close();
  });
});
