/** What a map is made from: what the object says about it, and what its constructor was given. */
import type { Layout } from './layout.js';

/** A map as an object or the kernel describes it. */
export interface MapSpec {
  readonly name: string;
  /** A number of `MapType`. */
  readonly type: number;
  /** In bytes; 0 for queues and their like. */
  readonly keySize: number;
  /** In bytes, of one CPU's value. */
  readonly valueSize: number;
  readonly maxEntries: number;
  /** BPF_F_… */
  readonly flags: number;
  /** How keys and values are laid out; absent where only their sizes are known. */
  readonly key?: Layout | undefined;
  readonly value?: Layout | undefined;
  /** Of a map of maps, where it is known: what each of its entries is. */
  readonly inner?: MapSpec | undefined;
}

/** What the constructor of a map takes. */
export interface MapOptions {
  /** How many entries the map can hold. */
  readonly maxEntries?: number;
  /** A path on a BPF file system: what is pinned there is used, else the map is pinned there when it is created. */
  readonly pin?: string;
  /** BPF_F_… flags of linux/bpf.h. */
  readonly flags?: number;
}

/** Where a map object gets its kernel map from. The transform passes it as the constructor's last argument. */
export interface MapDefinition {
  readonly name: string;
  /** Read when first needed: it may take parsing the object. */
  readonly spec: MapSpec;
  /**
   * Creates the map in the kernel.
   *
   * @returns a descriptor that the caller owns.
   */
  create(options: MapOptions): number;
}

/** The definition of a map that is in the kernel already. */
export function existingMap(spec: MapSpec, fd: number): MapDefinition {
  return { name: spec.name, spec, create: () => fd };
}
