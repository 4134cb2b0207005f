/** Maps of values that belong to a task or a socket, and go away with it. */
import { check, TsbpfError } from '../errors.js';
import { closeDescriptor, openProcess } from '../native/libc.js';
import type { i32, u64 } from '../types.js';
import { codecOf, type Codec } from './codec.js';
import { integer } from './layout.js';
import { BpfMap, kernelOnly } from './map.js';
import * as raw from './raw.js';
import { registerMapClass } from './registry.js';
import { MapType } from './types.js';

const i32Codec = codecOf<number>(integer('i32', 4, true));

/** Whose value is meant: in user space by a descriptor, in the kernel by an address. */
abstract class LocalStorage<V, Owner> extends BpfMap {
  protected get valueCodec(): Codec<V> {
    return codecOf<V>(this.spec.value ?? { kind: 'bytes', size: this.spec.valueSize });
  }

  /** A descriptor of the owner, for the length of a call. */
  protected withDescriptor<R>(owner: Owner, use: (fd: number) => R): R {
    if (typeof owner === 'number') return use(owner);
    throw new TsbpfError(`Map '${this.name}' takes a descriptor in user space.`, {
      code: 'TSBPF2017',
      operation: 'use map',
      subject: this.name,
      hint: this.descriptorHint,
    });
  }

  protected abstract readonly descriptorHint: string;

  /** The owner's value; undefined where it has none. In the kernel the value itself. */
  get(owner: Owner): V | undefined {
    const bytes = new Uint8Array(this.spec.valueSize);
    const found = this.withDescriptor(owner, (fd) => raw.lookup(this, i32Codec.encode(fd), bytes));
    return found ? this.valueCodec.decodeBytes(bytes) : undefined;
  }

  has(owner: Owner): boolean {
    return this.get(owner) !== undefined;
  }

  /** Writes the owner's value. In the kernel nothing happens where there is no memory for it. */
  set(owner: Owner, value: V): this {
    const bytes = this.valueCodec.encode(value, `a value of map '${this.name}'`);
    this.withDescriptor(owner, (fd) => raw.update(this, i32Codec.encode(fd), bytes));
    return this;
  }

  /** Deletes the owner's value; false where it had none. */
  delete(owner: Owner): boolean {
    return this.withDescriptor(owner, (fd) => raw.remove(this, i32Codec.encode(fd)));
  }

  /**
   * In the kernel: the owner's value, made from the initial one where it is missing. The program ends with its default
   * result where there is no owner, or no memory for the value.
   */
  getOrInsert(_owner: Owner, _initial: V): V {
    return kernelOnly(`${this.constructor.name}.getOrInsert`);
  }
}

/**
 * BPF_MAP_TYPE_SK_STORAGE (Linux 5.2): a value for each socket, in tc programs. In the kernel the socket is `ctx.sk`; one
 * that is no full socket (a connection that is just opening or closing) has no value.
 */
export class SocketStorage<V> extends LocalStorage<V, i32 | u64> {
  protected readonly descriptorHint = 'A socket has one: `fd`.';
}

/**
 * BPF_MAP_TYPE_TASK_STORAGE (Linux 5.11; in probes and tracepoints 5.13): a value for each task. In the kernel the task is
 * `bpf.getCurrentTaskBtf()`; in user space a pidfd, or a process by its number: `{ pid: 1 }`.
 */
export class TaskStorage<V> extends LocalStorage<V, i32 | u64 | { readonly pid: number } | object> {
  protected readonly descriptorHint = 'Give a pidfd, or { pid: number }.';

  protected override withDescriptor<R>(owner: i32 | u64 | object, use: (fd: number) => R): R {
    if (typeof owner !== 'object' || !('pid' in owner)) return super.withDescriptor(owner, use);
    const fd = check(openProcess(Number(owner.pid)), 'open process', String(owner.pid));
    try {
      return use(fd);
    } finally {
      closeDescriptor(fd);
    }
  }
}

registerMapClass(MapType.socketStorage, SocketStorage);
registerMapClass(MapType.taskStorage, TaskStorage);
