/** Histograms: counters by bucket, and how they are drawn. */

/**
 * What the buckets of a histogram stand for. `log2`: bucket n counts the values from 2^n to 2^(n+1)-1, and bucket 0 the 0
 * too. `linear`: bucket n counts the values from n * step to (n + 1) * step - 1.
 */
export type Scale = { readonly kind: 'log2' } | { readonly kind: 'linear'; readonly step: bigint };

export interface Bucket {
  /** The least value that it counts. */
  readonly from: bigint;
  /** The greatest. */
  readonly to: bigint;
  readonly count: bigint;
}

/** Bars have at most so many characters. */
const BAR_WIDTH = 40;
/** A bucket of a linear histogram far from the others is not worth as many empty lines. */
const MOST_LINES = 128;
/** Values have 64 bits. */
const LOG2_BUCKETS = 64;

/**
 * The scale that a text names: `log2`, `linear`, `linear:10`.
 *
 * @returns undefined for what is none.
 */
export function parseScale(text: string): Scale | undefined {
  if (text === 'log2') return { kind: 'log2' };
  const [, step = ''] = /^linear(?::([1-9]\d{0,17}))?$/.exec(text) ?? [undefined, undefined];
  if (!text.startsWith('linear') || (step === '' && text !== 'linear')) return undefined;
  return { kind: 'linear', step: BigInt(step || 1) };
}

/**
 * The buckets from the first that has counted to the last.
 *
 * @param counts by the number of the bucket.
 */
export function bucketsOf(counts: ReadonlyMap<number, bigint>, scale: Scale): Bucket[] {
  const used = [...counts].filter(([, count]) => count !== 0n).map(([bucket]) => bucket);
  if (used.length === 0) return [];
  const first = used.reduce((a, b) => Math.min(a, b));
  const last = used.reduce((a, b) => Math.max(a, b));
  const shown =
    last - first < MOST_LINES
      ? Array.from({ length: last - first + 1 }, (_, index) => first + index)
      : used.sort((a, b) => a - b);
  return shown.map((bucket) => ({ ...rangeOf(bucket, scale), count: counts.get(bucket) ?? 0n }));
}

function rangeOf(bucket: number, scale: Scale): { from: bigint; to: bigint } {
  const number = BigInt(bucket);
  if (scale.kind === 'linear') return { from: number * scale.step, to: (number + 1n) * scale.step - 1n };
  if (bucket < 0 || bucket >= LOG2_BUCKETS) return { from: number, to: number };
  return { from: bucket === 0 ? 0n : 1n << number, to: (2n << number) - 1n };
}

/**
 * A histogram as lines: the range of each bucket, its count, and a bar that is as long as the count is to the greatest.
 *
 * ```
 * [4, 8)    12  |@@@@@@@@@@@@@@@@@@@@                    |
 * ```
 */
export function drawHistogram(buckets: readonly Bucket[]): string[] {
  const ranges = buckets.map(({ from, to }) => (from === to ? String(from) : `[${amount(from)}, ${amount(to + 1n)})`));
  const counts = buckets.map(({ count }) => String(count));
  const [rangeWidth, countWidth] = [widest(ranges), widest(counts)];
  const greatest = buckets.reduce((most, { count }) => (count > most ? count : most), 1n);
  return buckets.map(({ count }, index) => {
    const bar = '@'.repeat(Number((count * BigInt(BAR_WIDTH) + greatest / 2n) / greatest));
    const range = (ranges[index] as string).padEnd(rangeWidth);
    return `${range}  ${(counts[index] as string).padStart(countWidth)}  |${bar.padEnd(BAR_WIDTH)}|`;
  });
}

const units = ['', 'K', 'M', 'G', 'T', 'P', 'E'];

/** Multiples of 1024 as people write them: `64K`. */
function amount(value: bigint): string {
  let unit = 0;
  let rest = value;
  while (rest !== 0n && rest % 1024n === 0n && unit < units.length - 1) {
    rest /= 1024n;
    unit += 1;
  }
  return `${rest}${units[unit]}`;
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(({ length }) => length));
}
