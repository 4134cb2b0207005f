/**
 * Where the fields of each context structure are, and who may read and write them.
 *
 * Offsets are those of linux/bpf.h and asm/ptrace.h; who may do what follows the kernel's `sk_filter_is_valid_access`,
 * `tc_cls_act_is_valid_access`, `xdp_is_valid_access` and `kprobe_prog_is_valid_access` (Linux 6.1).
 */
import type { ProgramKind } from '../model.js';
import type { ContextKind } from './program-type.js';

export type Access = 'read' | 'write';

export interface ContextField {
  readonly name: string;
  /** From the start of the context, in bytes. */
  readonly offset: number;
  /** Of one element, in bytes. */
  readonly size: 1 | 2 | 4 | 8;
  readonly signed: boolean;
  /** The number of elements, for arrays. */
  readonly count?: number;
  /** The first release that has it, where that is after 5.0. */
  readonly firstKernel?: string;
  /** What a program of a kind may do; a kind that is missing may do nothing. `write` includes reading. */
  readonly access: Readonly<Partial<Record<ProgramKind, Access>>>;
}

/** A machine that programs are compiled for. */
export type Machine = 'x86_64' | 'arm64';

const TC: readonly ProgramKind[] = ['tc', 'tcAction', 'ingressFilter', 'egressFilter'];
const PROBES: readonly ProgramKind[] = ['kprobe', 'kretprobe', 'uprobe', 'uretprobe'];

const grant = (access: Access, kinds: readonly ProgramKind[]): ContextField['access'] =>
  Object.fromEntries(kinds.map((kind) => [kind, access]));

/** What socket filters may do, then what tc programs may: `r`, `w` for both, `-`. */
const SK_BUFF_ACCESS = {
  rr: { socketFilter: 'read', ...grant('read', TC) },
  rw: { socketFilter: 'read', ...grant('write', TC) },
  ww: { socketFilter: 'write', ...grant('write', TC) },
  '-r': grant('read', TC),
  '-w': grant('write', TC),
  '--': {},
} as const satisfies Record<string, ContextField['access']>;

/** Fields that are younger than 5.0. */
const FIRST_KERNELS: Readonly<Record<string, string>> = {
  gso_segs: '5.1',
  sk: '5.1',
  gso_size: '5.7',
  egress_ifindex: '5.8',
  hwtstamp: '5.16',
  tstamp_type: '5.18',
};

const since = (name: string): Pick<ContextField, 'firstKernel'> =>
  FIRST_KERNELS[name] === undefined ? {} : { firstKernel: FIRST_KERNELS[name] };

type SkBuffRow = [name: string, offset: number, access: keyof typeof SK_BUFF_ACCESS, size?: 1 | 4 | 8, count?: number];

const SK_BUFF: readonly SkBuffRow[] = [
  ['len', 0, 'rr'],
  ['pkt_type', 4, 'rr'],
  ['mark', 8, 'rw'],
  ['queue_mapping', 12, 'rw'],
  ['protocol', 16, 'rr'],
  ['vlan_present', 20, 'rr'],
  ['vlan_tci', 24, 'rr'],
  ['vlan_proto', 28, 'rr'],
  ['priority', 32, 'rw'],
  ['ingress_ifindex', 36, 'rr'],
  ['ifindex', 40, 'rr'],
  ['tc_index', 44, 'rw'],
  ['cb', 48, 'ww', undefined, 5],
  ['hash', 68, 'rr'],
  ['tc_classid', 72, '-w'],
  ['data', 76, '-r'],
  ['data_end', 80, '-r'],
  ['napi_id', 84, 'rr'],
  ['family', 88, '--'],
  ['remote_ip4', 92, '--'],
  ['local_ip4', 96, '--'],
  ['remote_ip6', 100, '--', undefined, 4],
  ['local_ip6', 116, '--', undefined, 4],
  ['remote_port', 132, '--'],
  ['local_port', 136, '--'],
  ['data_meta', 140, '-r'],
  ['tstamp', 152, '-w', 8],
  ['wire_len', 160, '-r'],
  ['gso_segs', 164, 'rr'],
  ['sk', 168, 'rr', 8],
  ['gso_size', 176, 'rr'],
  ['tstamp_type', 180, '-r', 1],
  ['hwtstamp', 184, '-r', 8],
];

function skBuffFields(): ContextField[] {
  return SK_BUFF.map(([name, offset, access, size = 4, count]): ContextField => ({
    name,
    offset,
    size,
    signed: false,
    access: SK_BUFF_ACCESS[access],
    ...since(name),
    ...(count && { count }),
  }));
}

const XDP_MD = ['data', 'data_end', 'data_meta', 'ingress_ifindex', 'rx_queue_index', 'egress_ifindex'];

function xdpFields(): ContextField[] {
  return XDP_MD.map((name, index): ContextField => ({
    name,
    offset: index * 4,
    size: 4,
    signed: false,
    // Only programs of a DevMap, which tsbpf does not make, may read where a packet goes.
    access: name === 'egress_ifindex' ? {} : { xdp: 'read' },
    ...since(name),
  }));
}

/** The registers of `struct pt_regs` of x86_64, 8 bytes each, in its order. */
const X86_REGISTERS = 'r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp ss'.split(
  ' ',
);

/** The portable names of registers beside `parm1` to `parm6`, in the calling convention of each machine. */
const PORTABLE: Readonly<Record<Machine, Readonly<Record<string, string>>>> = {
  x86_64: { ret: 'rax', ip: 'rip', sp: 'rsp', fp: 'rbp' },
  arm64: { ret: 'x0', ip: 'pc', sp: 'sp', fp: 'x29' },
};

/** Where functions have their arguments: six in the calling convention of x86_64, eight in that of arm64 (AAPCS64). */
const FUNCTION_ARGUMENTS: Readonly<Record<Machine, readonly string[]>> = {
  x86_64: ['rdi', 'rsi', 'rdx', 'rcx', 'r8', 'r9'],
  arm64: ['x0', 'x1', 'x2', 'x3', 'x4', 'x5', 'x6', 'x7'],
};

/** Registers of the system call convention: the fourth argument of x86_64 is not where functions have theirs. */
const SYSCALL_ARGUMENTS: Readonly<Record<Machine, readonly string[]>> = {
  x86_64: ['rdi', 'rsi', 'rdx', 'r10', 'r8', 'r9'],
  arm64: ['x0', 'x1', 'x2', 'x3', 'x4', 'x5'],
};

const ARM64_AFTER_REGS = ['sp', 'pc', 'pstate'];
const ARM64_REGS = 31;

function registerOffset(machine: Machine, register: string): number {
  if (machine === 'x86_64') return X86_REGISTERS.indexOf(register) * 8;
  if (register.startsWith('x')) return Number(register.slice(1)) * 8;
  return (ARM64_REGS + ARM64_AFTER_REGS.indexOf(register)) * 8;
}

function registerField(name: string, offset: number, count?: number): ContextField {
  return { name, offset, size: 8, signed: false, access: grant('read', PROBES), ...(count && { count }) };
}

function ptRegsFields(machine: Machine): ContextField[] {
  const own =
    machine === 'x86_64'
      ? X86_REGISTERS.map((name) => registerField(name, registerOffset(machine, name)))
      : [
          registerField('regs', 0, ARM64_REGS),
          ...ARM64_AFTER_REGS.map((name) => registerField(name, registerOffset(machine, name))),
        ];
  // The six that every machine has.
  const parameters = FUNCTION_ARGUMENTS[machine].slice(0, 6).map((register, index) => [`parm${index + 1}`, register]);
  const portable = [...parameters, ...Object.entries(PORTABLE[machine])]
    .map(([name, register]) => [name!, register!] as const)
    .filter(([name]) => !own.some((field) => field.name === name))
    .map(([name, register]) => registerField(name, registerOffset(machine, register)));
  return [...own, ...portable];
}

/** The kernel passes at most 12 arguments to a tracepoint (`MAX_BPF_FUNC_ARGS`). */
const RAW_ARGUMENTS = 12;

/**
 * The fields of a context structure, in the kernel's order.
 *
 * @param machine decides the registers of `PtRegs`; the other structures are the same everywhere.
 * @returns nothing for `Tracepoint`, whose fields depend on the event: syscalls.ts and tracepoint-format.ts.
 */
export function contextFields(context: ContextKind, machine: Machine = 'x86_64'): readonly ContextField[] {
  switch (context) {
    case 'SkBuff':
      return skBuffFields();
    case 'XdpContext':
      return xdpFields();
    case 'PtRegs':
      return ptRegsFields(machine);
    case 'RawArgs':
      return [
        { name: 'args', offset: 0, size: 8, signed: false, count: RAW_ARGUMENTS, access: { rawTracepoint: 'read' } },
      ];
    case 'Tracepoint':
      return [];
  }
}

/** A field of a context structure by name; undefined where the structure has no such field on that machine. */
export function contextField(context: ContextKind, name: string, machine?: Machine): ContextField | undefined {
  return contextFields(context, machine).find((field) => field.name === name);
}

/**
 * The offset in `struct pt_regs` of an argument of a probed function, in bytes.
 *
 * @param index from 0 on.
 * @returns undefined for an argument on the stack: the seventh on x86_64, the ninth on arm64.
 */
export function argumentOffset(index: number, machine: Machine = 'x86_64'): number | undefined {
  const register = FUNCTION_ARGUMENTS[machine][index];
  return register === undefined ? undefined : registerOffset(machine, register);
}

/**
 * The offset of an argument of a system call, in bytes, in the `struct pt_regs` that the kernel's `__x64_sys_…` and
 * `__arm64_sys_…` functions are given the address of as their only argument (`CONFIG_ARCH_HAS_SYSCALL_WRAPPER`).
 *
 * @param index 0 to 5.
 */
export function syscallArgumentOffset(index: number, machine: Machine = 'x86_64'): number | undefined {
  const register = SYSCALL_ARGUMENTS[machine][index];
  return register === undefined ? undefined : registerOffset(machine, register);
}
