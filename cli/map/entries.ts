/** `tsbpf map dump`, `get`, `set`, `delete`: the entries of one map. */
import { KeyedMap, layoutsOf } from '../../runtime/maps/keyed.js';
import { BpfMap } from '../../runtime/maps/map.js';
import { toJsonValue } from '../../runtime/maps/json.js';
import type { Layout } from '../../runtime/maps/layout.js';
import { possibleCpus } from '../../runtime/native/libbpf.js';
import { isPerCpu, mapTypeName } from '../../runtime/maps/types.js';
import { exitStatus, noSuchEntry, notKeyed, type ExitStatus } from '../status.js';
import { writeRecord, type OutputOptions } from '../terminal.js';
import { cells, columns, show } from './cells.js';
import { parseValue } from './parse.js';
import { table } from './table.js';
// Each map class makes itself known for its type.
import '../../runtime/index.js';

type Entries = KeyedMap<unknown, unknown>;

/** @param source a pin, or the map's number. */
export function dumpMap(source: string, { json }: OutputOptions): ExitStatus {
  using map = openMap(source);
  if (json) {
    for (const [key, value] of map) writeRecord({ key: toJsonValue(key), value: toJsonValue(value) });
    return exitStatus.done;
  }
  const { key, value } = layoutsOf(map);
  const cpus = isPerCpu(map.type);
  const headings = [...columns(key, 'KEY'), ...(cpus ? ['CPU'] : []), ...columns(value, 'VALUE')];
  const rows = [...map].flatMap(([entryKey, entryValue]) => {
    const keyCells = cells(entryKey, key);
    if (!cpus) return [[...keyCells, ...cells(entryValue, value)]];
    return (entryValue as unknown[]).map((one, cpu) => [...keyCells, String(cpu), ...cells(one, value)]);
  });
  process.stdout.write(table(headings, rows));
  return exitStatus.done;
}

export function getEntry(source: string, key: string, { json }: OutputOptions): ExitStatus {
  using map = openMap(source);
  const value = map.get(parseValue(key, layoutsOf(map).key, 'KEY'));
  if (value === undefined) throw noSuchEntry(source, key);
  if (json) writeRecord({ value: toJsonValue(value) });
  else process.stdout.write(`${show(value)}\n`);
  return exitStatus.done;
}

/**
 * In a per-CPU map one value is written for all CPUs, and an array of values one for each. As JSON the entry that was
 * written is printed.
 */
export function setEntry(source: string, key: string, value: string, { json }: OutputOptions): ExitStatus {
  using map = openMap(source);
  const layouts = layoutsOf(map);
  const keyValue = parseValue(key, layouts.key, 'KEY');
  const written = isPerCpu(map.type) ? perCpuValues(value, layouts.value) : parseValue(value, layouts.value, 'VALUE');
  map.set(keyValue, written);
  if (json) writeRecord({ key: toJsonValue(keyValue), value: toJsonValue(written) });
  return exitStatus.done;
}

function perCpuValues(text: string, layout: Layout): unknown {
  const cpus = possibleCpus();
  const isList = text.trimStart().startsWith('[') && layout.kind !== 'array' && layout.kind !== 'bytes';
  if (!isList) return Array<unknown>(cpus).fill(parseValue(text, layout, 'VALUE'));
  return parseValue(text, { kind: 'array', element: layout, length: cpus, size: cpus * layout.size }, 'VALUE');
}

/** As JSON the key that was deleted is printed. */
export function deleteEntry(source: string, key: string, { json }: OutputOptions): ExitStatus {
  using map = openMap(source);
  const keyValue = parseValue(key, layoutsOf(map).key, 'KEY');
  if (!map.delete(keyValue)) throw noSuchEntry(source, key);
  if (json) writeRecord({ key: toJsonValue(keyValue) });
  return exitStatus.done;
}

/** As JSON the map's number and its pin are printed. */
export function pinMap(source: string, path: string, { json }: OutputOptions): ExitStatus {
  using map = openAnyMap(source);
  map.pin(path);
  if (json) writeRecord({ id: map.id, name: map.name, pin: path });
  return exitStatus.done;
}

function openMap(source: string): Entries {
  const map = openAnyMap(source);
  if (map instanceof KeyedMap) return map;
  const type = mapTypeName(map.type);
  map.close();
  throw notKeyed(source, type);
}

function openAnyMap(source: string): BpfMap {
  return /^\d+$/.test(source) ? BpfMap.fromId<BpfMap>(Number(source)) : BpfMap.open<BpfMap>(source);
}
