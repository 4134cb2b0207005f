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
/** Small maps take little memory, and large ones few calls; entries of large values come few at a time. */
const FIRST_BATCH = { entries: 256, bytes: 1 << 18 };
const LARGEST_BATCH = { entries: 4096, bytes: 1 << 22 };
/** A restart after each of this many deletions in a row means a map that changes faster than it can be read. */
const MOST_RESTARTS = 10_000;

export interface RawEntries extends RawMap {
  readonly type: number;
  readonly keySize: number;
  /** What a read of one value fills: for per-CPU maps, all of them. */
  readonly valueBytes: number;
}

/** Some entries, one behind the other. The memory is used again when the next are asked for. */
export interface Chunk {
  readonly keys: DataView;
  readonly values: DataView;
  readonly count: number;
}

/** Types whose batch cursor survives deletions. A trie's is a key. */
function hasStableBatches(type: number): boolean {
  return type === MapType.hash || type === MapType.lruHash || type === MapType.array || isPerCpu(type);
}

const withoutBatches = new Set<number>();

/** All entries. */
export function* walkChunks(map: RawEntries): Generator<Chunk, void, undefined> {
  if (hasStableBatches(map.type) && !withoutBatches.has(map.type)) {
    const reader = new BatchReader(map, roomIn(FIRST_BATCH, map));
    if (reader.read(null)) return yield* walkBatches(map, reader);
    withoutBatches.add(map.type);
  }
  const value = new Uint8Array(map.valueBytes);
  const values = new DataView(value.buffer);
  for (const key of walkKeys(map)) {
    if (lookup(map, key, value)) yield { keys: new DataView(key.buffer), values, count: 1 };
  }
}

/** How many entries a batch has room for: one at least. */
function roomIn({ entries, bytes }: typeof FIRST_BATCH, { keySize, valueBytes }: RawEntries): number {
  return Math.max(1, Math.min(entries, Math.floor(bytes / (keySize + valueBytes))));
}

function* walkBatches(map: RawEntries, first: BatchReader): Generator<Chunk, void, undefined> {
  const most = roomIn(LARGEST_BATCH, map);
  for (let reader = first; ;) {
    if (reader.count > 0) yield reader;
    if (reader.last) return;
    const { cursor } = reader;
    if (reader.room < most) reader = new BatchReader(map, Math.min(reader.room * 4, most));
    reader.read(cursor);
  }
}

/** The memory of one read of many entries. */
class BatchReader implements Chunk {
  keys: DataView;
  values: DataView;
  count = 0;
  last = false;
  cursor: Uint8Array | null = null;
  #keys: Uint8Array;
  #values: Uint8Array;

  /** @param room for how many entries. */
  constructor(
    private readonly map: RawEntries,
    public room: number,
  ) {
    [this.#keys, this.#values] = [new Uint8Array(room * map.keySize), new Uint8Array(room * map.valueBytes)];
    [this.keys, this.values] = [new DataView(this.#keys.buffer), new DataView(this.#values.buffer)];
  }

  /**
   * Reads what comes after the cursor.
   *
   * @returns false where the kernel has no batches for this map.
   */
  read(from: Uint8Array | null): boolean {
    const { map } = this;
    for (;;) {
      // A hash map's cursor is a u32 whatever its keys are.
      const cursor = new Uint8Array(Math.max(4, map.keySize));
      const count = new Uint32Array([this.room]);
      const result = libbpf.mapLookupBatch(map.fd, from, cursor, this.#keys, this.#values, count, null);
      // A signal came: nothing was read.
      if (result === -EINTR) continue;
      if (result === -ENOSPC) {
        // One bucket holds more than there is room for: nothing was read.
        const larger = new BatchReader(map, this.room * 2);
        [this.#keys, this.#values, this.room] = [larger.#keys, larger.#values, larger.room];
        [this.keys, this.values] = [larger.keys, larger.values];
        continue;
      }
      if (from === null && isUnsupported(result)) return false;
      if (result !== -ENOENT) check(result, 'read entries of map', map.name);
      this.cursor = cursor;
      this.count = count[0] as number;
      this.last = result === -ENOENT;
      return true;
    }
  }
}

/** All keys, from key to key. Each is memory of its own. */
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
