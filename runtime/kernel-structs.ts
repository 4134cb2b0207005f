/**
 * The kernel's own structs in program functions: an interface names the members that a program reads, and where these
 * lie is found on each kernel when the program is loaded (CO-RE).
 */
import type { BpfHelpers, Wide } from './helpers.generated.js';
import type { SkBuff } from './contexts.js';
import type { Bytes, u64 } from './types.js';

/**
 * What an interface extends to stand for the struct of that name in the kernel:
 *
 *     interface task_struct extends KernelStruct { tgid: i32; real_parent: Pointer<task_struct> }
 *
 * Members are found by their names. A suffix of three underscores and a word is not part of the name: `task_struct` and
 * `task_struct___old` are two views of one struct. No value of user space is one.
 */
export interface KernelStruct {
  readonly __kernel: never;
}

/**
 * A member that holds an address: of a kernel struct, whose members are then read through it, or of anything else, and
 * then it is the address itself. What it points to may be NULL, which equals `undefined`; reading through it gives zeros.
 */
export type Pointer<T = unknown> = T extends KernelStruct
  ? T & { readonly __pointer?: readonly [T] }
  : u64 & { readonly __pointer?: readonly [T] };

/** All that `bpf` has: the kernel's helper functions, and what reads the kernel's structs. */
export interface Bpf extends BpfHelpers {
  /**
   * Copies bytes of the packet into memory that is there already, such as a reserved event's, as many as only the running
   * program knows. Since 4.5.
   *
   * @returns 0, or a negative errno: EFAULT where the packet ends before, EINVAL where `target` is shorter than `length`.
   */
  skbLoadBytes(skb: SkBuff, offset: number, target: Uint8Array, length: number): number;
  skbLoadBytes<N extends number>(skb: SkBuff, offset: number): Bytes<N>;
  /** The same of the kernel's memory. Since 5.5, GPL. */
  probeReadKernel(unsafePtr: Wide, target: Uint8Array, length: number): number;
  probeReadKernel<T>(unsafePtr: Wide): T;
  /** The current task: its address, or as the struct that is named. Since 4.8, GPL. */
  getCurrentTask(): u64;
  getCurrentTask<T extends KernelStruct>(): T;
  /** The same, as the kernel can check it: what a `TaskStorage` takes. Since 5.11, GPL. */
  getCurrentTaskBtf(): u64;
  getCurrentTaskBtf<T extends KernelStruct>(): T;
  /** The kernel struct at an address, such as an argument of a raw tracepoint; undefined for the address 0. */
  pointer<T extends KernelStruct>(address: Wide): T | undefined;
  /** The address of a kernel struct, or of one that is part of another; 0n for none. */
  addressOf(struct: KernelStruct | undefined): u64;
  /** Whether the running kernel's struct has the member: `bpf.fieldExists(task.__state)`. Nothing is read. */
  fieldExists(member: unknown): boolean;
  /** The size of the member on the running kernel, in bytes. Nothing is read. */
  fieldSize(member: unknown): number;
  /** Whether the running kernel has a struct of that name. */
  typeExists<_T extends KernelStruct>(): boolean;
  /** The size of the struct on the running kernel, in bytes; 0 where it has none of that name. */
  typeSize<_T extends KernelStruct>(): number;
}
