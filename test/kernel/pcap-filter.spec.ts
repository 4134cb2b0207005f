/** What pcapFilter says of packets is what libpcap's own interpreter says, in each kind of network program. */
import { expect, it } from 'vitest';
import { compileExpression, offlineFilter } from '../../runtime/native/libpcap.js';
import { describeKernel } from '../support/kernel.js';
import { canBeTested, makePackets } from '../support/packet-maker.js';
import { compileFilters, differences } from '../support/pcap-differences.js';
import { ethernetExpressions } from '../support/pcap-expressions.mjs';
import { TestObject } from '../support/test-run.js';

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
        using object = new TestObject(await compileFilters(wrap, expressions));
        const wrong = expressions.flatMap((expression, index) =>
          differences(expression, 1, object.program(`filter_${index}`).fd, packets, skip).slice(0, 3),
        );
        expect(wrong).toEqual([]);
      });
    });
  }
});
