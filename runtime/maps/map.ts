/**
 * The core of every map class: the kernel map behind it, created on first need, its options, pinning and closing.
 */
import { existsSync } from 'node:fs';
import { check, TsbpfError } from '../errors.js';
import { closeDescriptor } from '../native/libc.js';
import * as libbpf from '../native/libbpf.js';
import type { MapDefinition, MapOptions, MapSpec } from './definition.js';
import { readMapInfo } from './info.js';
import type { KeyedMap } from './keyed.js';
import { NumberKeyed } from './number-keyed.js';
import {
  createLooseMap,
  openMapById,
  openPinnedMap,
  openSharedDescriptor,
  type CreateOptions,
  type RecordOptions,
} from './open.js';
import { openDeclaredPin, pinHint, removePin } from './pin.js';

/** What the loader does with a map while an object that contains it is loaded. */
export interface MapLoading {
  /** The map's descriptor, if it is in the kernel already or pinned where its option says. */
  existing(map: BpfMap): number | undefined;
  options(map: BpfMap): MapOptions;
  /** Hands over the descriptor of the map that the load created. */
  adopt(map: BpfMap, fd: number): void;
}

let loading: MapLoading;

/** For the loader alone. */
export function mapLoading(): MapLoading {
  return loading;
}

/**
 * What all maps have in common: the kernel's map, made at first need, its pin, and its end. Closing gives up this
 * process's descriptor; the kernel keeps a map as long as a program, a pin or another process holds it.
 */
export abstract class BpfMap extends NumberKeyed implements Disposable {
  readonly #definition: MapDefinition;
  readonly #options: MapOptions;
  #fd: number | undefined;
  #closed = false;

  static {
    loading = {
      existing: (map) => map.#existing(),
      options: (map) => map.#options,
      adopt: (map, fd) => map.#adopt(fd),
    };
  }

  /** Maps are made with their options alone; the definition comes from the compiler. */
  constructor(options: MapOptions = {}, definition?: MapDefinition) {
    super();
    if (!definition) throw notCompiled(new.target.name);
    this.#options = options;
    this.#definition = definition;
  }

  /**
   * Opens a map that is in the kernel; keys and values are decoded by its BTF, or by records.
   *
   * @param source a pin (`'/sys/fs/bpf/x'`), or a descriptor, which stays the caller's: it is duplicated.
   * @typeParam M the class that the map's type has: `BpfMap.open<Queue<u32>>(path)`.
   * @throws TsbpfError: ENOENT where nothing is pinned there, EBADF for what is no descriptor, EACCES or EPERM without
   *   privilege, TSBPF2035 for what is no map, TSBPF2191 for a path where nothing can be pinned.
   */
  static open<M extends BpfMap = KeyedMap<any, any>>(source: string | number, records?: RecordOptions): M {
    return (typeof source === 'string' ? openPinnedMap(source, records) : openSharedDescriptor(source, records)) as M;
  }

  /** Opens a map by the kernel's number for it (`bpftool map`), as `open` does. */
  static fromId<M extends BpfMap = KeyedMap<any, any>>(id: number, records?: RecordOptions): M {
    return openMapById(id, records) as M;
  }

  /**
   * Creates a map that belongs to no program.
   *
   * @throws TsbpfError where the kernel refuses, UnsupportedFeatureError where it lacks the type.
   */
  static create<M extends BpfMap = KeyedMap<any, any>>(options: CreateOptions): M {
    return createLooseMap(options) as M;
  }

  /** The map's name in its object. */
  get name(): string {
    return this.#definition.name;
  }

  /** A number of `MapType`. */
  get type(): number {
    return this.spec.type;
  }

  /** How many entries the map can hold. */
  get maxEntries(): number {
    return this.#options.maxEntries ?? this.spec.maxEntries;
  }

  /** The map's descriptor; creates the map if need be. It stays the map's own. */
  get fd(): number {
    return this.#fd ?? this.#create();
  }

  /** The number under which the kernel lists the map (`bpftool map`). */
  get id(): number {
    return readMapInfo(this.fd, this.name).id;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** What the object says about the map. */
  protected get spec(): MapSpec {
    return this.#definition.spec;
  }

  /**
   * Gives the map a path on a BPF file system, under which it outlives the process.
   *
   * @throws TsbpfError: EEXIST where something is pinned there, EPERM or EINVAL outside a BPF file system.
   */
  pin(path: string): this {
    check(libbpf.objectPin(this.fd, path), `pin map '${this.name}' to`, path, pinHint(path));
    return this;
  }

  /**
   * Removes a pinned path. The map lives on as long as anyone holds it.
   *
   * @param path the option `pin` unless given.
   */
  unpin(path = this.#options.pin): this {
    if (path === undefined) {
      throw new TsbpfError(`Map '${this.name}' has no pin path.`, {
        code: 'TSBPF2012',
        operation: 'unpin map',
        subject: this.name,
        hint: 'Say which: unpin(path).',
      });
    }
    removePin(path);
    return this;
  }

  /** Makes the map read-only for user space, for good (Linux 5.2). */
  freeze(): this {
    check(libbpf.mapFreeze(this.fd), 'freeze map', this.name);
    return this;
  }

  /** Gives the descriptor back; programs that use the map keep it alive in the kernel. Closing twice is harmless. */
  close(): void {
    this.#closed = true;
    if (this.#fd !== undefined) closeDescriptor(this.#fd);
    this.#fd = undefined;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #create(): number {
    const existing = this.#existing();
    if (existing !== undefined) return existing;
    this.#adopt(this.#definition.create(this.#options));
    return this.#fd as number;
  }

  #existing(): number | undefined {
    if (this.#closed) {
      throw new TsbpfError(`Map '${this.name}' is closed.`, {
        code: 'TSBPF2011',
        operation: 'use map',
        subject: this.name,
        hint: 'Close it after its last use.',
      });
    }
    const { pin } = this.#options;
    if (this.#fd === undefined && pin !== undefined && existsSync(pin)) {
      this.#fd = openDeclaredPin(pin, this.name, this.spec);
    }
    return this.#fd;
  }

  /** Called once the map is in the kernel, made by this process. */
  protected created(): void {}

  #adopt(fd: number): void {
    this.#fd = fd;
    const { pin } = this.#options;
    try {
      if (pin !== undefined && !existsSync(pin)) this.pin(pin);
      this.created();
    } catch (failure) {
      closeDescriptor(fd);
      this.#fd = undefined;
      throw failure;
    }
  }
}

function notCompiled(className: string): TsbpfError {
  return new TsbpfError(
    `new ${className}() needs the part of the program that runs in the kernel, and it was not compiled.`,
    {
      code: 'TSBPF2004',
      operation: 'create map',
      subject: className,
      hint: 'Run the file with `tsbpf run FILE` or `node --import tsbpf/register FILE`; for a map without a program, use BpfMap.create.',
    },
  );
}

/** Refuses a method that only a program function can call. */
export function kernelOnly(method: string): never {
  throw new TsbpfError(`${method} runs in the kernel only.`, {
    code: 'TSBPF2005',
    operation: 'call',
    subject: method,
    hint: 'Call it from a program function (one with @kprobe, @xdp, …).',
  });
}
