/** `protochain`: chains of headers up to what the kernel lets a program walk, and what is said of longer ones. */
import path from 'node:path';
import { expect, it } from 'vitest';
import { formatDiagnostics } from '../../compiler/diagnostics/index.js';
import { memoryHost } from '../../compiler/host.js';
import { compile } from '../../compiler/index.js';
import { compileExpression, offlineFilter } from '../../runtime/native/libpcap.js';
import { batchOf } from '../support/batch-run.js';
import { describeKernel } from '../support/kernel.js';
import { TestObject } from '../support/test-run.js';

const root = path.resolve(import.meta.dirname, '../..');
const expression = 'ip6 protochain 6';
const MOST_HEADERS = 12;

/** IPv6 with so many headers before TCP: of each kind in turn, of 8, 16 and 24 bytes. */
function chain(headers: number): Uint8Array {
  const bytes = [...Array<number>(12).fill(2), 0x86, 0xdd, 0x60, 0, 0, 0, 0, 0];
  // Not 51: libpcap counts an authentication header's length from the beginning of the packet.
  const kinds = [...Array.from({ length: headers }, (_, at) => [60, 0, 43, 44][at % 4]!), 6];
  bytes.push(kinds[0]!, 64, ...Array<number>(32).fill(1));
  kinds.slice(1).forEach((next, at) => {
    const units = at % 3;
    bytes.push(next, units, ...Array<number>(units * 8 + 6).fill(0));
  });
  return Uint8Array.from([...bytes, ...Array<number>(20).fill(0)]);
}

const packets = Array.from({ length: MOST_HEADERS + 3 }, (_, headers) => chain(headers));
const contexts = { xdp: 'xdp(', tc: "tc('ingress', ", socketFilter: 'socketFilter(' } as const;

describeKernel('pcapFilter walks chains of headers', {}, () => {
  it('as libpcap does, which has no limit', () => {
    const filter = offlineFilter(compileExpression(expression, 1).code!);
    expect(packets.map((packet) => filter.matches(packet))).toEqual(packets.map(() => true));
    expect(filter.matches(chain(3).subarray(0, 70))).toBe(false);
    filter.free();
  });

  it.each(Object.entries(contexts))('in %s, as far as it goes', async (kind, head) => {
    const file = path.join(root, 'test/kernel/compiled/pcap-chains.ts');
    const text = `import { pcapFilter, socketFilter, tc, xdp } from 'tsbpf';
      export const main = ${head}(ctx) => (pcapFilter('${expression}', ctx) ? 2 : 1));`;
    const compilation = await compile(file, {}, memoryHost({ [file]: text }, root));
    const bytes = compilation.object();
    if (!bytes) throw new Error(formatDiagnostics(compilation.diagnostics, { directory: root, color: false }));
    using object = new TestObject(bytes);
    using batch = batchOf([...packets, chain(3).subarray(0, 70)], kind === 'socketFilter' ? 14 : 0);
    const expected = packets.map((_, headers) => (headers <= MOST_HEADERS ? 2 : 1));
    expect([...batch.run(object.program('main').fd)]).toEqual([...expected, 1]);
  });
});
