/** Maps whose values are descriptors in user space: programs and control groups; and those of numbers of devices and CPUs. */
import { closeSync, openSync } from 'node:fs';
import { systemError, TsbpfError } from '../errors.js';
import { requireProgram, type ProgramReference } from '../attach/handle.js';
import { requireInterface } from '../attach/interfaces.js';
import type { XDP } from '../constants.js';
import type { Wide } from '../helpers.js';
import type { u32 } from '../types.js';
import type { Codec } from './codec.js';
import { codecOf } from './codec.js';
import { KeyedMap } from './keyed.js';
import { u32Layout, type Layout } from './layout.js';
import { BpfMap, kernelOnly } from './map.js';
import * as raw from './raw.js';
import type { UpdateFlags } from './raw.js';
import { registerMapClass } from './registry.js';
import { MapType } from './types.js';

const u32Codec = codecOf<number>(u32Layout);

/** An array or hash of descriptors: what is written is a descriptor, what is read is the kernel's number for it. */
export abstract class DescriptorMap<K, Item> extends BpfMap {
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

/**
 * BPF_MAP_TYPE_PROG_ARRAY: programs to jump to, all of one type. The map has to stay open for its entries to stay.
 *
 * ```ts
 * const parsers = new ProgramArray({ maxEntries: 2 });
 * const parse = xdp((ctx) => {
 *   parsers.tailCall(ctx, 1); // goes on in parseIp …
 *   return XDP.PASS; // … or, where there is none, here
 * });
 * parsers.set(1, parseIp);
 * ```
 */
export class ProgramArray extends DescriptorMap<u32, ProgramReference | number> {
  protected readonly keyCodec = u32Codec;

  protected descriptorOf(program: ProgramReference | number): number {
    return typeof program === 'number' ? program : requireProgram(program, `${this.name}.set()`).fd;
  }

  /**
   * Puts a program at an index, loading it if need be; the map holds it until it is deleted.
   *
   * @param program a program function of a compiled module, a program of an object, or a descriptor.
   * @throws TsbpfError (TSBPF2141) for a program that is of another type than those that jump by the map.
   */
  override set(index: u32, program: ProgramReference | number): this {
    try {
      return super.set(index, program);
    } catch (cause) {
      if (!(cause instanceof TsbpfError) || cause.code !== 'EINVAL') throw cause;
      throw new TsbpfError(
        `The program for index ${index} is of another type than those that jump by map '${this.name}'.`,
        {
          code: 'TSBPF2141',
          operation: 'set program',
          subject: this.name,
          hint: 'A tail call goes from XDP to XDP, from tc to tc: use a ProgramArray for each.',
          cause,
        },
      );
    }
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

  /**
   * In the kernel, in probes and tracepoints: whether the current task is in the control group at the index, or in one
   * below it; false for an empty index (bpf_current_task_under_cgroup, Linux 4.9).
   */
  contains(_index: u32): boolean {
    return kernelOnly('CgroupArray.contains');
  }

  /** In the kernel, in tc programs: the same of the socket that the packet belongs to (bpf_skb_under_cgroup, Linux 4.8). */
  containsPacket(_context: object, _index: u32): boolean {
    return kernelOnly('CgroupArray.containsPacket');
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
abstract class NumberMap<Write = u32> extends KeyedMap<u32, u32, u32, Write> {
  protected override get keyLayout(): Layout {
    return this.spec.key ?? u32Layout;
  }

  protected override get valueLayout(): Layout {
    return this.spec.value ?? (this.spec.valueSize === 4 ? u32Layout : super.valueLayout);
  }
}

/** BPF_MAP_TYPE_DEVMAP: network interfaces to redirect XDP packets to; written by name or index, read as the index. */
export class DevMap extends NumberMap<u32 | string> {
  /** Puts an interface at a key. */
  override set(key: u32, device: u32 | string, flags?: UpdateFlags): this {
    return super.set(key, typeof device === 'string' ? requireInterface(device) : device, flags);
  }

  /**
   * In the kernel: sends the packet out of the interface at a key (bpf_redirect_map); the result is the program's.
   *
   * @param flags in the low bits what the program returns where there is no interface: 0, XDP_ABORTED, unless given.
   */
  redirect(_key: u32, _flags?: Wide): XDP {
    return kernelOnly('DevMap.redirect');
  }
}

/** BPF_MAP_TYPE_CPUMAP: CPUs to redirect XDP packets to; the value is the length of the CPU's queue. */
export class CpuMap extends NumberMap {
  /** In the kernel: hands the packet to the CPU at a key (bpf_redirect_map); the result is the program's. `flags` as in DevMap. */
  redirect(_key: u32, _flags?: Wide): XDP {
    return kernelOnly('CpuMap.redirect');
  }
}

/** BPF_MAP_TYPE_XSKMAP: AF_XDP sockets, by descriptor, that take packets in user space; the key is the receive queue. */
export class XskMap extends DescriptorMap<u32, number> {
  protected readonly keyCodec = u32Codec;

  protected descriptorOf(socket: number): number {
    return socket;
  }

  /** In the kernel: hands the packet to the socket at a key (bpf_redirect_map); the result is the program's. `flags` as in DevMap. */
  redirect(_key: u32, _flags?: Wide): XDP {
    return kernelOnly('XskMap.redirect');
  }
}

registerMapClass(MapType.programArray, ProgramArray);
registerMapClass(MapType.cgroupArray, CgroupArray);
registerMapClass(MapType.devMap, DevMap);
registerMapClass(MapType.cpuMap, CpuMap);
registerMapClass(MapType.xskMap, XskMap);
