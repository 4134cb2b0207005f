/** A map with keys: the ES `Map` interface over a kernel map, and what only user space can do with it. */
import { constants } from 'node:os';
import { check, TsbpfError } from '../errors.js';
import { deleteKeys, writeEntries } from './batch.js';
import { codecOf, type Codec } from './codec.js';
import { hostIsLittleEndian, type IntegerLayout, type Layout } from './layout.js';
import { BpfMap } from './map.js';
import { EntryMemory } from '../native/bpf.js';
import * as raw from './raw.js';
import { updateError } from './write-error.js';
import type { UpdateFlags } from './raw.js';
import { registerMapClass } from './registry.js';
import { isPerCpu } from './types.js';
import { walkChunks, type RawEntries } from './walk.js';

const { ENOENT } = constants.errno;

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
  #memory: EntryMemory | undefined;
  #plainKey = false;
  #plainValue = false;
  #keyWord: Word = 0;
  #valueWord: Word = 0;
  #keySubject = '';
  #valueSubject = '';

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

  /** A value of what the kernel gave. */
  protected decodeValue(view: DataView, offset: number): Read {
    return this.valueCodec.decode(view, offset) as Read;
  }

  protected encodeValue(value: Write): Uint8Array {
    return this.valueCodec.encode(value as unknown as V, `a value of map '${this.name}'`);
  }

  protected encodeKey(key: K): Uint8Array {
    return this.keyCodec.encode(key, `a key of map '${this.name}'`);
  }

  /** Room for one entry, with the key in it. Integers are written in place. */
  #at(key: K): EntryMemory {
    const memory = this.#memory ?? this.#prepare();
    if (this.#plainKey) this.#putPlainKey(key, memory);
    else memory.bytes.set(this.encodeKey(key), memory.key);
    return memory;
  }

  /** The same with a value. An object may have accessors that use this map meanwhile, so it goes by its own bytes. */
  #with(key: K, value: Write): EntryMemory {
    const memory = this.#memory ?? this.#prepare();
    const keyBytes = this.#plainKey ? undefined : this.encodeKey(key);
    if (this.#valueWord === 8 && typeof value === 'bigint' && BigInt.asUintN(64, value) === value)
      memory.u64[memory.value >>> 3] = value;
    else if (this.#plainValue)
      this.#value!.encodeInto(value as unknown as V, memory.view, memory.value, this.#valueSubject);
    else memory.bytes.set(this.encodeValue(value), memory.value);
    if (keyBytes) memory.bytes.set(keyBytes, memory.key);
    else this.#putPlainKey(key, memory);
    return memory;
  }

  #putPlainKey(key: K, memory: EntryMemory): void {
    if (this.#keyWord === 4 && typeof key === 'number' && key >>> 0 === key) memory.u32[0] = key;
    else this.#key!.encodeInto(key, memory.view, memory.key, this.#keySubject);
  }

  #prepare(): EntryMemory {
    this.#plainKey = this.keyCodec.layout.kind === 'integer';
    this.#plainValue = this.valueCodec.layout.kind === 'integer' && !isPerCpu(this.type);
    this.#keyWord = wordOf(this.keyCodec.layout);
    // Classes that make something else of what the kernel gave have their own method for that.
    const isDecodedHere = this.decodeValue === KeyedMap.prototype.decodeValue;
    if (this.#plainValue && isDecodedHere) this.#valueWord = wordOf(this.valueCodec.layout);
    this.#keySubject = `a key of map '${this.name}'`;
    this.#valueSubject = `a value of map '${this.name}'`;
    return (this.#memory = new EntryMemory(this.spec.keySize, this.valueBytes));
  }

  #lookup(key: K): EntryMemory | undefined {
    const { fd } = this;
    const memory = this.#at(key);
    const result = memory.lookup(fd);
    if (result === 0) return memory;
    if (result === -ENOENT) return undefined;
    check(result, 'read an entry of map', this.name);
    return undefined;
  }

  /** The value of a key, or undefined where there is none. In user space a copy; in the kernel the map's own. */
  get(key: K): Read | undefined {
    const memory = this.#lookup(key);
    if (memory === undefined) return undefined;
    if (this.#valueWord === 8) return memory.u64[memory.found >>> 3] as Read;
    if (this.#valueWord === 4) return memory.u32[memory.found >>> 2] as Read;
    return this.decodeValue(memory.view, memory.found);
  }

  /**
   * Writes an entry; a copy of the value.
   *
   * @param flags `'any'` (the default), `'noexist'` for new entries only, `'exist'` for existing ones only.
   * @throws TsbpfError: E2BIG where the map is full, EEXIST, ENOENT; TSBPF2010 for a value that does not fit its type.
   */
  set(key: K, value: Write, flags?: UpdateFlags): this {
    const { fd } = this;
    const memory = this.#with(key, value);
    const result = memory.update(fd, flags === undefined ? 0 : raw.updateFlags(flags));
    if (result < 0) throw updateError(this, -result);
    return this;
  }

  /** Whether there is an entry. */
  has(key: K): boolean {
    return this.#lookup(key) !== undefined;
  }

  /** Deletes an entry; false where there was none. Arrays refuse. */
  delete(key: K): boolean {
    const { fd } = this;
    return raw.removed(this, this.#at(key).remove(fd));
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
    return raw.take(this, this.encodeKey(key), bytes) ? this.decodeValue(new DataView(bytes.buffer), 0) : undefined;
  }

  /** All entries. What stays in the map comes exactly once, whatever is added or deleted meanwhile. */
  *entries(): Generator<[K, Read], void, undefined> {
    const { keyCodec, valueBytes } = this;
    const { keySize } = this.spec;
    for (const { keys, values, count } of walkChunks(this.rawEntries())) {
      for (let index = 0; index < count; index++) {
        yield [keyCodec.decode(keys, index * keySize), this.decodeValue(values, index * valueBytes)];
      }
    }
  }

  *keys(): Generator<K, void, undefined> {
    const { keySize } = this.spec;
    for (const { keys, count } of walkChunks(this.rawEntries())) {
      for (let index = 0; index < count; index++) yield this.keyCodec.decode(keys, index * keySize);
    }
  }

  *values(): Generator<Read, void, undefined> {
    const { valueBytes } = this;
    for (const { values, count } of walkChunks(this.rawEntries())) {
      for (let index = 0; index < count; index++) yield this.decodeValue(values, index * valueBytes);
    }
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
    for (const { count } of walkChunks(this.rawEntries())) size += count;
    return size;
  }

  /** Deletes all entries that are there now. */
  clear(): void {
    const { keySize } = this.spec;
    const all: Uint8Array[] = [];
    for (const { keys, count } of walkChunks(this.rawEntries())) {
      const bytes = new Uint8Array(keys.buffer, keys.byteOffset, count * keySize).slice();
      for (let index = 0; index < count; index++) all.push(bytes.subarray(index * keySize, (index + 1) * keySize));
    }
    deleteKeys(this, all);
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
    const { name, type, maxEntries, valueBytes } = this;
    // Asked for at each step: a map that was closed meanwhile says so, and no other file that got its number is read.
    const descriptor = () => this.fd;
    return {
      name,
      type,
      maxEntries,
      valueBytes,
      keySize,
      get fd() {
        return descriptor();
      },
    };
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

/** Bytes of an integer that is read and written as one word of a typed array; 0 for everything else. */
type Word = 0 | 4 | 8;

function wordOf(layout: Layout): Word {
  if (layout.kind !== 'integer' || layout.signed || layout.littleEndian !== hostIsLittleEndian) return 0;
  if (layout.size === 4 && layout.meaning === 'number') return 4;
  return layout.size === 8 && layout.meaning === 'bigint' ? 8 : 0;
}

function zeroOf(layout: IntegerLayout): number | bigint | boolean {
  if (layout.meaning === 'boolean') return false;
  return layout.meaning === 'bigint' ? 0n : 0;
}

registerMapClass('other', KeyedMap);
