/** `tsbpf map list`: which maps there are. */
import { listMaps, listPinnedMaps } from '../../runtime/maps/list.js';
import { mapTypeName } from '../../runtime/maps/types.js';
import { exitStatus, type ExitStatus } from '../status.js';
import { writeRecord, type OutputOptions } from '../terminal.js';
import { table } from './table.js';

/** @param folder only what is pinned there; without it all maps of the kernel. */
export function list(folder: string | undefined, { json }: OutputOptions): ExitStatus {
  const maps = folder === undefined ? listMaps() : listPinnedMaps(folder);
  const records = maps.map(({ id, name, type, keySize, valueSize, maxEntries, pins }) => ({
    id,
    name,
    type: mapTypeName(type),
    keySize,
    valueSize,
    maxEntries,
    pins,
  }));
  if (json) for (const record of records) writeRecord(record);
  else {
    const rows = records.map((map) => [
      ...[map.id, map.name, map.type, map.keySize, map.valueSize, map.maxEntries].map(String),
      map.pins.join(' '),
    ]);
    process.stdout.write(table(['ID', 'NAME', 'TYPE', 'KEY', 'VALUE', 'ENTRIES', 'PINNED AT'], rows));
  }
  return exitStatus.done;
}
