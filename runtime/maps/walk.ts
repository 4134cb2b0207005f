/**
 * Iteration over all entries, as bytes. Nothing that stays in the map is lost and nothing comes twice, whatever is
 * deleted or added meanwhile.
 *
 * Where the kernel reads batches (5.6, hash maps and arrays), its cursor is a bucket, which a deletion does not move.
 * Elsewhere the walk goes from key to key; from a key that was deleted meanwhile the kernel starts over, so keys that
 * were seen are remembered.
 */
import { constants } from 'node:os';
import { check } from '../errors.js';
import * as libbpf from '../native/libbpf.js';
import { isUnsupported, lookup, nextKey, type RawMap } from './raw.js';
import { isPerCpu, MapType } from './types.js';

const { ENOENT, ENOSPC, EINTR } = constants.errno;
const FIRST_BATCH = 256;
/** A restart after each of this many deletions in a row means a map that changes faster than it can be read. */
const MOST_RESTARTS = 10_000;

export interface RawEntries extends RawMap {
  readonly type: number;
  readonly keySize: number;
  /** What a read of one value fills: for per-CPU maps, all of them. */
  readonly valueBytes: number;
}

export type RawEntry = readonly [key: Uint8Array, value: Uint8Array];

/** Types whose batch cursor survives deletions. A trie's is a key. */
function hasStableBatches(type: number): boolean {
  return type === MapType.hash || type === MapType.lruHash || type === MapType.array || isPerCpu(type);
}

const withoutBatches = new Set<number>();

/** All entries. Each key and value is memory of its own. */
export function* walkEntries(map: RawEntries): Generator<RawEntry, void, undefined> {
  if (hasStableBatches(map.type) && !withoutBatches.has(map.type)) {
    const first = readBatch(map, null, FIRST_BATCH);
    if (first) return yield* walkBatches(map, first);
    withoutBatches.add(map.type);
  }
  const value = new Uint8Array(map.valueBytes);
  for (const key of walkKeys(map)) {
    if (lookup(map, key, value)) yield [key, value.slice()];
  }
}

interface Batch {
  readonly entries: readonly RawEntry[];
  readonly cursor: Uint8Array;
  readonly last: boolean;
  /** How many entries the read had room for. */
  readonly room: number;
}

function* walkBatches(map: RawEntries, first: Batch): Generator<RawEntry, void, undefined> {
  for (let batch = first; ; batch = readBatch(map, batch.cursor, batch.room) as Batch) {
    yield* batch.entries;
    if (batch.last) return;
  }
}

/** @returns undefined where the kernel has no batches for this map. */
function readBatch(map: RawEntries, from: Uint8Array | null, room: number): Batch | undefined {
  // A hash map's cursor is a u32 whatever its keys are.
  const cursor = new Uint8Array(Math.max(4, map.keySize));
  const keys = new Uint8Array(room * map.keySize);
  const values = new Uint8Array(room * map.valueBytes);
  const count = new Uint32Array([room]);
  const result = libbpf.mapLookupBatch(map.fd, from, cursor, keys, values, count, null);
  // One bucket holds more than there is room for, or a signal came: nothing was read.
  if (result === -ENOSPC) return readBatch(map, from, room * 2);
  if (result === -EINTR) return readBatch(map, from, room);
  if (from === null && isUnsupported(result)) return undefined;
  if (result !== -ENOENT) check(result, 'read entries of map', map.name);
  return { entries: split(map, keys, values, count[0] as number), cursor, last: result === -ENOENT, room };
}

function split(map: RawEntries, keys: Uint8Array, values: Uint8Array, count: number): RawEntry[] {
  const { keySize, valueBytes } = map;
  return Array.from({ length: count }, (_, index) => [
    keys.subarray(index * keySize, (index + 1) * keySize),
    values.subarray(index * valueBytes, (index + 1) * valueBytes),
  ]);
}

/** All keys, from key to key. */
export function* walkKeys(map: RawMap & { readonly keySize: number }): Generator<Uint8Array, void, undefined> {
  const seen = new Set<string>();
  let key: Uint8Array | null = null;
  let repeats = 0;
  for (;;) {
    const next = new Uint8Array(map.keySize);
    // The first key has none before it, so that a key of zeros is an entry as any other.
    if (!nextKey(map, key, next)) return;
    key = next;
    const name = Buffer.from(next).toString('latin1');
    if (!seen.has(name)) {
      seen.add(name);
      yield next;
    } else if (++repeats > seen.size + MOST_RESTARTS) {
      return;
    }
  }
}
