/** What `testRun` says of packets that the kernel takes for no test run, or that a program would see in part. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { testRun } from '../../../runtime/test-run.js';
import { describeKernel, kernelIsAtLeast } from '../../support/kernel.js';
import { runModule, type Exports } from '../support/module.js';

const TEXT = `
const atXdp = xdp((ctx) => ctx.packet.byteLength);
const atTc = tc('ingress', (ctx) => ctx.len);
const atSocket = socketFilter((ctx) => ctx.len);
export { atXdp, atTc, atSocket };
`;

describeKernel('packets of test runs', {}, () => {
  let module: Exports;

  beforeAll(async () => {
    module = await runModule(TEXT);
  });
  afterAll(() => {
    for (const item of Object.values(module ?? {})) item.close?.();
  });

  it.each(['atXdp', 'atTc', 'atSocket'])('are refused below an Ethernet header (%s)', (name) => {
    for (const length of [0, 13])
      expect(() => testRun(module[name], { packet: new Uint8Array(length) })).toThrow(
        `A test run needs a packet of at least 14 bytes, not ${length}.`,
      );
  });

  it('are not cut for an XDP program that takes one buffer', () => {
    expect(testRun(module.atXdp, { packet: new Uint8Array(3520) }).value).toBe(3520);
    expect(() => testRun(module.atXdp, { packet: new Uint8Array(3521) })).toThrow(
      /at most 3520 bytes, not 3521\. .*frags/,
    );
  });

  it('of more than a page are refused with the most that there may be', () => {
    expect(() => testRun(module.atTc, { packet: new Uint8Array(9000) })).toThrow(/EINVAL.*at most 3520 bytes/);
    expect(() => testRun(module.atSocket, { packet: new Uint8Array(9000) })).toThrow(/EINVAL.*at most 3506 bytes/);
  });

  it('that end in an IP header run, or are refused with the reason', () => {
    const cut = (length: number, type: readonly number[]) => {
      const packet = new Uint8Array(length);
      packet.set(type, 12);
      return packet;
    };
    const said = (name: string, packet: Uint8Array): string => {
      try {
        return `runs with ${testRun(module[name], { packet }).value}`;
      } catch (error) {
        return (error as Error).message;
      }
    };
    const ip = [0x08, 0x00];
    const ip6 = [0x86, 0xdd];
    expect(said('atTc', cut(34, ip))).toBe('runs with 34');
    expect(said('atTc', cut(33, ip))).toMatch(/^runs with 33$|ends inside the IP header: give at least 34 bytes/);
    expect(said('atTc', cut(53, ip6))).toMatch(/^runs with 53$|ends inside the IP header: give at least 54 bytes/);
    expect(said('atSocket', cut(19, ip))).toMatch(/^runs with 19$|ends inside the IP header: give at least 20 bytes/);
    expect(said('atSocket', cut(20, ip))).toBe('runs with 20');
    expect(said('atTc', cut(14, [0x88, 0xb5]))).toMatch(/^runs with 14$|without a byte behind its Ethernet header/);
    if (kernelIsAtLeast('6.18')) expect(said('atTc', cut(33, ip))).toContain('EINVAL');
  });
});
