/** What is shown of one map: as lines for people and as records for programs. */
import { toJsonValue } from '../../runtime/maps/json.js';
import { KeyedMap, layoutsOf } from '../../runtime/maps/keyed.js';
import type { BpfMap } from '../../runtime/maps/map.js';
import { StackTraceMap, type StackFrame } from '../../runtime/maps/stack-trace.js';
import { isPerCpu, MapType } from '../../runtime/maps/types.js';
import type { LoadedVariables } from '../../runtime/object.js';
import { noHistogram } from '../status.js';
import { cells, columns, show } from '../map/cells.js';
import { table } from '../map/table.js';
import { drawHistogram, type Scale } from './histogram.js';
import { canBeHistogram, histogramsOf, scaleByName, type MapShape } from './map-histograms.js';

export interface Shown {
  /** Whether it takes so long that it is shown once, at the end. */
  readonly isSlow: boolean;
  /** A line with the name, and what the map holds now below it; none where it is empty. */
  lines(): string[];
  /** Each with the map's name as `map`. */
  records(): object[];
}

type Entries = KeyedMap<unknown, unknown>;
type Entry = readonly [key: unknown, value: unknown];

/** Maps of other types hold programs, descriptors or events, which have no value to show. */
const shownTypes: ReadonlySet<number> = new Set([
  ...[MapType.hash, MapType.array, MapType.perCpuHash, MapType.perCpuArray, MapType.stackTrace],
  ...[MapType.lruHash, MapType.lruPerCpuHash, MapType.lpmTrie],
]);

/**
 * @param scale what the command line says of it: a scale, `none`, or nothing, so that the map's name decides.
 * @returns undefined for maps that have nothing to show.
 * @throws CommandError for a map that cannot be drawn as is wanted.
 */
export function showMap(map: BpfMap, name: string, scale?: Scale | 'none'): Shown | undefined {
  const shape = map instanceof KeyedMap ? { name, type: map.type, ...layoutsOf(map) } : undefined;
  if (scale !== undefined && scale !== 'none' && !(shape && canBeHistogram(shape))) throw noHistogram(name);
  if (!shape || !shownTypes.has(map.type)) return undefined;
  if (map instanceof StackTraceMap) return showStacks(map, name);
  const drawn = scale ?? scaleByName(shape) ?? 'none';
  return drawn === 'none' ? showTable(map as Entries, shape) : showHistograms(map as Entries, shape, drawn);
}

/** `{map, key, value}` for each entry. */
function showTable(map: Entries, shape: MapShape): Shown {
  return {
    isSlow: false,
    lines() {
      const entries = entriesOf(map);
      return entries.length > 0 ? [shape.name, ...indented(tableLines(shape, entries))] : [];
    },
    records: () =>
      entriesOf(map).map(([key, value]) => ({ map: shape.name, key: toJsonValue(key), value: toJsonValue(value) })),
  };
}

/** `{map, label, histogram: [{from, to, count}]}`; where the map has but one histogram, without a label. */
function showHistograms(map: Entries, shape: MapShape, scale: Scale): Shown {
  const { name } = shape;
  return {
    isSlow: false,
    lines: () =>
      histogramsOf(shape, map, scale).flatMap(({ label, buckets }) => [
        label ? `${name}: ${label}` : name,
        ...indented(drawHistogram(buckets)),
      ]),
    records: () =>
      histogramsOf(shape, map, scale).map(({ label, buckets }) => ({
        map: name,
        ...(label && { label }),
        histogram: toJsonValue(buckets),
      })),
  };
}

/** `{map, key, stack}` for each stack. */
function showStacks(map: StackTraceMap, name: string): Shown {
  const stacks = () =>
    [...map.keys()].map((id) => ({ id, frames: map.stack(id) })).filter(({ frames }) => frames.length > 0);
  return {
    isSlow: true,
    lines: () => stacks().flatMap(({ id, frames }) => [`${name} ${id}`, ...indented(frames.map(frameText))]),
    records: () => stacks().map(({ id, frames }) => ({ map: name, key: id, stack: toJsonValue(frames) })),
  };
}

/** `{map, value}` for each section: an object of its variables. */
export function showVariables({ section, names, map }: LoadedVariables): Shown {
  const read = (): Readonly<Record<string, unknown>> => {
    const value = map.get(0) as unknown;
    return names.length === 1 ? { [names[0] as string]: value } : (value as Record<string, unknown>);
  };
  return {
    isSlow: false,
    lines: () =>
      Object.entries(read()).flatMap(([name, value]) =>
        isStruct(value) ? [name, ...indented(memberLines(value))] : [`${name}  ${show(value)}`],
      ),
    records: () => [{ map: section, value: toJsonValue(read()) }],
  };
}

function isStruct(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

function memberLines(struct: Readonly<Record<string, unknown>>): string[] {
  const width = Math.max(0, ...Object.keys(struct).map(({ length }) => length));
  return Object.entries(struct).map(([name, value]) => `${name.padEnd(width)}  ${show(value)}`);
}

/** The entries of a map; of arrays, which have all their entries always, those that are not zero. */
function entriesOf(map: Entries): Entry[] {
  const entries = [...map];
  return isArray(map.type) && map.maxEntries > 1 ? entries.filter(([, value]) => !isZero(value)) : entries;
}

function isArray(type: number): boolean {
  return type === MapType.array || type === MapType.perCpuArray;
}

function isZero(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).every(isZero);
  return value === 0 || value === 0n || value === false || value === '';
}

/** Counters of all CPUs are added up; other values have a row for each CPU. */
function tableLines({ type, key, value }: MapShape, entries: readonly Entry[]): string[] {
  const isCounter = value.kind === 'integer' && value.meaning !== 'boolean';
  const rows =
    isCounter && isPerCpu(type) ? entries.map(([own, each]): Entry => [own, total(each as number[])]) : entries;
  // What counts most comes first, as with `top`; arrays stay in the order of their indexes.
  const sorted =
    isCounter && !isArray(type) ? [...rows].sort(([, a], [, b]) => compare(b as bigint, a as bigint)) : rows;
  const cpus = isPerCpu(type) && !isCounter;
  const text = sorted.flatMap(([entry, one]) => {
    const own = cells(entry, key);
    if (!cpus) return [[...own, ...cells(one, value)]];
    return (one as unknown[]).map((each, cpu) => [...own, String(cpu), ...cells(each, value)]);
  });
  const headings = [...columns(key, 'KEY'), ...(cpus ? ['CPU'] : []), ...columns(value, 'VALUE')];
  return table(headings, text).trimEnd().split('\n');
}

function total(values: readonly (number | bigint)[]): bigint {
  return values.reduce((sum: bigint, value) => sum + BigInt(value), 0n);
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function frameText({ address, symbol, offset, module }: StackFrame): string {
  const place = `0x${address.toString(16).padStart(16, '0')}`;
  return symbol === undefined ? place : `${place} ${symbol}+0x${offset.toString(16)}${module ? ` [${module}]` : ''}`;
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
