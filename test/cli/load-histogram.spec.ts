/** How `tsbpf load` knows and draws histograms. */
import { describe, expect, it } from 'vitest';
import { bucketsOf, drawHistogram, parseScale, type Scale } from '../../cli/load/histogram.js';
import { canBeHistogram, histogramsOf, scaleByName, type MapShape } from '../../cli/load/map-histograms.js';
import { array, integer, u32Layout, type Layout, type StructLayout } from '../../runtime/maps/layout.js';
import { MapType } from '../../runtime/maps/types.js';

const log2: Scale = { kind: 'log2' };
const u64 = integer('u64', 8, false);
const text: Layout = { kind: 'string', size: 16 };
const struct = (members: Readonly<Record<string, Layout>>): StructLayout => {
  let size = 0;
  const fields = Object.entries(members).map(([name, layout]) => {
    const field = { name, offset: size, layout };
    size += layout.size;
    return field;
  });
  return { kind: 'struct', name: 'example', size, fields };
};
const shape = (name: string, key: Layout, value: Layout, type: number = MapType.hash): MapShape => ({
  name,
  type,
  key,
  value,
});

describe('a scale', () => {
  it.each<[string, Scale | undefined]>([
    ['log2', log2],
    ['linear', { kind: 'linear', step: 1n }],
    ['linear:10', { kind: 'linear', step: 10n }],
    ['linear:0', undefined],
    ['linear:', undefined],
    ['linear:1.5', undefined],
    ['linear10', undefined],
    ['log10', undefined],
    ['', undefined],
  ])('is read of %j', (written, expected) => expect(parseScale(written)).toEqual(expected));
});

describe('buckets', () => {
  it('of powers of two hold what has so many bits; the first 0 and 1', () => {
    const counts = new Map([0, 1, 2, 63].map((bucket) => [bucket, 1n]));
    const used = bucketsOf(counts, log2).filter(({ count }) => count > 0n);
    expect(used.map(({ from, to }) => [from, to])).toEqual([
      [0n, 1n],
      [2n, 3n],
      [4n, 7n],
      [2n ** 63n, 2n ** 64n - 1n],
    ]);
  });

  it('of a linear scale are as wide as the step', () => {
    const counts = new Map([
      [2, 5n],
      [4, 1n],
    ]);
    expect(bucketsOf(counts, { kind: 'linear', step: 10n })).toEqual([
      { from: 20n, to: 29n, count: 5n },
      { from: 30n, to: 39n, count: 0n },
      { from: 40n, to: 49n, count: 1n },
    ]);
  });

  it('that are far apart leave out those between, which could be millions', () => {
    const counts = new Map([
      [4_000_000_000, 1n],
      [3, 2n],
    ]);
    expect(bucketsOf(counts, { kind: 'linear', step: 1n }).map(({ from }) => from)).toEqual([3n, 4_000_000_000n]);
  });

  it('are none where nothing has counted', () => expect(bucketsOf(new Map([[1, 0n]]), log2)).toEqual([]));
});

describe('a drawing', () => {
  it('has bars as long as the counts are to the greatest', () => {
    const buckets = bucketsOf(
      new Map([
        [9, 100n],
        [10, 50n],
        [12, 1n],
      ]),
      log2,
    );
    expect(drawHistogram(buckets)).toEqual([
      `[512, 1K)  100  |${'@'.repeat(40)}|`,
      `[1K, 2K)    50  |${'@'.repeat(20)}${' '.repeat(20)}|`,
      `[2K, 4K)     0  |${' '.repeat(40)}|`,
      `[4K, 8K)     1  |${' '.repeat(40)}|`,
    ]);
  });

  it('names single values alone', () => {
    const [line] = drawHistogram(bucketsOf(new Map([[7, 1n]]), { kind: 'linear', step: 1n }));
    expect(line).toBe(`7  1  |${'@'.repeat(40)}|`);
  });

  it('can have counts beyond 2^53', () => {
    const [line] = drawHistogram([{ from: 0n, to: 1n, count: 2n ** 64n - 1n }]);
    expect(line).toContain(`18446744073709551615  |${'@'.repeat(40)}|`);
  });
});

describe('a map', () => {
  const hist = struct({ slots: array(u32Layout, 4), comm: text });

  it.each<[string, MapShape, Scale | undefined]>([
    ['named for its scale', shape('latencyLog2', u32Layout, u64, MapType.array), log2],
    ['named as C names it', shape('latency_log2', u32Layout, u64), log2],
    ['that is a histogram by name', shape('hist', u32Layout, u64), log2],
    ['of a linear scale', shape('sizesLinear', u32Layout, u64), { kind: 'linear', step: 1n }],
    ['with an array of slots', shape('hists', u32Layout, hist), log2],
    ['with an array of slots under another name', shape('others', u32Layout, hist), log2],
    ['of counters', shape('counts', u32Layout, u64), undefined],
    ['whose name only contains the word', shape('history', u32Layout, u64), undefined],
    ['whose keys are text', shape('latencyLog2', text, u64), undefined],
    ['whose values are text', shape('latencyLog2', u32Layout, text), undefined],
  ])('%s', (_, map, expected) => expect(scaleByName(map)).toEqual(expected));

  it('with keys that have a slot has a histogram for each of the other members', () => {
    const map = shape('waits', struct({ device: u32Layout, slot: u32Layout }), u64);
    expect(canBeHistogram(map)).toBe(true);
    const entries = [
      [{ device: 1, slot: 0 }, 3n],
      [{ device: 2, slot: 1 }, 4n],
      [{ device: 1, slot: 1 }, 5n],
    ] as const;
    expect(histogramsOf(map, entries, log2)).toEqual([
      {
        label: 'device 1',
        buckets: [
          { from: 0n, to: 1n, count: 3n },
          { from: 2n, to: 3n, count: 5n },
        ],
      },
      { label: 'device 2', buckets: [{ from: 2n, to: 3n, count: 4n }] },
    ]);
  });

  it('with slots has a histogram for each entry, named by its key and other members', () => {
    const found = histogramsOf(shape('hists', u32Layout, hist), [[7, { slots: [0, 2, 0, 0], comm: 'node' }]], log2);
    expect(found).toEqual([{ label: '7, comm node', buckets: [{ from: 2n, to: 3n, count: 2n }] }]);
  });

  it('with a counter for each CPU is the sum', () => {
    const map = shape('latencyLog2', u32Layout, u64, MapType.perCpuArray);
    expect(histogramsOf(map, [[1, [2n, 3n]]], log2)).toEqual([
      { label: '', buckets: [{ from: 2n, to: 3n, count: 5n }] },
    ]);
  });
});
