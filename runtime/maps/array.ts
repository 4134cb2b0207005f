/** BPF_MAP_TYPE_ARRAY: all entries exist from the start, zeroed, with the keys 0 to maxEntries - 1. */
import type { u32 } from '../types.js';
import { KeyedMap } from './keyed.js';
import { u32Layout, type Layout } from './layout.js';
import { registerMapClass } from './registry.js';
import { MapType } from './types.js';

/** `new ArrayMap<u64>({ maxEntries: 8 })`: values under the keys 0 to 7, each of them there from the start. */
export class ArrayMap<V> extends KeyedMap<u32, V> {
  protected override get keyLayout(): Layout {
    return this.spec.key ?? u32Layout;
  }

  /** maxEntries: an array has all its entries always. */
  override get size(): number {
    return this.maxEntries;
  }

  /** Zeroes all entries; those of an array cannot be deleted. */
  override clear(): void {
    const zero = this.valueCodec.decodeBytes(new Uint8Array(this.spec.valueSize));
    this.setBatch(Array.from({ length: this.maxEntries }, (_, key) => [key, zero] as const));
  }
}

registerMapClass(MapType.array, ArrayMap);
