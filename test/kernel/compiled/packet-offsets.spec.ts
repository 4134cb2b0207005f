/** Offsets that the packet says in network order, masked and shifted: bounds that the verifier of every kernel has to learn. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { testRun } from '../../../runtime/test-run.js';
import { describeKernel } from '../../support/kernel.js';
import { runModule, type Exports } from '../support/module.js';

/** Each reads at an offset that is made of the packet's bytes 14 to 17. */
const offsets: Readonly<Record<string, readonly [text: string, of: (view: DataView) => number]>> = {
  whole: ['packet.getUint16(14)', (view) => view.getUint16(14)],
  masked: ['packet.getUint16(14) & 0xfff', (view) => view.getUint16(14) & 0xfff],
  low: ['packet.getUint16(14) & 0xff', (view) => view.getUint16(14) & 0xff],
  shifted: ['packet.getUint16(14) >> 4', (view) => view.getUint16(14) >> 4],
  words: ['(packet.getUint16(14) >> 12) * 4', (view) => (view.getUint16(14) >> 12) * 4],
  wide: ['packet.getUint32(14)', (view) => view.getUint32(14)],
  wideMasked: ['packet.getUint32(14) & 0x1ff', (view) => view.getUint32(14) & 0x1ff],
  sum: [
    '(packet.getUint16(14) & 0x1ff) + (packet.getUint8(17) & 15) * 4 + 2',
    (view) => (view.getUint16(14) & 0x1ff) + (view.getUint8(17) & 15) * 4 + 2,
  ],
};
const kinds = { xdp: 'xdp(', tc: "tc('ingress', " } as const;
const names = Object.keys(offsets).flatMap((name) => Object.keys(kinds).map((kind) => [name, kind] as const));

const TEXT = `
${names
  .flatMap(([name, kind]) =>
    [8, 16, 32].map(
      (bits) =>
        `const ${name}_${kind}_${bits} = ${kinds[kind as keyof typeof kinds]}({ packet }) => packet.getUint${bits}(${offsets[name]![0]}), { defaultResult: 98 });`,
    ),
  )
  .join('\n')}
export { ${names.flatMap(([name, kind]) => [8, 16, 32].map((bits) => `${name}_${kind}_${bits}`)).join(', ')} };
`;

describeKernel('offsets in network order', {}, () => {
  let module: Exports;

  beforeAll(async () => {
    module = await runModule(TEXT);
  }, 120_000);
  afterAll(() => {
    for (const item of Object.values(module ?? {})) item.close?.();
  });

  /** Bytes 14 to 17, and how long the packet is. */
  const packets = [
    [0x0012, 0x0025, 600],
    [0x01fe, 0x01ff, 600],
    [0x0257, 0x1033, 600],
    [0x0256, 0x0000, 600],
    [0xffff, 0xffff, 600],
    [0xfffe, 0x8000, 3000],
    [0x0000, 0x0254, 600],
    [0xf0b0, 0x0001, 3000],
  ] as const;

  it.each(names)('made by %s, in %s', (name, kind) => {
    for (const bits of [8, 16, 32] as const) {
      for (const [high, low, length] of packets) {
        const packet = Uint8Array.from({ length }, (_, index) => (index * 7 + (index >> 8)) & 0xff);
        const view = new DataView(packet.buffer);
        view.setUint16(12, 0x88b5);
        view.setUint16(14, high);
        view.setUint16(16, low);
        const at = offsets[name]![1](view);
        const read = { 8: () => view.getUint8(at), 16: () => view.getUint16(at), 32: () => view.getUint32(at) }[bits];
        const expected = at + bits / 8 <= length ? read() : 98;
        expect([bits, high, at, testRun(module[`${name}_${kind}_${bits}`], { packet }).value]).toEqual([
          bits,
          high,
          at,
          expected,
        ]);
      }
    }
  });
});
