/** pcapFilter on a `sk_buff` of the kernel, of probes and raw tracepoints: packets that are sent, and that were received. */
import { createSocket } from 'node:dgram';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { attach, loadObject } from 'tsbpf';
import { formatDiagnostics } from '../../compiler/diagnostics/index.js';
import { memoryHost } from '../../compiler/host.js';
import { compile } from '../../compiler/index.js';
import { describeKernel } from '../support/kernel.js';

const root = path.resolve(import.meta.dirname, '../..');
const PORT = 40_917;

/** What is counted, under which number, and how many of the ten packets are that: of 100 bytes, to one port, over loopback. */
const filters: readonly (readonly [expression: string, packets: number])[] = [
  ['udp dst port 40917 and dst host 127.0.0.1', 10],
  ['ip and udp[4:2] = 108 and udp[8] = 0x61 and udp dst port 40917', 10],
  ['udp dst port 40917 and len = 142', 10],
  ['udp dst port 40917 and udp[107] = 0x61', 10],
  ['udp dst port 40917 and udp[108] = 0x61', 0],
  ['udp dst port 40917 and ip[ip[2:2] - 1] = 0x61', 10],
  ['udp dst port 40918', 0],
  ['tcp and dst port 40917', 0],
  ['udp dst port 40917 and ifindex 1', 10],
  ['udp dst port 40917 and ifindex 77', 0],
];

function source(probe: string): string {
  const tests = filters.map(([expression], index) => `if (pcapFilter('${expression}', skb)) counts[${index}] += 1n;`);
  return `
    import { ArrayMap, kprobe, pcapFilter, rawTracepoint } from 'tsbpf';
    import type { KernelStruct, PtRegs, RawArgs, u32, u64 } from 'tsbpf';
    interface sk_buff extends KernelStruct { len: u32 }
    const counts = new ArrayMap<u64>({ maxEntries: ${filters.length} });
    export const watch = ${probe} => {
      ${tests.join('\n')}
      return 0;
    });`;
}

async function count(probe: string): Promise<readonly number[]> {
  const file = path.join(root, 'test/kernel/compiled/pcap-buffer.ts');
  const compilation = await compile(file, {}, memoryHost({ [file]: source(probe) }, root));
  const object = compilation.object();
  if (!object) throw new Error(formatDiagnostics(compilation.diagnostics, { directory: root, color: false }));
  using loaded = loadObject(object);
  using _link = attach(loaded.programs['watch']!);
  await sendPackets();
  const counts = loaded.maps['counts'] as unknown as { get(key: number): bigint };
  return filters.map((_, index) => Number(counts.get(index)));
}

async function sendPackets(): Promise<void> {
  const socket = createSocket('udp4');
  await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
  for (let index = 0; index < 10; index++)
    await new Promise((done) => socket.send('a'.repeat(100), PORT, '127.0.0.1', done));
  await sleep(50);
  socket.close();
}

const expected = filters.map(([, packets]) => packets);

describeKernel('pcapFilter on packets in raw tracepoints', { needs: ['btf'] }, () => {
  it('says what they are before they are sent', async () => {
    expect(await count("rawTracepoint('net_dev_queue', (_ctx: RawArgs, skb: sk_buff)")).toEqual(expected);
  });

  it('says what they are when they were received', async () => {
    expect(await count("rawTracepoint('netif_receive_skb', (_ctx: RawArgs, skb: sk_buff)")).toEqual(expected);
  });
});

describeKernel('pcapFilter on packets in kprobes', { needs: ['kprobes', 'btf'] }, () => {
  it('says what they are before they are sent', async () => {
    expect(await count("kprobe('__dev_queue_xmit', (_ctx: PtRegs, skb: sk_buff)")).toEqual(expected);
  });

  it('says what they are when they were received', async () => {
    expect(await count("kprobe('ip_rcv', (_ctx: PtRegs, skb: sk_buff)")).toEqual(expected);
  });
});
