/**
 * VLAN tags that the kernel keeps beside packets: pcapFilter says of them what libpcap's filters of a live capture say, which
 * the kernel itself runs beside, on the same frames.
 */
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { attach, loadObject, RawSocket, SocketFilter } from 'tsbpf';
import { formatDiagnostics } from '../../compiler/diagnostics/index.js';
import { memoryHost } from '../../compiler/host.js';
import { compile } from '../../compiler/index.js';
import { describeKernel } from '../support/kernel.js';
import { attachClassic, compileLive } from '../support/live-pcap.js';
import { Veth } from './support/network.js';

const root = path.resolve(import.meta.dirname, '../..');

const expressions = [
  'vlan',
  'not vlan',
  'vlan 5',
  'vlan (5)',
  'not vlan 5',
  'vlan 0',
  'vlan 4095',
  'vlan and tcp port 80',
  'vlan 5 and tcp port 80',
  'vlan 5 and udp',
  'vlan 6 or udp',
  'tcp port 80',
  'tcp port 80 and vlan 5',
  'tcp port 80 or vlan 6',
  'vlan and vlan',
  'vlan 5 and vlan 100',
  'vlan 5 and vlan 100 and udp port 53',
  'vlan and vlan and vlan',
  'vlan 5 and arp',
  'vlan and not (arp or ip)',
  'ether proto 0x8100',
  'ether[12:2] = 0x9100',
  'vlan and greater 70',
  'ip and vlan and host 10.0.0.1',
] as const;

const ip = (protocol: number, from: number, to: number) => [
  ...[0x45, 0, 0, 60, 0, 1, 0, 0, 64, protocol, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2],
  ...[from >> 8, from & 255, to >> 8, to & 255, 0, 0, 0, 0, 0, 0, 0, 0, 0x50, 2],
];
const tcp = [8, 0, ...ip(6, 1024, 80)];
const udp = [8, 0, ...ip(17, 53, 53)];
const arp = [8, 6, 0, 1, 8, 0, 6, 4, 0, 1];
const tag = (number: number, type = 0x8100) => [type >> 8, type & 255, number >> 8, number & 255];
const bodies = [
  tcp,
  udp,
  arp,
  [...tag(5), ...tcp],
  [...tag(5), ...udp],
  [...tag(5), ...arp],
  [...tag(6), ...tcp],
  [...tag(0), ...tcp],
  [...tag(0xe005), ...tcp],
  [...tag(4095), ...udp],
  [...tag(5, 0x88a8), ...udp],
  [...tag(5, 0x9100), ...tcp],
  [...tag(5), ...tag(100), ...udp],
  [...tag(5, 0x88a8), ...tag(100), ...tcp],
  [...tag(100), ...tag(5), ...tcp],
  [...tag(5), ...tag(100), ...tag(7), ...udp],
  [...tag(5, 0x9100), ...tag(100), ...udp],
  [...tag(5), 0x88, 0xb5],
];
const MARK = [2, 0x74, 0x73, 0x62];
/** Frames by number, which is in the sender's address. */
const frames = bodies.map((body, number) => {
  const frame = new Uint8Array(80 + number);
  frame.set([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, ...MARK, 0, number, ...body]);
  return frame;
});

async function load(lines: readonly string[]) {
  const file = path.join(root, 'test/kernel/compiled/pcap-vlan.ts');
  const text = [
    "import { ArrayMap, bpf, htons, pcapFilter, rawTracepoint, socketFilter, tc } from 'tsbpf';",
    "import type { KernelStruct, RawArgs, u32, u64 } from 'tsbpf';",
    'interface sk_buff extends KernelStruct { len: u32 }',
    `const counts = new ArrayMap<u64>({ maxEntries: ${expressions.length} });`,
    ...lines,
  ].join('\n');
  const compilation = await compile(file, {}, memoryHost({ [file]: text }, root));
  const object = compilation.object();
  if (!object) throw new Error(formatDiagnostics(compilation.diagnostics, { directory: root, color: false }));
  return loadObject(object);
}

function counts(loaded: Awaited<ReturnType<typeof load>>): Readonly<Record<string, number>> {
  const map = loaded.maps['counts'] as unknown as { get(key: number): bigint };
  return Object.fromEntries(expressions.map((text, index) => [text, Number(map.get(index))]));
}

/** A program that counts what matches, of those packets alone. */
const counting = (head: string, packet: string, those: string) => [
  `export const main = ${head} {`,
  `  if (!pcapFilter('${those}', ${packet})) return 0;`,
  ...expressions.map((text, index) => `  if (pcapFilter('${text}', ${packet})) counts[${index}] += 1n;`),
  '  return 0;',
  '});',
];

describeKernel('pcapFilter and a live capture by libpcap agree about VLAN tags beside packets', {}, () => {
  let veth: Veth;
  let expected: readonly (readonly number[])[];

  const ours = (socket: RawSocket): readonly number[] =>
    socket
      .read({ batch: true })
      .filter(({ data }) => MARK.every((byte, index) => data[6 + index] === byte))
      .map(({ data }) => data[11]!);

  beforeAll(() => {
    veth = new Veth();
    const codes = compileLive(veth.name, expressions);
    const sockets = codes.map((code) => {
      const socket = RawSocket.open({ interface: veth.name });
      attachClassic(socket.fd, code);
      return socket;
    });
    veth.sendFrames(frames);
    expected = sockets.map(ours);
    sockets.forEach((socket) => socket.close());
  });
  afterAll(() => veth?.[Symbol.dispose]());

  it('where the tags were taken out of the frames, so that expressions differ from those of files', () => {
    const of = (expression: (typeof expressions)[number]) => expected[expressions.indexOf(expression)];
    expect(of('vlan 5')).toEqual([3, 4, 5, 8, 10, 11, 12, 13, 15, 16, 17]);
    expect(of('tcp port 80')).toEqual([0, 3, 6, 7, 8]);
    expect(of('not vlan')).toEqual([0, 1, 2]);
    expect(of('ether proto 0x8100')).toEqual([12, 13, 14, 15]);
  });

  it('in socket filters', async () => {
    using loaded = await load(
      expressions.map(
        (text, index) =>
          `export const filter_${index} = socketFilter((ctx) => (pcapFilter('${text}', ctx) ? 0xffff : 0));`,
      ),
    );
    const sockets = expressions.map((_, index) => {
      const socket = RawSocket.open({ interface: veth.name });
      new SocketFilter(loaded.programs[`filter_${index}`]!).attach(socket);
      return socket;
    });
    veth.sendFrames(frames);
    const got = sockets.map(ours);
    sockets.forEach((socket) => socket.close());
    expect(Object.fromEntries(expressions.map((text, index) => [text, got[index]]))).toEqual(
      Object.fromEntries(expressions.map((text, index) => [text, expected[index]])),
    );
  });

  const expectedCounts = () => Object.fromEntries(expressions.map((text, index) => [text, expected[index]!.length]));

  it('in tc at ingress', async () => {
    using loaded = await load(
      counting("tc('ingress', (ctx) =>", 'ctx', `ether[6:4] = 0x${Buffer.from(MARK).toString('hex')}`),
    );
    using _link = attach(loaded.programs['main']!, { interface: veth.name });
    veth.sendFrames(frames);
    expect(counts(loaded)).toEqual(expectedCounts());
  });
});

describeKernel('pcapFilter on a sk_buff with VLAN tags beside the packet', { needs: ['btf'] }, () => {
  it('takes them from the kernel’s own struct', async () => {
    using veth = new Veth();
    const port = "pcapFilter('udp dst port 4711', ";
    // What tc does at egress comes before the tracepoint.
    using loaded = await load([
      `export const push = tc('egress', (ctx) => {`,
      `  if (${port}ctx)) bpf.skbVlanPush(ctx, htons(0x8100), 5);`,
      `  return 0;`,
      `});`,
      ...counting(
        "rawTracepoint('net_dev_queue', (_ctx: RawArgs, skb: sk_buff) =>",
        'skb',
        'udp dst portrange 4711-4712',
      ),
    ]);
    using _push = attach(loaded.programs['push']!, { interface: veth.name, direction: 'egress' });
    using _count = attach(loaded.programs['main']!);
    veth.sendOut(3, 4711);
    veth.sendOut(1, 4712);
    const seen = counts(loaded);
    expect(seen).toMatchObject({
      ...{ vlan: 3, 'vlan 5': 3, 'vlan (5)': 3, 'vlan 6 or udp': 3, 'vlan 0': 0, 'not vlan': 1, 'not vlan 5': 1 },
      ...{ 'vlan 5 and udp': 3, 'vlan and vlan': 0, 'vlan 5 and arp': 0, 'vlan and not (arp or ip)': 0 },
    });
  });
});
