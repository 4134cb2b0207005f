/**
 * The decorators and calls that make a program of a function: `@kprobe('sys_close')`, `kprobe('sys_close', fn)`.
 *
 * They are types above all: the compiler reads them from the source, and the loader puts a `Program` in their place.
 * Called at run time they have nothing to give, and say how to run the file.
 */
import type { PtRegs, RawArgs, SkBuff, Tracepoint, XdpContext } from './contexts.js';
import { TsbpfError } from './errors.js';
import type { Program } from './program.js';

/** What a program function gives back: the result that its type of program has; nothing is the default result. */
export type ProgramResult = number | boolean | bigint | void;

export interface ProgramOptions {
  /** The program's name in the object; the name of the function unless given. */
  readonly name?: string;
  /** What the program returns where JavaScript would throw. */
  readonly defaultResult?: number;
}

export interface PacketProgramOptions extends ProgramOptions {
  /** Packets with fewer bytes end with the default result; reads below need no test. */
  readonly minimumPacketSize?: number;
}

export interface XdpProgramOptions extends PacketProgramOptions {
  /**
   * Takes packets that lie in several buffers too, as those of large MTUs do (Linux 5.18). Reads and `setUint…` go on behind
   * the first buffer; `at<Header>()` gives a header that is assigned to in the first buffer alone, else undefined.
   */
  readonly frags?: boolean;
}

/** A decorator of static methods, and, with our tools, of function declarations. */
export interface ProgramDecorator<Context> {
  <F extends (context: Context, ...rest: any[]) => ProgramResult>(target: F, place: ClassMethodDecoratorContext): void;
  /** For projects with `experimentalDecorators`. */
  (target: object, key: string | symbol, descriptor?: PropertyDescriptor): void;
}

/** A program type that names what it is attached to. */
export interface SymbolProgram<Context> {
  (symbol: string, options?: ProgramOptions): ProgramDecorator<Context>;
  <Arguments extends any[]>(
    symbol: string,
    program: (context: Context, ...rest: Arguments) => ProgramResult,
    options?: ProgramOptions,
  ): Program;
}

/** A program type of user-space functions: a file and a symbol in it. */
export interface UserProbe {
  (path: string, symbol: string, options?: ProgramOptions): ProgramDecorator<PtRegs>;
  <Arguments extends any[]>(
    path: string,
    symbol: string,
    program: (context: PtRegs, ...rest: Arguments) => ProgramResult,
    options?: ProgramOptions,
  ): Program;
}

/** A program type with packets, without a target: `@xdp`, `@xdp({ minimumPacketSize: 34 })`, `xdp(fn)`. */
export interface PacketProgram<Context, Options = PacketProgramOptions> {
  // The decorator comes first: its context would pass for options, which are all optional.
  <F extends (context: Context, ...rest: any[]) => ProgramResult>(target: F, place: ClassMethodDecoratorContext): void;
  (target: object, key: string | symbol, descriptor?: PropertyDescriptor): void;
  (program: (context: Context) => ProgramResult, options?: Options): Program;
  (options: Options): ProgramDecorator<Context>;
}

/** Where packets are seen by a tc program. */
export type TcDirection = 'ingress' | 'egress';

export interface TcProgram {
  (direction: TcDirection, options?: PacketProgramOptions): ProgramDecorator<SkBuff>;
  (direction: TcDirection, program: (context: SkBuff) => ProgramResult, options?: PacketProgramOptions): Program;
}

export interface TracepointProgram {
  <Event extends string>(event: Event, options?: ProgramOptions): ProgramDecorator<any>;
  <Event extends string>(
    event: Event,
    program: (context: Tracepoint<Event>) => ProgramResult,
    options?: ProgramOptions,
  ): Program;
  /** With an interface of one's own for the event's fields. */
  <Context extends object>(
    event: string,
    program: (context: Context) => ProgramResult,
    options?: ProgramOptions,
  ): Program;
}

/** The one thing that all of them do when they are called. */
function notCompiled(name: string): never {
  throw new TsbpfError(`${name}(…) makes a program for the kernel, and this file was run without being compiled.`, {
    code: 'TSBPF2004',
    operation: 'make program',
    subject: name,
    hint: 'Run it with `tsbpf run FILE` or `node --import tsbpf/register FILE`.',
  });
}

function declaration<T>(name: string): T {
  return (() => notCompiled(name)) as T;
}

/** A kernel function's entry. `'sys_close'` is the system call, on every kernel. */
export const kprobe: SymbolProgram<PtRegs> = declaration('kprobe');
/** A kernel function's return. */
export const kretprobe: SymbolProgram<PtRegs> = declaration('kretprobe');
/** A user-space function's entry: the path of a program or library, and the function's symbol in it. */
export const uprobe: UserProbe = declaration('uprobe');
/** A user-space function's return. */
export const uretprobe: UserProbe = declaration('uretprobe');
/** A kernel tracepoint: `'category:event'`. */
export const tracepoint: TracepointProgram = declaration('tracepoint');
/** A kernel tracepoint by its name alone, with the kernel's own arguments. */
export const rawTracepoint: SymbolProgram<RawArgs> = declaration('rawTracepoint');
/** Packets of a network interface, classified by TC_ACT_… */
export const tc: TcProgram = declaration('tc');
/** A tc action. */
export const tcAction: PacketProgram<SkBuff> = declaration('tcAction');
/** Packets as the driver gets them, before the network stack. */
export const xdp: PacketProgram<XdpContext, XdpProgramOptions> = declaration('xdp');
/** Packets of a socket: how many bytes of each to keep. */
export const socketFilter: PacketProgram<SkBuff> = declaration('socketFilter');
