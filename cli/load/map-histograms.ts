/** Which maps hold histograms, and the counters of these by bucket. */
import type { FieldLayout, Layout, StructLayout } from '../../runtime/maps/layout.js';
import { isPerCpu, MapType } from '../../runtime/maps/types.js';
import { show } from '../map/cells.js';
import { bucketsOf, type Bucket, type Scale } from './histogram.js';

/** What is to be known of a map. */
export interface MapShape {
  readonly name: string;
  /** A number of `MapType`. */
  readonly type: number;
  readonly key: Layout;
  readonly value: Layout;
}

/** One histogram of a map that may have several. */
export interface MapHistogram {
  /** By what it differs from the map's others: `'comm node, cpu 3'`; empty where it is the only one. */
  readonly label: string;
  readonly buckets: readonly Bucket[];
}

/** Members that hold the number of a bucket, or an array of counters, as BCC and libbpf's tools call them. */
const SLOT = /^(slot|bucket)$/;
const SLOTS = /^(slots|buckets)$/;

/** `latencyLog2`, `latency_hist`, `sizes_linear`. */
const LOG2_NAME = /(^|_)(log2|hist|histogram|hists|histograms)$|[a-z\d](Log2|Hist|Histogram|Hists|Histograms)$/;
const LINEAR_NAME = /(^|_)linear$|[a-z\d]Linear$/;

/**
 * The scale of a map that is a histogram by its name and types: a name that ends in `log2`, `hist`, `histogram` or
 * `linear` as a word of its own (`latencyLog2`, `latency_log2`), or values with an array `slots`, as libbpf's tools have
 * them.
 *
 * @returns undefined for all other maps.
 */
export function scaleByName(map: MapShape): Scale | undefined {
  const form = formOf(map);
  if (!form) return undefined;
  if (LINEAR_NAME.test(map.name)) return { kind: 'linear', step: 1n };
  return LOG2_NAME.test(map.name) || form.kind === 'counters' ? { kind: 'log2' } : undefined;
}

/** Whether a map's entries can be counters of histograms. */
export function canBeHistogram(map: MapShape): boolean {
  return formOf(map) !== undefined;
}

type Form =
  /** The key is the bucket, the value its counter; `labels` are the key's other members. */
  | { readonly kind: 'entries'; readonly slot: FieldLayout | undefined; readonly labels: readonly FieldLayout[] }
  /** Each entry is a histogram: `array` has the counters, of the value or of its member. */
  | { readonly kind: 'counters'; readonly array: FieldLayout | undefined; readonly labels: readonly FieldLayout[] };

function formOf({ key, value }: MapShape): Form | undefined {
  if (value.kind === 'integer') {
    if (key.kind === 'integer') return { kind: 'entries', slot: undefined, labels: [] };
    const slot = memberOf(key, SLOT, ({ kind }) => kind === 'integer');
    return slot && { kind: 'entries', slot, labels: others(key as StructLayout, slot) };
  }
  if (isCounters(value)) return { kind: 'counters', array: undefined, labels: [] };
  const array = memberOf(value, SLOTS, isCounters);
  return array && { kind: 'counters', array, labels: others(value as StructLayout, array) };
}

function isCounters(layout: Layout): boolean {
  return layout.kind === 'array' && layout.element.kind === 'integer';
}

function memberOf(layout: Layout, name: RegExp, fits: (layout: Layout) => boolean): FieldLayout | undefined {
  if (layout.kind !== 'struct') return undefined;
  return layout.fields.find((field) => name.test(field.name) && fits(field.layout));
}

function others(struct: StructLayout, member: FieldLayout): FieldLayout[] {
  return struct.fields.filter((field) => field !== member);
}

/**
 * The histograms of a map, those alone that have counted anything.
 *
 * @param entries of per-CPU maps with the values of all CPUs.
 */
export function histogramsOf(map: MapShape, entries: Iterable<readonly [unknown, unknown]>, scale: Scale) {
  const form = formOf(map);
  const found = new Map<string, Map<number, bigint>>();
  if (!form) return [];
  for (const [key, value] of entries) {
    // A CPU's value is never an array where the counters are the values.
    const values = isPerCpu(map.type) ? (value as unknown[]) : [value];
    for (const one of values) count(found, form, map, key, one);
  }
  return [...found]
    .map(([label, counts]): MapHistogram => ({ label, buckets: bucketsOf(counts, scale) }))
    .filter(({ buckets }) => buckets.length > 0);
}

type Members = Readonly<Record<string, unknown>>;

function count(
  found: Map<string, Map<number, bigint>>,
  form: Form,
  { key: keyLayout, type }: MapShape,
  key: unknown,
  value: unknown,
): void {
  if (form.kind === 'entries') {
    const bucket = form.slot ? (key as Members)[form.slot.name] : key;
    add(found, labelOf(form.labels, key), Number(bucket), value);
    return;
  }
  const counters = (form.array ? (value as Members)[form.array.name] : value) as readonly unknown[];
  const only = type === MapType.array || type === MapType.perCpuArray;
  const own = keyLayout.kind === 'struct' ? labelOf(keyLayout.fields, key) : only && key === 0 ? '' : show(key);
  const label = [own, labelOf(form.labels, value)].filter((text) => text !== '').join(', ');
  for (const [bucket, counter] of counters.entries()) add(found, label, bucket, counter);
}

function labelOf(fields: readonly FieldLayout[], value: unknown): string {
  return fields
    .filter(({ name }) => !/^_*pad(ding)?\d*$/.test(name))
    .map(({ name }) => `${name} ${show((value as Members)[name])}`)
    .join(', ');
}

function add(found: Map<string, Map<number, bigint>>, label: string, bucket: number, counter: unknown): void {
  let counts = found.get(label);
  if (!counts) found.set(label, (counts = new Map()));
  counts.set(bucket, (counts.get(bucket) ?? 0n) + BigInt(counter as number | bigint | boolean));
}
