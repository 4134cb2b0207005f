/** A map with keys: the ES `Map` interface over a kernel map, and what only user space can do with it. */
import { TsbpfError } from '../errors.js';
import { deleteKeys, writeEntries } from './batch.js';
import { codecOf, type Codec } from './codec.js';
import type { IntegerLayout, Layout } from './layout.js';
import { BpfMap } from './map.js';
import * as raw from './raw.js';
import type { UpdateFlags } from './raw.js';
import { registerMapClass } from './registry.js';
import { walkEntries, type RawEntries } from './walk.js';

/** What `map.increment` adds to, and `map[key]` reads. */
type Integer = number | bigint;

let layouts: (map: KeyedMap<any, any>) => { readonly key: Layout; readonly value: Layout };

/** How a map's keys and values are laid out, for tools that make them of text. */
export function layoutsOf(map: KeyedMap<any, any>): { readonly key: Layout; readonly value: Layout } {
  return layouts(map);
}

/**
 * @typeParam Read what is read: V, or an array of them.
 * @typeParam Write what may be written.
 */
export class KeyedMap<K, V, Read extends V = V, Write = V> extends BpfMap {
  /**
   * For number keys and integer values: a missing key reads as 0, `map[5] += 1n` counts from 0. In the kernel one
   * atomic addition; in user space a read and a write.
   */
  [key: number]: V;

  static {
    layouts = ({ keyLayout, valueLayout }) => ({ key: keyLayout, value: valueLayout });
  }

  #key: Codec<K> | undefined;
  #value: Codec<V> | undefined;

  protected get keyCodec(): Codec<K> {
    return (this.#key ??= codecOf<K>(this.keyLayout));
  }

  protected get valueCodec(): Codec<V> {
    return (this.#value ??= codecOf<V>(this.valueLayout));
  }

  /** Classes whose keys or values are always the same know their layout without BTF. */
  protected get keyLayout(): Layout {
    return this.spec.key ?? { kind: 'bytes', size: this.spec.keySize };
  }

  protected get valueLayout(): Layout {
    return this.spec.value ?? { kind: 'bytes', size: this.spec.valueSize };
  }

  /** Bytes that a read of one value fills. */
  protected get valueBytes(): number {
    return this.spec.valueSize;
  }

  /** A value of the bytes that the kernel gave. */
  protected decodeValue(bytes: Uint8Array): Read {
    return this.valueCodec.decodeBytes(bytes) as Read;
  }

  protected encodeValue(value: Write): Uint8Array {
    return this.valueCodec.encode(value as unknown as V, `a value of map '${this.name}'`);
  }

  protected decodeKey(bytes: Uint8Array): K {
    return this.keyCodec.decodeBytes(bytes);
  }

  protected encodeKey(key: K): Uint8Array {
    return this.keyCodec.encode(key, `a key of map '${this.name}'`);
  }

  /** The value of a key, or undefined where there is none. In user space a copy; in the kernel the map's own. */
  get(key: K): Read | undefined {
    const bytes = new Uint8Array(this.valueBytes);
    return raw.lookup(this, this.encodeKey(key), bytes) ? this.decodeValue(bytes) : undefined;
  }

  /**
   * Writes an entry; a copy of the value.
   *
   * @param flags `'any'` (the default), `'noexist'` for new entries only, `'exist'` for existing ones only.
   * @throws TsbpfError: E2BIG where the map is full, EEXIST, ENOENT; TSBPF2010 for a value that does not fit its type.
   */
  set(key: K, value: Write, flags?: UpdateFlags): this {
    raw.update(this, this.encodeKey(key), this.encodeValue(value), flags);
    return this;
  }

  /** Whether there is an entry. */
  has(key: K): boolean {
    return raw.lookup(this, this.encodeKey(key), new Uint8Array(this.valueBytes));
  }

  /** Deletes an entry; false where there was none. Arrays refuse. */
  delete(key: K): boolean {
    return raw.remove(this, this.encodeKey(key));
  }

  /** The value of a key; where it is missing, the entry is made from `value` first. */
  getOrInsert(key: K, value: Write): Read {
    for (;;) {
      const found = this.get(key);
      if (found !== undefined) return found;
      try {
        this.set(key, value, 'noexist');
      } catch (failure) {
        // Someone else made the entry in between: it is read, unless it is gone again.
        if (!(failure instanceof TsbpfError && failure.code === 'EEXIST')) throw failure;
      }
    }
  }

  /**
   * Adds to an integer value, from 0 where the key is missing. In the kernel one atomic addition; in user space a read
   * and a write, between which the kernel may write.
   */
  increment(key: K, by: V): void {
    const layout = this.#integerValue('increment');
    const sum = (layout.meaning === 'bigint' ? BigInt : Number)((this.get(key) ?? 0) as Integer) as any;
    this.set(key, (sum + by) as Write);
  }

  /** Looks up and deletes at once (before Linux 5.14, for hash maps, one after the other). */
  take(key: K): Read | undefined {
    const bytes = new Uint8Array(this.valueBytes);
    return raw.take(this, this.encodeKey(key), bytes) ? this.decodeValue(bytes) : undefined;
  }

  /** All entries. What stays in the map comes exactly once, whatever is added or deleted meanwhile. */
  *entries(): Generator<[K, Read], void, undefined> {
    for (const [key, value] of walkEntries(this.rawEntries())) yield [this.decodeKey(key), this.decodeValue(value)];
  }

  *keys(): Generator<K, void, undefined> {
    for (const [key] of walkEntries(this.rawEntries())) yield this.decodeKey(key);
  }

  *values(): Generator<Read, void, undefined> {
    for (const [, value] of walkEntries(this.rawEntries())) yield this.decodeValue(value);
  }

  [Symbol.iterator](): Generator<[K, Read], void, undefined> {
    return this.entries();
  }

  /** Calls back for each entry. In the kernel (Linux 5.13) a callback that returns 1 or true ends it. */
  forEach(callback: (value: Read, key: K) => void | number | boolean): void {
    for (const [key, value] of this.entries()) callback(value, key);
  }

  /** How many entries there are now: counted by iterating. */
  get size(): number {
    let size = 0;
    for (const _ of walkEntries(this.rawEntries())) size++;
    return size;
  }

  /** Deletes all entries that are there now. */
  clear(): void {
    deleteKeys(
      this,
      [...walkEntries(this.rawEntries())].map(([key]) => key),
    );
  }

  /** All entries, in as few system calls as the kernel allows. */
  getBatch(): [K, Read][] {
    return [...this.entries()];
  }

  /** Writes many entries, in one system call where the kernel can (Linux 5.6). */
  setBatch(entries: Iterable<readonly [K, Write]>, flags?: UpdateFlags): this {
    const encoded = Array.from(entries, ([key, value]) => [this.encodeKey(key), this.encodeValue(value)] as const);
    writeEntries(this, encoded, flags);
    return this;
  }

  /** Deletes many entries; returns how many there were. */
  deleteBatch(keys: Iterable<K>): number {
    return deleteKeys(
      this,
      Array.from(keys, (key) => this.encodeKey(key)),
    );
  }

  get [Symbol.toStringTag](): string {
    return 'BpfMap';
  }

  /** Behind `map[5]`. */
  getNumbered(key: number): V {
    const layout = this.#integerValue('[key]');
    return this.get(this.#numberKey(key)) ?? (zeroOf(layout) as V);
  }

  /** Behind `map[5] = value`. */
  setNumbered(key: number, value: V): void {
    this.set(this.#numberKey(key), value as unknown as Write);
  }

  protected rawEntries(): RawEntries {
    const { keySize } = this.spec;
    const { fd, name, type, maxEntries, valueBytes } = this;
    return { fd, name, type, maxEntries, valueBytes, keySize };
  }

  #numberKey(key: number): K {
    const { layout } = this.keyCodec;
    if (layout.kind !== 'integer')
      throw this.#unsuited('[key]', 'keys that are numbers', 'get(key) and set(key, value)');
    return (layout.meaning === 'bigint' ? BigInt(key) : key) as K;
  }

  #integerValue(method: string): IntegerLayout {
    const layout = this.valueLayout;
    if (layout.kind !== 'integer')
      throw this.#unsuited(method, 'values that are integers', 'get(key) and set(key, value)');
    return layout;
  }

  #unsuited(method: string, needs: string, instead: string): TsbpfError {
    return new TsbpfError(`Map '${this.name}': ${method} is for ${needs}.`, {
      code: 'TSBPF2014',
      operation: `use ${method} of map`,
      subject: this.name,
      hint: `Use ${instead}.`,
    });
  }
}

function zeroOf(layout: IntegerLayout): number | bigint | boolean {
  if (layout.meaning === 'boolean') return false;
  return layout.meaning === 'bigint' ? 0n : 0;
}

registerMapClass('other', KeyedMap);
