/** `FilteredMap`: a map of which only parts can be read and written. */
import { PermissionError } from '../errors.js';
import { StructValue } from './json.js';
import type { KeyedMap } from './keyed.js';
import { isPerCpu } from './types.js';

/** `'r'` to read, `'w'` to write, `'rw'` both, `'-'` neither. */
export type Permission = 'r' | 'w' | 'rw' | '-';

/** A permission for the whole of a value, or one for each field or element; what is not named has none. */
export type PermissionTree = Permission | readonly PermissionTree[] | { readonly [field: string]: PermissionTree };

/** The parts of a value that are given: fields may be missing, and elements undefined, at any depth. */
export type PartOf<V> = V extends number | bigint | string | boolean | Uint8Array | undefined
  ? V
  : V extends readonly (infer Element)[]
    ? readonly (PartOf<Element> | undefined)[]
    : { readonly [Field in keyof V]?: PartOf<V[Field]> | undefined };

export interface FilterOptions {
  /** Whether keys that are missing may be written; no unless given. */
  readonly canCreate?: boolean;
  /** Whether entries may be deleted; no unless given. */
  readonly canDelete?: boolean;
}

/**
 * A view of a map for code that shall not see or change all of it: what may not be read comes as undefined, what may
 * not be written is refused.
 */
export class FilteredMap<K, V> implements Iterable<[K, V]> {
  readonly #map: KeyedMap<K, V>;
  readonly #permissions: PermissionTree;
  readonly #options: FilterOptions;

  /**
   * @param permissions of values, in their shape: `{ count: 'rw', secret: '-' }`. Of a per-CPU map, of each CPU's value.
   */
  constructor(map: KeyedMap<K, V>, permissions: PermissionTree, options: FilterOptions = {}) {
    this.#map = map;
    this.#permissions = permissions;
    this.#options = options;
  }

  /** The readable parts of a value; undefined where there is no entry. */
  get(key: K): V | undefined {
    const value = this.#map.get(key);
    return value === undefined ? undefined : this.#show(value);
  }

  has(key: K): boolean {
    return this.#map.has(key);
  }

  /**
   * Writes the parts of a value that are given; the others stay as they are. Of a new entry, which takes `canCreate`, all
   * parts have to be given.
   *
   * @throws PermissionError for a part that may not be written, and then writes nothing.
   */
  set(key: K, value: PartOf<V>): this {
    this.#write(key, this.#given(value));
    return this;
  }

  /** Writes several entries as `set` does. Nothing is written where a part of any of them may not be. */
  setBatch(entries: Iterable<readonly [K, PartOf<V>]>): this {
    const all = Array.from(entries, ([key, value]) => [key, this.#given(value)] as const);
    if (!this.#options.canCreate) for (const [key] of all) if (!this.#map.has(key)) throw this.#refuseCreation();
    for (const [key, value] of all) this.#write(key, value);
    return this;
  }

  /** The readable parts of the value of a key; where it is missing, the entry is made first, which takes `canCreate`. */
  getOrInsert(key: K, value: V): V {
    const found = this.get(key);
    if (found !== undefined) return found;
    this.set(key, value as PartOf<V>);
    return this.get(key) as V;
  }

  /** Adds to an integer value; takes the permission to write it, and `canCreate` where the key is missing. */
  increment(key: K, by: V): void {
    const refused = unwritable(by, this.#permissions, 'value');
    if (refused !== undefined) throw this.#refuse(`${refused} may not be written`);
    if (!this.#options.canCreate && !this.#map.has(key)) throw this.#refuseCreation();
    this.#map.increment(key, by);
  }

  /** @throws PermissionError unless `canDelete`. */
  delete(key: K): boolean {
    this.#requireDeletion();
    return this.#map.delete(key);
  }

  /** Looks up the readable parts and deletes at once. @throws PermissionError unless `canDelete`. */
  take(key: K): V | undefined {
    this.#requireDeletion();
    const value = this.#map.take(key);
    return value === undefined ? undefined : this.#show(value);
  }

  /** Deletes many entries; returns how many there were. @throws PermissionError unless `canDelete`. */
  deleteBatch(keys: Iterable<K>): number {
    this.#requireDeletion();
    return this.#map.deleteBatch(keys);
  }

  /** Deletes all entries. @throws PermissionError unless `canDelete`. */
  clear(): void {
    this.#requireDeletion();
    this.#map.clear();
  }

  *entries(): Generator<[K, V], void, undefined> {
    for (const [key, value] of this.#map.entries()) yield [key, this.#show(value)];
  }

  keys(): Generator<K, void, undefined> {
    return this.#map.keys();
  }

  *values(): Generator<V, void, undefined> {
    for (const value of this.#map.values()) yield this.#show(value);
  }

  /** The readable parts of all entries. */
  getBatch(): [K, V][] {
    return [...this.entries()];
  }

  forEach(callback: (value: V, key: K) => void): void {
    for (const [key, value] of this.entries()) callback(value, key);
  }

  [Symbol.iterator](): Generator<[K, V], void, undefined> {
    return this.entries();
  }

  get size(): number {
    return this.#map.size;
  }

  /** A per-CPU map has a value for each CPU, all with the same permissions. */
  get #isPerCpu(): boolean {
    return isPerCpu(this.#map.type);
  }

  #show(value: unknown): V {
    if (this.#isPerCpu && Array.isArray(value))
      return value.map((item: unknown) => readable(item, this.#permissions)) as V;
    return readable(value, this.#permissions) as V;
  }

  /** A copy, so that what is checked is what is written, whatever accessors the value has. */
  #given(value: PartOf<V>): unknown {
    const given: unknown = structuredClone(value);
    const values = this.#isPerCpu && Array.isArray(given) ? (given as unknown[]) : [given];
    for (const item of values) {
      const refused = unwritable(item, this.#permissions, 'value');
      if (refused !== undefined) throw this.#refuse(`${refused} may not be written`);
    }
    return given;
  }

  #write(key: K, given: unknown): void {
    const old = this.#map.get(key);
    if (old === undefined && !this.#options.canCreate) throw this.#refuseCreation();
    this.#map.set(key, merge(old, given) as V, old === undefined ? 'noexist' : 'exist');
  }

  #requireDeletion(): void {
    if (!this.#options.canDelete) throw this.#refuse('entries may not be deleted');
  }

  #refuseCreation(): PermissionError {
    return this.#refuse('entries may not be created');
  }

  #refuse(what: string): PermissionError {
    return new PermissionError(`Map '${this.#map.name}' is filtered: ${what}.`, {
      code: 'TSBPF2034',
      operation: 'write map',
      subject: this.#map.name,
      hint: 'The permissions given to FilteredMap decide.',
    });
  }
}

function readable(value: unknown, tree: PermissionTree | undefined): unknown {
  if (tree === undefined || typeof tree === 'string') return tree?.includes('r') ? value : undefined;
  if (Array.isArray(value)) return value.map((item, index) => readable(item, part(tree, index)));
  if (!isStruct(value)) return undefined;
  const parts = Object.entries(value).map(([name, item]) => [name, readable(item, part(tree, name))] as const);
  return Object.setPrototypeOf(Object.fromEntries(parts), StructValue);
}

/** The path of the first part that is given and may not be written. */
function unwritable(value: unknown, tree: PermissionTree | undefined, path: string): string | undefined {
  if (value === undefined) return undefined;
  if (tree === undefined || typeof tree === 'string') return tree?.includes('w') ? undefined : path;
  const parts = Array.isArray(value)
    ? value.map((item: unknown, index) => [item, part(tree, index), `${path}[${index}]`] as const)
    : isStruct(value)
      ? Object.entries(value).map(([name, item]) => [item, part(tree, name), `${path}.${name}`] as const)
      : [];
  if (parts.length === 0) return path;
  for (const [item, permission, where] of parts) {
    const refused = unwritable(item, permission, where);
    if (refused !== undefined) return refused;
  }
  return undefined;
}

function part(tree: Exclude<PermissionTree, string>, name: string | number): PermissionTree | undefined {
  return Object.hasOwn(tree, name) ? (tree as Record<string | number, PermissionTree>)[name] : undefined;
}

/** The old value with the given parts replaced. */
function merge(old: unknown, value: unknown): unknown {
  if (value === undefined) return old;
  if (Array.isArray(value)) return value.map((item, index) => merge(Array.isArray(old) ? old[index] : undefined, item));
  if (!isStruct(value)) return value;
  const before = isStruct(old) ? old : {};
  return {
    ...before,
    ...Object.fromEntries(Object.entries(value).map(([name, item]) => [name, merge(before[name], item)])),
  };
}

function isStruct(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);
}
