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
  remainder: ['14 + (packet.getUint8(14) % 5)', (view) => 14 + (view.getUint8(14) % 5)],
  quotient: ['Math.trunc(packet.getUint16(14) / 20)', (view) => Math.trunc(view.getUint16(14) / 20)],
  distance: ['Math.abs(packet.getUint8(15) - 50)', (view) => Math.abs(view.getUint8(15) - 50)],
  chosen: [
    'packet.getUint8(14) > 3 ? packet.getUint8(15) : packet.getUint8(16) % 3',
    (view) => (view.getUint8(14) > 3 ? view.getUint8(15) : view.getUint8(16) % 3),
  ],
  sum: [
    '(packet.getUint16(14) & 0x1ff) + (packet.getUint8(17) & 15) * 4 + 2',
    (view) => (view.getUint16(14) & 0x1ff) + (view.getUint8(17) & 15) * 4 + 2,
  ],
};

/** Each leaves an offset in a variable, and may return before. Of the loops the last is not unrolled. */
const variables: Readonly<Record<string, string>> = {
  either: 'let at = packet.getUint8(17) * 4; if (packet.getUint8(16) & 1) at = packet.getUint16(14);',
  counted:
    'let at = 18; for (let i = 0; i < 4; i++) { if (packet.getUint8(at) === 255) return 97; at += (packet.getUint8(14 + i) + 1) * 8; }',
  ordered:
    'let at = 18; for (let i = 0; i < 3; i++) { if (packet.getUint8(at) === 255) return 97; at += packet.getUint16(14) >> 4; }',
  back: 'let at = packet.getUint8(17); if (packet.getUint8(15) > 3) at -= 2;',
  parted: 'let at = packet.getUint8(17) % 100; if (packet.getUint8(15) > 3) at += 2;',
  stepped:
    'let at = 18; const step = packet.getUint8(17) * 8; for (let i = 0; i < 40; i++) { if (packet.getUint8(at) === 255) return 97; at += step; }',
};
const kinds = { xdp: 'xdp(', tc: "tc('ingress', " } as const;
const inKinds = (texts: object) =>
  Object.keys(texts).flatMap((name) => (['xdp', 'tc'] as const).map((kind) => [name, kind] as const));
const names = inKinds(offsets);
const variableNames = inKinds(variables);

const TEXT = `
${names
  .flatMap(([name, kind]) =>
    [8, 16, 32].map(
      (bits) =>
        `const ${name}_${kind}_${bits} = ${kinds[kind]}({ packet }) => packet.getUint${bits}(${offsets[name]![0]}), { defaultResult: 98 });`,
    ),
  )
  .join('\n')}
${variableNames
  .map(
    ([name, kind]) => `export const ${name}_${kind} = ${kinds[kind]}({ packet }) => {
      ${variables[name]} return packet.getUint32(at);
    }, { defaultResult: 98 });`,
  )
  .join('\n')}
export const header = tc('ingress', ({ packet }) => packet.at<UdpHdr>(packet.getUint8(17) + 14)?.source ?? 98);
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

  function packetWith(high: number, low: number, length: number) {
    const packet = Uint8Array.from({ length }, (_, index) => (index * 7 + (index >> 8)) & 0xff);
    const view = new DataView(packet.buffer);
    view.setUint16(12, 0x88b5);
    view.setUint16(14, high);
    view.setUint16(16, low);
    return { packet, view };
  }

  it.each(names)('made by %s, in %s', (name, kind) => {
    for (const bits of [8, 16, 32] as const) {
      for (const [high, low, length] of packets) {
        const { packet, view } = packetWith(high, low, length);
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

  it('finds headers at an offset that an instruction has loaded', () => {
    for (const at of [0, 3, 255]) {
      const { packet, view } = packetWith(0, at, 270);
      expect(testRun(module.header, { packet }).value).toBe(at + 22 <= 270 ? view.getUint16(at + 14) : 98);
    }
  });

  /** What JavaScript does with the same text; where a `DataView` throws, the program ends with its default result. */
  function inJavaScript(text: string, view: DataView): number {
    try {
      return new Function('packet', text)(view) as number;
    } catch (error) {
      if (error instanceof RangeError) return 98;
      throw error;
    }
  }

  it.each(variableNames)('in a variable: %s, in %s', (name, kind) => {
    for (const [high, low, length] of packets) {
      const { packet, view } = packetWith(high, low, length);
      const expected = inJavaScript(`${variables[name]} return packet.getUint32(at);`, view);
      expect([high, low, testRun(module[`${name}_${kind}`], { packet }).value]).toEqual([high, low, expected]);
    }
  });
});
