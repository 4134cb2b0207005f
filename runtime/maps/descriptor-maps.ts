/** Maps whose values or keys are descriptors in user space: programs, maps, sockets, tasks, control groups. */
import { closeSync, openSync } from 'node:fs';
import { check, systemError, TsbpfError } from '../errors.js';
import { mapFdById } from '../native/libbpf.js';
import type { Program } from '../program.js';
import type { i32, u32, u64 } from '../types.js';
import type { Codec } from './codec.js';
import { codecOf } from './codec.js';
import { KeyedMap } from './keyed.js';
import { integer, u32Layout, type Layout } from './layout.js';
import { BpfMap, kernelOnly } from './map.js';
import { openMapDescriptor } from './open.js';
import * as raw from './raw.js';
import { registerMapClass } from './registry.js';
import { MapType } from './types.js';

const u32Codec = codecOf<number>(u32Layout);
const i32Codec = codecOf<number>(integer('i32', 4, true));

/** An array or hash of descriptors: what is written is a descriptor, what is read is the kernel's number for it. */
abstract class DescriptorMap<K, Item> extends BpfMap {
  protected abstract readonly keyCodec: Codec<K>;
  protected abstract descriptorOf(item: Item): number;

  /** Puts an item at a key; the map holds it until it is deleted. */
  set(key: K, item: Item): this {
    raw.update(this, this.keyBytes(key), u32Codec.encode(this.descriptorOf(item)));
    return this;
  }

  /** Empties a key; false where it was empty. */
  delete(key: K): boolean {
    return raw.remove(this, this.keyBytes(key));
  }

  /** The kernel's number of the item at a key; undefined where there is none. */
  protected idAt(key: K): number | undefined {
    const bytes = new Uint8Array(4);
    return raw.lookup(this, this.keyBytes(key), bytes) ? u32Codec.decodeBytes(bytes) : undefined;
  }

  protected keyBytes(key: K): Uint8Array {
    return this.keyCodec.encode(key, `a key of map '${this.name}'`);
  }
}

/** BPF_MAP_TYPE_PROG_ARRAY: programs to jump to. The map has to stay open for its entries to stay. */
export class ProgramArray extends DescriptorMap<u32, Program | number> {
  protected readonly keyCodec = u32Codec;

  protected descriptorOf(program: Program | number): number {
    return typeof program === 'number' ? program : program.fd;
  }

  /** The kernel's number of the program at an index (`bpftool prog show id`); undefined where there is none. */
  get(index: u32): number | undefined {
    return this.idAt(index);
  }

  /** In the kernel: goes on in the program at the index, and comes back only where there is none (bpf_tail_call). */
  tailCall(_context: object, _index: u32): void {
    kernelOnly('ProgramArray.tailCall');
  }
}

/** What the two maps of maps share. `Inner` is the class of the maps inside. */
abstract class MapOfMaps<K, Inner extends BpfMap> extends DescriptorMap<K, Inner> {
  protected descriptorOf(map: Inner): number {
    return map.fd;
  }

  /** In user space the map at a key, opened anew (close it when done); in the kernel the map itself. */
  get(key: K): Inner | undefined {
    const id = this.idAt(key);
    if (id === undefined) return undefined;
    const fd = check(mapFdById(id), 'open the map at a key of', this.name);
    return openMapDescriptor(fd, `map ${id}`) as Inner;
  }

  has(key: K): boolean {
    return this.idAt(key) !== undefined;
  }
}

/** BPF_MAP_TYPE_ARRAY_OF_MAPS. */
export class ArrayOfMaps<Inner extends BpfMap> extends MapOfMaps<u32, Inner> {
  protected readonly keyCodec = u32Codec;
}

/** BPF_MAP_TYPE_HASH_OF_MAPS. */
export class HashOfMaps<K, Inner extends BpfMap> extends MapOfMaps<K, Inner> {
  protected get keyCodec(): Codec<K> {
    return codecOf<K>(this.spec.key ?? { kind: 'bytes', size: this.spec.keySize });
  }
}

/** BPF_MAP_TYPE_CGROUP_ARRAY: control groups to test a task against. */
export class CgroupArray extends BpfMap {
  /** @param cgroup a path of a control group (version 2), or a descriptor of one. */
  set(index: u32, cgroup: string | number): this {
    const fd = typeof cgroup === 'number' ? cgroup : openCgroup(cgroup);
    try {
      raw.update(this, u32Codec.encode(index, 'index'), u32Codec.encode(fd));
    } finally {
      if (typeof cgroup === 'string') closeSync(fd);
    }
    return this;
  }

  /** Empties an index; false where it was empty. */
  delete(index: u32): boolean {
    return raw.remove(this, u32Codec.encode(index, 'index'));
  }

  /** In the kernel: whether the current task is in the control group at the index (bpf_current_task_under_cgroup): 1, 0, or -errno. */
  contains(_index: u32): number {
    return kernelOnly('CgroupArray.contains');
  }
}

function openCgroup(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (failure) {
    throw systemError(-((failure as { errno?: number }).errno ?? -5), 'open control group', path);
  }
}

/** Maps of 32-bit numbers; newer kernels also take values of 8 bytes, with a program, which only BTF describes. */
abstract class NumberMap extends KeyedMap<u32, u32> {
  protected override get keyLayout(): Layout {
    return this.spec.key ?? u32Layout;
  }

  protected override get valueLayout(): Layout {
    return this.spec.value ?? (this.spec.valueSize === 4 ? u32Layout : super.valueLayout);
  }
}

/** BPF_MAP_TYPE_DEVMAP: network interfaces, by index, to redirect XDP packets to. */
export class DevMap extends NumberMap {
  /** In the kernel: sends the packet out of the interface at a key (bpf_redirect_map); the result is the program's. */
  redirect(_key: u32, _flags?: u64): number {
    return kernelOnly('DevMap.redirect');
  }
}

/** BPF_MAP_TYPE_CPUMAP: CPUs to redirect XDP packets to; the value is the length of the CPU's queue. */
export class CpuMap extends NumberMap {
  /** In the kernel: hands the packet to the CPU at a key (bpf_redirect_map); the result is the program's. */
  redirect(_key: u32, _flags?: u64): number {
    return kernelOnly('CpuMap.redirect');
  }
}

/** A value that belongs to a socket or a task and goes away with it. In user space the key is a descriptor. */
abstract class LocalStorage<V> extends BpfMap {
  protected get valueCodec(): Codec<V> {
    return codecOf<V>(this.spec.value ?? { kind: 'bytes', size: this.spec.valueSize });
  }

  /** The value of what a descriptor stands for; undefined where it has none. In the kernel, of a pointer. */
  get(owner: i32 | object): V | undefined {
    const bytes = new Uint8Array(this.spec.valueSize);
    return raw.lookup(this, this.#key(owner), bytes) ? this.valueCodec.decodeBytes(bytes) : undefined;
  }

  set(owner: i32 | object, value: V): this {
    raw.update(this, this.#key(owner), this.valueCodec.encode(value, `a value of map '${this.name}'`));
    return this;
  }

  delete(owner: i32 | object): boolean {
    return raw.remove(this, this.#key(owner));
  }

  /** In the kernel: the value of a socket or task, made from the initial one where it is missing. */
  getOrInsert(_owner: object, _initial?: V): V | undefined {
    return kernelOnly(`${this.constructor.name}.getOrInsert`);
  }

  #key(owner: i32 | object): Uint8Array {
    if (typeof owner === 'number') return i32Codec.encode(owner);
    throw new TsbpfError(`Map '${this.name}' takes a descriptor in user space.`, {
      code: 'TSBPF2017',
      operation: 'use map',
      subject: this.name,
      hint: 'A socket has one (`fd`), a process a pidfd.',
    });
  }
}

/** BPF_MAP_TYPE_SK_STORAGE: a value for each socket. */
export class SocketStorage<V> extends LocalStorage<V> {}

/** BPF_MAP_TYPE_TASK_STORAGE: a value for each task. */
export class TaskStorage<V> extends LocalStorage<V> {}

registerMapClass(MapType.programArray, ProgramArray);
registerMapClass(MapType.arrayOfMaps, ArrayOfMaps);
registerMapClass(MapType.hashOfMaps, HashOfMaps);
registerMapClass(MapType.cgroupArray, CgroupArray);
registerMapClass(MapType.devMap, DevMap);
registerMapClass(MapType.cpuMap, CpuMap);
registerMapClass(MapType.socketStorage, SocketStorage);
registerMapClass(MapType.taskStorage, TaskStorage);
