/** What pcapFilter says of packets is what libpcap's own interpreter says, in each kind of network program. */
import path from 'node:path';
import { expect, it } from 'vitest';
import { formatDiagnostics } from '../../compiler/diagnostics/index.js';
import { memoryHost } from '../../compiler/host.js';
import { compile } from '../../compiler/index.js';
import { compileExpression, offlineFilter } from '../../runtime/native/libpcap.js';
import { batchOf } from '../support/batch-run.js';
import { describeKernel } from '../support/kernel.js';
import { canBeTested, makePackets } from '../support/packet-maker.js';
import { ethernetExpressions } from '../support/pcap-expressions.mjs';
import { TestObject } from '../support/test-run.js';

const root = path.resolve(import.meta.dirname, '../..');
/** A guest emulates its processor. */
const count = process.env['TSBPF_VM'] === undefined ? 1000 : 60;

const contexts = {
  xdp: { wrap: (filter: string) => `xdp((ctx) => ${filter} ? 2 : 1)`, accepted: 2, least: 14, skip: 0 },
  tc: { wrap: (filter: string) => `tc('ingress', (ctx) => ${filter} ? 2 : 1)`, accepted: 2, least: 15, skip: 0 },
  socketFilter: {
    wrap: (filter: string) => `socketFilter((ctx) => ${filter} ? 2 : 1)`,
    accepted: 2,
    least: 1,
    skip: 14,
  },
} as const;

/** So many expressions an object. */
const GROUP = 25;
const groups = Array.from({ length: Math.ceil(ethernetExpressions.length / GROUP) }, (_, group) =>
  ethernetExpressions.slice(group * GROUP, (group + 1) * GROUP),
);

/** Compiles a program for each expression, as one object. */
async function compileFilters(
  wrap: (filter: string) => string,
  expressions: readonly string[],
  linkType?: string,
): Promise<TestObject> {
  const link = linkType === undefined ? '' : `, '${linkType}'`;
  const programs = expressions.map((expression, index) => {
    const filter = `pcapFilter(${JSON.stringify(expression)}, ctx${link})`;
    return `export const filter_${index} = ${wrap(filter)};`;
  });
  const file = path.join(root, 'test/kernel/compiled/pcap-filters.ts');
  const text = ["import { pcapFilter, socketFilter, tc, xdp } from 'tsbpf';", ...programs, ''].join('\n');
  const compilation = await compile(file, {}, memoryHost({ [file]: text }, root));
  const object = compilation.object();
  if (!object) throw new Error(formatDiagnostics(compilation.diagnostics, { directory: root, color: false }));
  return new TestObject(object);
}

/** Those packets of which the program says another thing than libpcap does, as text. */
function differences(
  expression: string,
  linkType: number,
  fd: number,
  packets: readonly Uint8Array[],
  skip: number,
): readonly string[] {
  const { code, error } = compileExpression(expression, linkType);
  if (!code) throw new Error(error);
  const reference = offlineFilter(code);
  using batch = batchOf(packets, skip);
  try {
    const results = batch.run(fd);
    return packets.flatMap((packet, index) => {
      const expected = reference.matches(packet) ? 2 : 1;
      if (results[index] === expected) return [];
      return [`'${expression}' gives ${results[index]}, not ${expected}: ${Buffer.from(packet).toString('hex')}`];
    });
  } finally {
    reference.free();
  }
}

describeKernel('pcapFilter and libpcap agree', {}, () => {
  it('about expressions of which packets match, and packets do not', () => {
    const packets = makePackets(count, 1);
    const oneSided = ethernetExpressions.filter((expression) => {
      const reference = offlineFilter(compileExpression(expression, 1).code!);
      const matching = packets.filter((packet) => reference.matches(packet)).length;
      reference.free();
      return matching === 0 || matching === packets.length;
    });
    // Few expressions say the same of all packets; they are the ones that are meant to.
    expect(ethernetExpressions.length).toBeGreaterThanOrEqual(120);
    expect(oneSided.length).toBeLessThan(ethernetExpressions.length / (count < 1000 ? 2 : 10));
  });

  for (const [name, { wrap, least, skip }] of Object.entries(contexts)) {
    const made = makePackets(count * 2, 7, { least });
    const packets = (name === 'tc' ? made.filter(canBeTested) : made).slice(0, count);
    groups.forEach((expressions, group) => {
      it(`in ${name}, expressions ${group * GROUP} and following`, async () => {
        using object = await compileFilters(wrap, expressions);
        const wrong = expressions.flatMap((expression, index) =>
          differences(expression, 1, object.program(`filter_${index}`).fd, packets, skip).slice(0, 3),
        );
        expect(wrong).toEqual([]);
      });
    });
  }
});
