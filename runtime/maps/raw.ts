/** Entries as bytes: the system calls behind the maps, with the kernel's errors told in words. */
import { constants } from 'node:os';
import { check, TsbpfError } from '../errors.js';
import * as libbpf from '../native/libbpf.js';
import { deleteError, updateError } from './write-error.js';

const { ENOENT, EINVAL } = constants.errno;
const ENOTSUPP = 524;
const EOPNOTSUPP = constants.errno.EOPNOTSUPP;

/** How a write treats what is there: BPF_ANY, BPF_NOEXIST, BPF_EXIST. */
export type UpdateMode = 'any' | 'noexist' | 'exist';
export type UpdateFlags = UpdateMode | { readonly flags: UpdateMode | number };

/**
 * The number of an update mode (linux/bpf.h).
 *
 * @throws TsbpfError (TSBPF2029) for what is none.
 */
export function updateFlags(mode: UpdateFlags = 'any'): number {
  if (typeof mode === 'object') return typeof mode.flags === 'number' ? mode.flags : updateFlags(mode.flags);
  if (Object.hasOwn(modes, mode)) return modes[mode];
  throw new TsbpfError(`There is no mode ${JSON.stringify(mode)} of writing an entry.`, {
    code: 'TSBPF2029',
    operation: 'write an entry of map',
    hint: "The modes are 'any', 'noexist' and 'exist'.",
  });
}

const modes: Readonly<Record<UpdateMode, number>> = { any: 0, noexist: 1, exist: 2 };

/** What a raw access is about. */
export interface RawMap {
  readonly fd: number;
  readonly name: string;
  readonly maxEntries: number;
}

/** Whether the kernel said that it has no such operation for this type of map. */
export function isUnsupported(result: number): boolean {
  return -result === EINVAL || -result === ENOTSUPP || -result === EOPNOTSUPP;
}

/** @returns whether the entry exists; then `value` holds it. */
export function lookup(map: RawMap, key: Uint8Array | null, value: Uint8Array): boolean {
  const result = libbpf.mapLookup(map.fd, key, value);
  if (result === -ENOENT) return false;
  check(result, 'read an entry of map', map.name);
  return true;
}

/** @throws TsbpfError: E2BIG where the map is full, EEXIST or ENOENT where the mode forbids the write. */
export function update(map: RawMap, key: Uint8Array | null, value: Uint8Array, mode?: UpdateFlags): void {
  const result = libbpf.mapUpdate(map.fd, key, value, updateFlags(mode));
  if (result < 0) throw updateError(map, -result);
}

/** @returns whether there was an entry. */
export function remove(map: RawMap, key: Uint8Array | null): boolean {
  return removed(map, libbpf.mapDelete(map.fd, key));
}

/** @param result of a deletion. @returns whether there was an entry. */
export function removed(map: RawMap, result: number): boolean {
  if (result === -ENOENT) return false;
  if (result < 0) throw deleteError(map, -result);
  return true;
}

/**
 * Looks up and deletes at once; where the kernel cannot (hash maps before 5.14), one after the other.
 *
 * @returns whether there was an entry; then `value` holds it.
 */
export function take(map: RawMap, key: Uint8Array | null, value: Uint8Array): boolean {
  const result = libbpf.mapTake(map.fd, key, value);
  if (result === -ENOENT) return false;
  if (key !== null && isUnsupported(result)) return lookup(map, key, value) && remove(map, key);
  check(result, 'take an entry of map', map.name);
  return true;
}

/** @returns whether there is a key after this one (the first key, after null); then `next` holds it. */
export function nextKey(map: RawMap, key: Uint8Array | null, next: Uint8Array): boolean {
  const result = libbpf.mapNextKey(map.fd, key, next);
  if (result === -ENOENT) return false;
  check(result, 'iterate over map', map.name);
  return true;
}
