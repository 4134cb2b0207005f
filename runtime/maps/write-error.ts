/** Why the kernel refuses to write or delete an entry, by what the map is. */
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { systemError, TsbpfError } from '../errors.js';
import { readMapInfo, type MapInfo } from './info.js';
import { MapType } from './types.js';

const { ENOENT, EEXIST, E2BIG, EINVAL, EPERM } = constants.errno;
/** linux/bpf.h */
const BPF_F_RDONLY = 1 << 3;

/** What a refusal is about. */
export interface WrittenMap {
  readonly fd: number;
  readonly name: string;
  readonly maxEntries: number;
}

const queues: readonly number[] = [MapType.queue, MapType.stack];
/** Keys of these are indices below max_entries. */
const arrays: readonly number[] = [
  ...[MapType.array, MapType.perCpuArray, MapType.programArray, MapType.perfEventArray, MapType.cgroupArray],
  ...[MapType.arrayOfMaps, MapType.devMap, MapType.cpuMap, MapType.xskMap],
];

/** The error for a refused write. */
export function updateError(map: WrittenMap, errno: number): TsbpfError {
  const operation = 'write an entry of map';
  if (errno === E2BIG) return fullError(map, operation);
  return systemError(errno, operation, map.name, updateHint(map, errno));
}

/** The error for a refused deletion. */
export function deleteError(map: WrittenMap, errno: number): TsbpfError {
  const hint = errno === EINVAL ? 'Entries of an array cannot be deleted.' : readOnlyHint(map, errno);
  return systemError(errno, 'delete an entry of map', map.name, hint);
}

function fullError(map: WrittenMap, operation: string): TsbpfError {
  const { name, maxEntries } = map;
  const details = { code: 'E2BIG', operation, subject: name };
  const type = infoOf(map)?.type ?? -1;
  if (arrays.includes(type)) {
    return new TsbpfError(`Map '${name}' has no such key: its maxEntries is ${maxEntries}.`, {
      ...details,
      hint: `Keys go from 0 to ${maxEntries - 1}.`,
    });
  }
  return new TsbpfError(`Map '${name}' has no room for the entry: its maxEntries is ${maxEntries}.`, {
    ...details,
    hint: queues.includes(type)
      ? "Pop values, create it with more, or push with the mode 'exist', which takes the oldest value out."
      : 'Create it with more, delete entries, or use an LRU map.',
  });
}

function updateHint(map: WrittenMap, errno: number): string | undefined {
  if (errno === EEXIST) return "The mode 'noexist' writes new entries only.";
  if (errno === ENOENT) return "The mode 'exist' writes existing entries only.";
  const info = errno === EINVAL ? infoOf(map) : undefined;
  if (info?.type === MapType.lpmTrie) return `prefixlen goes from 0 to ${(info.keySize - 4) * 8}.`;
  return readOnlyHint(map, errno);
}

/** The kernel says EPERM to whoever lacks a privilege, and to all where the map itself forbids it. */
function readOnlyHint(map: WrittenMap, errno: number): string | undefined {
  if (errno !== EPERM) return undefined;
  if (isFrozen(map)) return 'The map is frozen: only programs write it.';
  const flags = infoOf(map)?.flags ?? 0;
  return (flags & BPF_F_RDONLY) !== 0 ? 'The map was created with BPF_F_RDONLY: only programs write it.' : undefined;
}

/** The kernel tells it in /proc alone (bpf_map_show_fdinfo, since Linux 5.2). */
function isFrozen({ fd }: WrittenMap): boolean {
  try {
    return /^frozen:\s*1$/m.test(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'));
  } catch {
    return false;
  }
}

function infoOf({ fd, name }: WrittenMap): MapInfo | undefined {
  try {
    return readMapInfo(fd, name);
  } catch {
    return undefined;
  }
}
