/** Maps without keys: queues, stacks and Bloom filters. */
import { codecOf, type Codec } from './codec.js';
import { BpfMap } from './map.js';
import * as raw from './raw.js';
import type { UpdateFlags } from './raw.js';
import { registerMapClass } from './registry.js';
import { MapType } from './types.js';

/** What the maps without keys share. */
export abstract class KeylessMap<V> extends BpfMap {
  #value: Codec<V> | undefined;

  protected get valueCodec(): Codec<V> {
    return (this.#value ??= codecOf<V>(this.spec.value ?? { kind: 'bytes', size: this.spec.valueSize }));
  }

  protected encodeValue(value: V): Uint8Array {
    return this.valueCodec.encode(value, `a value of map '${this.name}'`);
  }
}

/** What queues and stacks share (Linux 4.20). */
export abstract class PushPopMap<V> extends KeylessMap<V> {
  /**
   * Adds a value.
   *
   * @param flags `'exist'` drops the oldest value where the map is full.
   * @throws TsbpfError (E2BIG) where the map is full.
   */
  push(value: V, flags?: UpdateFlags): this {
    raw.update(this, null, this.encodeValue(value), flags);
    return this;
  }

  /** Takes the next value out; undefined where there is none. */
  pop(): V | undefined {
    const bytes = new Uint8Array(this.spec.valueSize);
    return raw.take(this, null, bytes) ? this.valueCodec.decodeBytes(bytes) : undefined;
  }

  /** The next value, which stays; undefined where there is none. */
  peek(): V | undefined {
    const bytes = new Uint8Array(this.spec.valueSize);
    return raw.lookup(this, null, bytes) ? this.valueCodec.decodeBytes(bytes) : undefined;
  }
}

/** BPF_MAP_TYPE_QUEUE: first in, first out. */
export class Queue<V> extends PushPopMap<V> {}

/** BPF_MAP_TYPE_STACK: last in, first out. */
export class Stack<V> extends PushPopMap<V> {}

/** BPF_MAP_TYPE_BLOOM_FILTER (Linux 5.16): says of a value that it was certainly not added, or that it probably was. */
export class BloomFilter<V> extends KeylessMap<V> {
  /** Adds a value; there is no way to take it out. */
  add(value: V): this {
    raw.update(this, null, this.encodeValue(value));
    return this;
  }

  /** False where the value was certainly never added. */
  has(value: V): boolean {
    return raw.lookup(this, null, this.encodeValue(value));
  }
}

registerMapClass(MapType.queue, Queue);
registerMapClass(MapType.stack, Stack);
registerMapClass(MapType.bloomFilter, BloomFilter);
