/** pcapFilter for packets that do not begin with Ethernet, in each context and in memory, run by the kernel beside libpcap. */
import { expect, it } from 'vitest';
import { loadObject } from 'tsbpf';
import { linkTypeOf } from '../../runtime/link-type-names.js';
import { compileExpression } from '../../runtime/native/libpcap.js';
import { batchOf } from '../support/batch-run.js';
import { describeKernel } from '../support/kernel.js';
import { canBeTested, linkTypeMakers, makePackets } from '../support/packet-maker.js';
import { compileFilters, differences, expectedVerdicts, unequal } from '../support/pcap-differences.js';
import { ethernetExpressions } from '../support/pcap-expressions.mjs';
import { TestObject } from '../support/test-run.js';

/** A guest emulates its processor. */
const isGuest = process.env['TSBPF_VM'] !== undefined;
const count = isGuest ? 40 : 400;
const step = isGuest ? 11 : 3;

const contexts = {
  xdp: { wrap: (filter: string) => `xdp((ctx) => ${filter} ? 2 : 1)`, least: 14, skip: 0 },
  tc: { wrap: (filter: string) => `tc('ingress', (ctx) => ${filter} ? 2 : 1)`, least: 15, skip: 0 },
  socketFilter: { wrap: (filter: string) => `socketFilter((ctx) => ${filter} ? 2 : 1)`, least: 1, skip: 14 },
} as const;

const MEMORY = 192;
const memory = {
  head: `
    interface Captured { length: u32; bytes: Bytes<${MEMORY}> }
    const captured = new ArrayMap<Captured>({ maxEntries: 1 });`,
  packet: '{ data: packet.bytes, length: packet.length }',
  wrap: (filter: string) => `xdp(() => { const packet = captured.get(0); return packet && ${filter} ? 2 : 1; })`,
};

describeKernel('pcapFilter and libpcap agree about link types', {}, () => {
  for (const [linkType, make] of Object.entries(linkTypeMakers)) {
    const number = () => linkTypeOf(linkType)!;
    // Those that are about Ethernet or tags libpcap refuses.
    const expressions = () =>
      ethernetExpressions.filter((text) => compileExpression(text, number()).code).filter((_, at) => at % step === 0);

    for (const [name, { wrap, least, skip }] of Object.entries(contexts)) {
      it(`${linkType}, in ${name}`, async () => {
        expect(expressions().length).toBeGreaterThan(isGuest ? 8 : 30);
        const made = makePackets(count * 2, 3, { make, least });
        const packets = (name === 'tc' ? made.filter(canBeTested) : made).slice(0, count);
        using object = new TestObject(await compileFilters(wrap, expressions(), { linkType }));
        const wrong = expressions().flatMap((expression, index) =>
          differences(expression, number(), object.program(`filter_${index}`).fd, packets, skip).slice(0, 3),
        );
        expect(wrong).toEqual([]);
      });
    }

    it(`${linkType}, in memory`, async () => {
      const packets = makePackets(count / 4, 5, { make }).map((packet) => packet.subarray(0, MEMORY));
      const { head, packet, wrap } = memory;
      using loaded = loadObject(await compileFilters(wrap, expressions(), { linkType, head, packet }));
      const captured = loaded.maps['captured'] as unknown as {
        set(key: number, value: { length: number; bytes: Uint8Array }): void;
      };
      const fds = expressions().map((_, index) => loaded.programs[`filter_${index}`]!.fd);
      const results = expressions().map((): number[] => []);
      using batch = batchOf([new Uint8Array(64)]);
      for (const packet of packets) {
        const bytes = new Uint8Array(MEMORY);
        bytes.set(packet);
        captured.set(0, { length: packet.length, bytes });
        fds.forEach((fd, index) => results[index]!.push(batch.run(fd)[0]!));
      }
      const wrong = expressions().flatMap((expression, index) =>
        unequal(expression, packets, results[index]!, expectedVerdicts(expression, number(), packets)).slice(0, 3),
      );
      expect(wrong).toEqual([]);
    });
  }
});
