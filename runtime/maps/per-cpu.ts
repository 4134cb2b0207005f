/** Maps with a value for each CPU. In the kernel `get` is this CPU's own; in user space it is all of them. */
import { TsbpfError } from '../errors.js';
import { possibleCpus } from '../native/libbpf.js';
import type { u32 } from '../types.js';
import { KeyedMap } from './keyed.js';
import { u32Layout, type Layout } from './layout.js';
import { registerMapClass } from './registry.js';
import { MapType } from './types.js';

/** In the kernel the value of the CPU that runs the program; in user space an array of the values of all possible CPUs. */
export type PerCpu<V> = V & V[];

/** What the three per-CPU maps share. */
export class PerCpuMap<K, V> extends KeyedMap<K, V, PerCpu<V>, V | V[]> {
  /** The kernel rounds each CPU's value up to 8 bytes. */
  get #stride(): number {
    return (this.spec.valueSize + 7) & ~7;
  }

  protected override get valueBytes(): number {
    return this.#stride * possibleCpus();
  }

  protected override decodeValue(view: DataView, offset: number): PerCpu<V> {
    const values = Array.from({ length: possibleCpus() }, (_, cpu) =>
      this.valueCodec.decode(view, offset + cpu * this.#stride),
    );
    return values as unknown as PerCpu<V>;
  }

  protected override encodeValue(value: V | V[]): Uint8Array {
    const cpus = possibleCpus();
    const values: unknown = value;
    if (!Array.isArray(values) || values.length !== cpus) {
      throw new TsbpfError(`Map '${this.name}' has a value for each CPU: give an array of ${cpus} values.`, {
        code: 'TSBPF2015',
        operation: 'write an entry of map',
        subject: this.name,
        hint: `For the same everywhere: Array(${cpus}).fill(value).`,
      });
    }
    const bytes = new Uint8Array(this.valueBytes);
    const view = new DataView(bytes.buffer);
    for (const [cpu, item] of (values as V[]).entries()) {
      this.valueCodec.encodeInto(item, view, cpu * this.#stride, `the value of CPU ${cpu} in map '${this.name}'`);
    }
    return bytes;
  }

  /** The values of all CPUs added up, where V is an integer; 0 (or 0n) for a missing key. */
  sum(key: K): V {
    const { layout } = this.valueCodec;
    if (layout.kind !== 'integer' || layout.meaning === 'boolean') throw this.#refuse('sum', 'adds up integers only');
    const values = this.get(key) as unknown as (number | bigint)[] | undefined;
    const zero: number | bigint = layout.meaning === 'bigint' ? 0n : 0;
    return (values ?? []).reduce((sum, value) => (sum as any) + value, zero) as V;
  }

  /** In user space `map[key]` is the sum over all CPUs. */
  override getNumbered(key: number): V {
    const { layout } = this.keyCodec;
    return this.sum((layout.kind === 'integer' && layout.meaning === 'bigint' ? BigInt(key) : key) as K);
  }

  override setNumbered(_key: number, _value: V): void {
    throw this.#refuse('[key] = value', 'would have to know the CPU: in user space use set(key, values)');
  }

  override increment(_key: K, _by: V): void {
    throw this.#refuse('increment', 'counts on the CPU that runs the program, hence in the kernel only');
  }

  #refuse(method: string, why: string): TsbpfError {
    return new TsbpfError(`Map '${this.name}': ${method} ${why}.`, {
      code: 'TSBPF2016',
      operation: `use ${method} of map`,
      subject: this.name,
    });
  }
}

/** BPF_MAP_TYPE_PERCPU_HASH. */
export class PerCpuHashMap<K, V> extends PerCpuMap<K, V> {}

/** BPF_MAP_TYPE_LRU_PERCPU_HASH. */
export class LruPerCpuHashMap<K, V> extends PerCpuMap<K, V> {}

/** BPF_MAP_TYPE_PERCPU_ARRAY: all entries exist from the start, zeroed, with the keys 0 to maxEntries - 1. */
export class PerCpuArray<V> extends PerCpuMap<u32, V> {
  protected override get keyLayout(): Layout {
    return this.spec.key ?? u32Layout;
  }

  /** maxEntries: an array has all its entries always. */
  override get size(): number {
    return this.maxEntries;
  }

  /** Zeroes all entries; those of an array cannot be deleted. */
  override clear(): void {
    const zero = Array.from({ length: possibleCpus() }, () =>
      this.valueCodec.decodeBytes(new Uint8Array(this.spec.valueSize)),
    );
    for (let key = 0; key < this.maxEntries; key++) this.set(key, zero);
  }
}

registerMapClass(MapType.perCpuHash, PerCpuHashMap);
registerMapClass(MapType.lruPerCpuHash, LruPerCpuHashMap);
registerMapClass(MapType.perCpuArray, PerCpuArray);
