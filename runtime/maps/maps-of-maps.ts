/** Maps whose entries are maps: what a program looks up is a map of its own. */
import { check, TsbpfError } from '../errors.js';
import * as libbpf from '../native/libbpf.js';
import type { u32 } from '../types.js';
import { codecOf, type Codec } from './codec.js';
import { existingMap, type MapOptions, type MapSpec } from './definition.js';
import { DescriptorMap } from './descriptor-maps.js';
import { readMapInfo } from './info.js';
import { u32Layout } from './layout.js';
import type { BpfMap } from './map.js';
import { createFromSpec, openMapDescriptor } from './open.js';
import { instantiateMap, registerMapClass } from './registry.js';
import { mapTypeName, MapType } from './types.js';
import { walkKeys } from './walk.js';

/** What the constructor of a map of maps takes. */
export interface MapOfMapsOptions extends MapOptions {
  /** Of each map inside; constants that are known at build. */
  readonly inner?: { readonly maxEntries: number; readonly flags?: number };
}

/**
 * What the two maps of maps share. `Inner` is the class of the maps inside, all of one type.
 *
 *     const perUser = new HashOfMaps<u32, HashMap<u32, u64>>({ maxEntries: 64, inner: { maxEntries: 1024 } });
 *     using counts = perUser.create();
 *     perUser.set(1000, counts);
 */
abstract class MapOfMaps<K, Inner extends BpfMap> extends DescriptorMap<K, Inner> {
  constructor(options: MapOfMapsOptions = {}, definition?: ConstructorParameters<typeof BpfMap>[1]) {
    const { inner: _, ...rest } = options;
    super(rest, definition);
  }

  protected get keyCodec(): Codec<K> {
    return codecOf<K>(this.spec.key ?? { kind: 'bytes', size: this.spec.keySize });
  }

  protected descriptorOf(map: Inner): number {
    return map.fd;
  }

  /**
   * Makes an empty map that fits into this one, and is in none yet. It is the caller's to close; what was `set` stays in
   * the kernel nevertheless.
   *
   * @throws TsbpfError (TSBPF2166) where it is not known what fits: this map was opened, not declared.
   */
  create(): Inner {
    const { inner } = this.spec;
    if (!inner) {
      throw new TsbpfError(`What the maps in '${this.name}' are is not known here.`, {
        code: 'TSBPF2166',
        operation: 'create map',
        subject: this.name,
        hint: 'Make one with BpfMap.create({ type, key, value, maxEntries }), or call create where the map is declared.',
      });
    }
    return createFromSpec({ ...inner, name: this.name }) as Inner;
  }

  /**
   * Puts a map at a key, in place of what is there.
   *
   * @throws TsbpfError: TSBPF2165 for a map of another type, E2BIG where the map is full.
   */
  override set(key: K, map: Inner): this {
    try {
      return super.set(key, map);
    } catch (failure) {
      const difference = failure instanceof TsbpfError && failure.code === 'EINVAL' && this.#difference(map);
      if (!difference) throw failure;
      throw new TsbpfError(`Map '${map.name}' does not fit into '${this.name}': ${difference}.`, {
        code: 'TSBPF2165',
        operation: 'write an entry of map',
        subject: this.name,
        hint: `'${this.name}'.create() makes one that fits.`,
        cause: failure,
      });
    }
  }

  /** In user space the map at a key, opened anew (close it when done); in the kernel the map itself. */
  get(key: K): Inner | undefined {
    const id = this.idAt(key);
    if (id === undefined) return undefined;
    const fd = check(libbpf.mapFdById(id), 'open the map at a key of', this.name);
    const { inner } = this.spec;
    if (!inner) return openMapDescriptor(fd, `map ${id}`) as Inner;
    const { maxEntries } = readMapInfo(fd, this.name);
    const spec: MapSpec = { ...inner, maxEntries, name: this.name };
    return instantiateMap(existingMap(spec, fd), {}) as Inner;
  }

  has(key: K): boolean {
    return this.idAt(key) !== undefined;
  }

  *keys(): Generator<K, void, undefined> {
    const { fd, name, maxEntries } = this;
    for (const bytes of walkKeys({ fd, name, maxEntries, keySize: this.spec.keySize })) {
      const key = this.keyCodec.decodeBytes(bytes);
      // An array has all its keys always.
      if (this.has(key)) yield key;
    }
  }

  /** All maps with their keys, each opened anew: close them. */
  *entries(): Generator<[K, Inner], void, undefined> {
    for (const key of this.keys()) {
      const map = this.get(key);
      if (map) yield [key, map];
    }
  }

  /** All maps, each opened anew: close them. */
  *values(): Generator<Inner, void, undefined> {
    for (const [, map] of this.entries()) yield map;
  }

  /** Calls back with each map, which is closed again when the callback returns. */
  forEach(callback: (map: Inner, key: K) => void): void {
    for (const [key, map] of this.entries()) {
      try {
        callback(map, key);
      } finally {
        map.close();
      }
    }
  }

  [Symbol.iterator](): Generator<[K, Inner], void, undefined> {
    return this.entries();
  }

  /** How many maps there are inside now: counted by iterating. */
  get size(): number {
    let size = 0;
    for (const _ of this.keys()) size++;
    return size;
  }

  /** Takes all maps out. */
  clear(): void {
    for (const key of [...this.keys()]) this.delete(key);
  }

  #difference(map: Inner): string | undefined {
    const { inner } = this.spec;
    if (!inner) return undefined;
    const given = readMapInfo(map.fd, map.name);
    if (given.type !== inner.type)
      return `its type is ${mapTypeName(given.type)} instead of ${mapTypeName(inner.type)}`;
    if (given.keySize !== inner.keySize) return `its keys have ${given.keySize} bytes instead of ${inner.keySize}`;
    if (given.valueSize !== inner.valueSize)
      return `its values have ${given.valueSize} bytes instead of ${inner.valueSize}`;
    if (given.flags !== inner.flags) return `its flags are ${given.flags} instead of ${inner.flags}`;
    return given.maxEntries === inner.maxEntries
      ? undefined
      : `it has room for ${given.maxEntries} entries instead of ${inner.maxEntries}`;
  }
}

/** BPF_MAP_TYPE_ARRAY_OF_MAPS (Linux 4.12): maps under the keys 0 to maxEntries - 1. */
export class ArrayOfMaps<Inner extends BpfMap> extends MapOfMaps<u32, Inner> {
  protected override get keyCodec(): Codec<u32> {
    return codecOf<u32>(u32Layout);
  }
}

/** BPF_MAP_TYPE_HASH_OF_MAPS (Linux 4.12). */
export class HashOfMaps<K, Inner extends BpfMap> extends MapOfMaps<K, Inner> {}

registerMapClass(MapType.arrayOfMaps, ArrayOfMaps);
registerMapClass(MapType.hashOfMaps, HashOfMaps);
