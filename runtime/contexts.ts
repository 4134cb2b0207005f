/** What program functions are given: the kernel's context structures, with its field names. */
import type { SyscallArguments } from './tracepoints.generated.js';
import type { FixedArray, i32, i64, u32, u64, u8 } from './types.js';

/**
 * A packet as a DataView over all of it, big-endian unless told otherwise. A read past its end ends the program with its
 * default result.
 */
export interface PacketView {
  /** The length of the whole packet, in bytes. */
  readonly byteLength: number;
  getInt8(offset: number): number;
  getUint8(offset: number): number;
  getInt16(offset: number, littleEndian?: boolean): number;
  getUint16(offset: number, littleEndian?: boolean): number;
  getInt32(offset: number, littleEndian?: boolean): number;
  getUint32(offset: number, littleEndian?: boolean): number;
  getBigInt64(offset: number, littleEndian?: boolean): bigint;
  getBigUint64(offset: number, littleEndian?: boolean): bigint;
  setInt8(offset: number, value: number): void;
  setUint8(offset: number, value: number): void;
  setInt16(offset: number, value: number, littleEndian?: boolean): void;
  setUint16(offset: number, value: number, littleEndian?: boolean): void;
  setInt32(offset: number, value: number, littleEndian?: boolean): void;
  setUint32(offset: number, value: number, littleEndian?: boolean): void;
  setBigInt64(offset: number, value: bigint, littleEndian?: boolean): void;
  setBigUint64(offset: number, value: bigint, littleEndian?: boolean): void;
  /** The header at an offset in bytes, or undefined where the packet ends before it does. */
  at<Header>(offset: number): Header | undefined;
}

/** `struct __sk_buff`: the packet of socket filters and tc programs. Which fields can be read and written depends on the program. */
export interface SkBuff {
  readonly packet: PacketView;
  readonly len: u32;
  readonly pkt_type: u32;
  mark: u32;
  queue_mapping: u32;
  /** As on the wire: compare with `htons(ETH_P_IP)`. */
  readonly protocol: u32;
  readonly vlan_present: u32;
  readonly vlan_tci: u32;
  /** As on the wire: compare with `htons(ETH_P_8021Q)`. */
  readonly vlan_proto: u32;
  priority: u32;
  readonly ingress_ifindex: u32;
  readonly ifindex: u32;
  tc_index: u32;
  cb: FixedArray<u32, 5>;
  readonly hash: u32;
  tc_classid: u32;
  readonly data: u32;
  readonly data_end: u32;
  readonly napi_id: u32;
  readonly family: u32;
  /** As on the wire. */
  readonly remote_ip4: u32;
  /** As on the wire. */
  readonly local_ip4: u32;
  /** As on the wire. */
  readonly remote_ip6: FixedArray<u32, 4>;
  /** As on the wire. */
  readonly local_ip6: FixedArray<u32, 4>;
  /** As on the wire. */
  readonly remote_port: u32;
  readonly local_port: u32;
  readonly data_meta: u32;
  tstamp: u64;
  readonly wire_len: u32;
  readonly gso_segs: u32;
  /** The address of the socket, or 0n. */
  readonly sk: u64;
  readonly gso_size: u32;
  readonly tstamp_type: u8;
  readonly hwtstamp: u64;
}

/** `struct xdp_md`: the packet of XDP programs. */
export interface XdpContext {
  readonly packet: PacketView;
  readonly data: u32;
  readonly data_end: u32;
  readonly data_meta: u32;
  readonly ingress_ifindex: u32;
  readonly rx_queue_index: u32;
  readonly egress_ifindex: u32;
}

/** The names that libbpf gives to registers on every machine. */
export interface PortableRegisters {
  /** The first argument of the probed function. */
  readonly parm1: u64;
  readonly parm2: u64;
  readonly parm3: u64;
  readonly parm4: u64;
  readonly parm5: u64;
  readonly parm6: u64;
  /** What the probed function returns; in return probes. */
  readonly ret: u64;
  /** The instruction, stack and frame pointers. */
  readonly ip: u64;
  readonly sp: u64;
  readonly fp: u64;
}

/** `struct pt_regs` of x86_64. */
export interface X86Registers {
  readonly r15: u64;
  readonly r14: u64;
  readonly r13: u64;
  readonly r12: u64;
  readonly rbp: u64;
  readonly rbx: u64;
  readonly r11: u64;
  readonly r10: u64;
  readonly r9: u64;
  readonly r8: u64;
  readonly rax: u64;
  readonly rcx: u64;
  readonly rdx: u64;
  readonly rsi: u64;
  readonly rdi: u64;
  readonly orig_rax: u64;
  readonly rip: u64;
  readonly cs: u64;
  readonly eflags: u64;
  readonly rsp: u64;
  readonly ss: u64;
}

/** `struct user_pt_regs` of arm64. */
export interface Arm64Registers {
  readonly regs: FixedArray<u64, 31>;
  readonly pc: u64;
  readonly pstate: u64;
}

/** The registers at a probe: portable names, and those of each machine; the compiler refuses the other machine's. */
export interface PtRegs extends PortableRegisters, X86Registers, Arm64Registers {}

/** `struct bpf_raw_tracepoint_args`: the arguments of a raw tracepoint, each in 64 bits. */
export interface RawArgs<Count extends number = 12> {
  readonly args: FixedArray<u64, Count>;
}

/** What the record of every system call tracepoint begins with; the 8 common bytes before it cannot be read. */
export interface SyscallNumber {
  readonly __syscall_nr: i32;
}

/** The record of `syscalls:sys_exit_…`. */
export interface SyscallExit extends SyscallNumber {
  /** What the system call returned; a negative errno where it failed. */
  readonly ret: i64;
}

/** An event that is not in the table: the compiler takes its fields from the machine's tracefs. */
export interface UnknownTracepoint {
  readonly [field: string]: any;
}

/**
 * The fields of a tracepoint by its name, `Tracepoint<'syscalls:sys_enter_openat'>`, or by an interface that describes them.
 */
export type Tracepoint<Event extends string | object> = Event extends `syscalls:sys_enter_${infer Name}`
  ? Name extends keyof SyscallArguments
    ? SyscallNumber & Readonly<SyscallArguments[Name]>
    : UnknownTracepoint
  : Event extends `syscalls:sys_exit_${string}`
    ? SyscallExit
    : Event extends string
      ? UnknownTracepoint
      : Event;
