/**
 * `attach`: a program to where its section says.
 */
import { systemError, TsbpfError } from '../errors.js';
import { Link } from '../link.js';
import { programAttach } from '../native/attach.js';
import { lastErrno, linkDestroy, withMessages } from '../native/libbpf.js';
import type { Program } from '../program.js';
import { requireProgram, type ProgramReference } from './handle.js';
import { attachKprobe } from './kprobe.js';
import { attachRawTracepoint } from './raw-tracepoint.js';
import { attachTc, attachTcx, type TcDirection, type TcPosition } from './tc.js';
import { attachTracepoint } from './tracepoint.js';
import { attachUprobe } from './uprobe.js';
import { attachXdp, type XdpMode } from './xdp.js';

/** Where to attach, in the place of what the decorator says. */
export interface AttachOptions {
  /** Probes: the function. `sys_open` is the system call, whatever this kernel names its symbol. */
  readonly symbol?: string;
  /** Probes: bytes into the function. */
  readonly offset?: number | bigint;
  /** User-space probes: a path, a program on PATH, or a library by its file name. */
  readonly binary?: string;
  /** User-space probes: only in this process. */
  readonly pid?: number;
  /** Tracepoints: `'syscalls:sys_enter_openat'`; raw ones without the category. */
  readonly event?: string;
  /** tc and XDP: the network interface. */
  readonly interface?: string;
  /** tc: `'ingress'` unless given, or unless the section says. */
  readonly direction?: TcDirection;
  /**
   * tc: `'clsact'`, a filter that every kernel has and that outlives a killed process, unless given; `'tcx'`, a link of the
   * kernel, which goes with the process (Linux 6.6).
   */
  readonly hook?: 'clsact' | 'tcx';
  /** tcx: whether it sees packets before or behind the links that are there; `'last'` unless given. */
  readonly position?: TcPosition;
  /** XDP: who runs the program. */
  readonly mode?: XdpMode;
  /** XDP: leave it attached when the link is closed and the process ends. */
  readonly pinned?: boolean;
}

type Attacher = (program: Program, target: string, options: AttachOptions) => Link;

const uprobe =
  (returns: boolean): Attacher =>
  (program, target, options) => {
    const [, path = '', symbol = '', offset = '0'] = /^(.*):([^:+]+)(?:\+(\w+))?$/.exec(target) ?? [];
    const binary = options.binary ?? path;
    const name = options.symbol ?? symbol;
    if (!binary || !name)
      throw incomplete(program, 'a binary and a function', "{ binary: '/usr/bin/bash', symbol: 'readline' }");
    return attachUprobe(
      program,
      {
        binary,
        symbol: name,
        offset: options.offset ?? BigInt(offset),
        ...(options.pid !== undefined && { pid: options.pid }),
      },
      returns,
    );
  };

const kprobe =
  (returns: boolean, prefix = ''): Attacher =>
  (program, target, options) => {
    const [, name = '', offset = '0'] = /^([^+]+)(?:\+(\w+))?$/.exec(target) ?? [];
    const symbol = options.symbol ?? (name && prefix + name);
    if (!symbol) throw incomplete(program, 'a kernel function', "{ symbol: 'sys_close' }");
    return attachKprobe(program, symbol, returns, options.offset ?? BigInt(offset));
  };

const tracepoint: Attacher = (program, target, options) => {
  const [category = '', event = ''] = (options.event ?? target).split(/[:/]/);
  if (!category || !event) throw incomplete(program, 'an event', "{ event: 'syscalls:sys_enter_openat' }");
  return attachTracepoint(program, category, event);
};

const rawTracepoint: Attacher = (program, target, options) => {
  const event = options.event ?? target;
  if (!event) throw incomplete(program, 'an event', "{ event: 'sched_switch' }");
  return attachRawTracepoint(program, event);
};

const tc: Attacher = (program, target, options) => {
  if (options.interface === undefined) throw incomplete(program, 'an interface', "{ interface: 'eth0' }");
  const direction = options.direction ?? program.direction ?? (target === 'egress' ? 'egress' : 'ingress');
  const { interface: name, hook = 'clsact', position } = options;
  if (hook === 'tcx') return attachTcx(program, name, direction, position);
  if (hook === 'clsact' && position === undefined) return attachTc(program, name, direction);
  throw new TsbpfError(
    hook === 'clsact' ? 'Filters of clsact have no position.' : `There is no tc hook '${hook as string}'.`,
    {
      code: 'TSBPF2142',
      operation: 'attach tc program',
      subject: program.name,
      hint: "Hooks are 'clsact', where programs run in the order in which they were attached, and 'tcx', which takes a position.",
    },
  );
};

const xdp: Attacher = (program, _target, options) => {
  const { interface: name, mode, pinned } = options;
  if (name === undefined) throw incomplete(program, 'an interface', "{ interface: 'eth0' }");
  return attachXdp(program, { interface: name, ...(mode && { mode }), ...(pinned !== undefined && { pinned }) });
};

const elsewhere =
  (how: string): Attacher =>
  (program) => {
    throw new TsbpfError(`Program '${program.name}' (section '${program.section}') is not attached by attach().`, {
      code: 'TSBPF2109',
      operation: 'attach',
      subject: program.name,
      hint: how,
    });
  };

/** By what stands before the first slash of the section. */
const ATTACHERS: Readonly<Record<string, Attacher>> = {
  kprobe: kprobe(false),
  kretprobe: kprobe(true),
  ksyscall: kprobe(false, 'sys_'),
  kretsyscall: kprobe(true, 'sys_'),
  uprobe: uprobe(false),
  uretprobe: uprobe(true),
  tracepoint,
  tp: tracepoint,
  raw_tp: rawTracepoint,
  raw_tracepoint: rawTracepoint,
  tc,
  classifier: tc,
  xdp,
  // Programs that take packets in several fragments; libbpf sets the flag as it loads them.
  'xdp.frags': xdp,
  socket: elsewhere('Use new SocketFilter(program).attach(socket).'),
  action: elsewhere('Pin it, and name it in a filter: `tc filter add … action bpf pinned PATH`.'),
};

/**
 * Attaches a program where its decorator says, or where the options say.
 *
 * ```ts
 * using link = attach(onClose);
 * using link = attach(onOpen, { symbol: 'sys_open' });
 * using link = attach(count, { interface: 'eth0' });
 * ```
 *
 * What is attached is gone with the link or with the process, but for tc filters, and XDP programs that are pinned. An
 * attachment that fails half-way leaves nothing.
 *
 * @param reference a program function of a compiled module, or a program of an object.
 * @throws VerifierError, PermissionError, UnsupportedFeatureError, and TsbpfError for a target that is not there.
 */
export function attach(reference: ProgramReference, options: AttachOptions = {}): Link {
  const program = requireProgram(reference, 'attach()');
  const section = program.section;
  const slash = section.indexOf('/');
  const kind = slash < 0 ? section : section.slice(0, slash);
  const target = slash < 0 ? '' : section.slice(slash + 1);
  return (ATTACHERS[kind] ?? attachByLibbpf)(program, target, options);
}

/** Sections of objects of other compilers (fentry, lsm, iter, …): libbpf knows how. */
const attachByLibbpf: Attacher = (program) => {
  const pointer = program.pointer;
  const { result, messages } = withMessages(() => {
    const link = programAttach(pointer);
    return link === null ? -lastErrno() : link;
  });
  if (typeof result === 'number') {
    throw systemError(-result, `attach program (section '${program.section}')`, program.name, messages.at(-1));
  }
  return new Link(program.section, () => void linkDestroy(result));
};

function incomplete(program: Program, what: string, options: string): TsbpfError {
  return new TsbpfError(`Program '${program.name}' (section '${program.section}') does not say ${what} to attach to.`, {
    code: 'TSBPF2110',
    operation: 'attach',
    subject: program.name,
    hint: `Say it when attaching: attach(${program.name}, ${options}).`,
  });
}
