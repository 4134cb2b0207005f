/** BPF_MAP_TYPE_STACK_TRACE: call stacks by number, taken in the kernel and named in user space. */
import { ProcessSymbols } from '../symbols/process.js';
import type { FixedArray, u32, u64 } from '../types.js';
import { kernelSymbols } from './kallsyms.js';
import { KeyedMap } from './keyed.js';
import { array, integer, u32Layout, type Layout } from './layout.js';
import { kernelOnly } from './map.js';
import { registerMapClass } from './registry.js';
import { MapType } from './types.js';

/** The deepest stack that the kernel takes unless told otherwise (PERF_MAX_STACK_DEPTH, linux/perf_event.h). */
export const MAX_STACK_DEPTH = 127;

/** Addresses from here on are the kernel's, on all 64-bit machines. */
const KERNEL_ADDRESSES = 1n << 63n;

/** One call of a stack, innermost first. */
export interface StackFrame {
  readonly address: bigint;
  /**
   * The function. Of the kernel, undefined without the privilege to read /proc/kallsyms; of a process, undefined where
   * its file has no symbols there, or where the process is gone or was not named.
   */
  readonly symbol: string | undefined;
  /** Bytes from the start of the function. */
  readonly offset: number;
  /** The kernel module that has the function. */
  readonly module: string | undefined;
  /** For addresses of a process: the file that is mapped there, or `'[vdso]'` and the like. */
  readonly file?: string;
  /** Bytes from the start of that file, for `addr2line` and the like. */
  readonly fileOffset?: bigint;
}

export interface StackOptions {
  /** The process whose user stack it is (`bpf.getCurrentPidTgid() >> 32n`), which has to live still. */
  readonly pid?: number;
}

/**
 * Stacks by their ids: `stacks.getId(ctx)` in a program stores one (bpf_get_stackid, Linux 4.6), user space reads it as
 * addresses, at most 127 (PERF_MAX_STACK_DEPTH), or by name.
 */
export class StackTraceMap extends KeyedMap<u32, FixedArray<u64, 127>> {
  protected override get keyLayout(): Layout {
    return this.spec.key ?? u32Layout;
  }

  /** Addresses; 0 after the last. */
  protected override get valueLayout(): Layout {
    return this.spec.value ?? array(integer('u64', 8, false), this.spec.valueSize / 8);
  }

  /**
   * In the kernel: takes the current call stack (bpf_get_stackid).
   *
   * @param context the program's own.
   * @param flags BPF_F_USER_STACK (256) for the user stack, and the others of linux/bpf.h.
   * @returns the number of the stack, for `stack` in user space; negative is -errno.
   */
  getId(_context: object, _flags?: u64): number {
    return kernelOnly('StackTraceMap.getId');
  }

  /**
   * The calls of a stack, innermost first, with names: kernel addresses by /proc/kallsyms, those of a process by its
   * mapped files and their symbol tables. Empty where there is no such stack.
   *
   * @param id what `getId` returned.
   */
  stack(id: number | bigint, { pid }: StackOptions = {}): StackFrame[] {
    if (id < 0) return [];
    const addresses = (this.get(Number(id)) ?? []) as readonly bigint[];
    const end = addresses.indexOf(0n);
    const process = pid === undefined ? undefined : new ProcessSymbols(pid);
    return addresses.slice(0, end < 0 ? addresses.length : end).map((address) => frameOf(address, process));
  }
}

function frameOf(address: bigint, process: ProcessSymbols | undefined): StackFrame {
  if (address >= KERNEL_ADDRESSES) {
    const symbol = kernelSymbols().find(address);
    return { address, symbol: symbol?.name, offset: symbol?.offset ?? 0, module: symbol?.module };
  }
  const place = process?.find(address);
  const { name, offset = 0 } = place?.function ?? {};
  const file = place && { file: place.file, fileOffset: place.fileOffset };
  return { address, symbol: name, offset, module: undefined, ...file };
}

registerMapClass(MapType.stackTrace, StackTraceMap);
