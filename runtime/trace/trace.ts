/** `trace`: events of the kernel, watched without writing BPF. */
import { attach } from '../attach/attach.js';
import { kernelFunctions, symbolCandidates, unknownSymbol } from '../attach/kernel-symbols.js';
import { errnoName, TsbpfError } from '../errors.js';
import type { RingBuffer } from '../events/ring-buffer.js';
import { loadObject, type LoadedObject } from '../object.js';
import { arrayBehind, type Elements } from './array-behind.js';
import { compileProgram, ProgramProblem } from './compile.js';
import { describeEvent, type Argument, type EventDescription } from './description.js';
import { FILTER_LINE, filterNames, programText, type ProgramOptions } from './program-text.js';
import { decodeSocketAddress, type SocketAddress } from './socket-address.js';
import { nameValue } from './value-names.js';

/** An argument: a number, its name where the kernel has one, text, a socket address; undefined where it was absent. */
export type TraceValue =
  number | bigint | boolean | string | Uint8Array | SocketAddress | readonly unknown[] | undefined;

/** What happened. */
export interface TraceEvent {
  /** As it was given to `trace`. */
  readonly name: string;
  /** Whether the call begins or has returned; a tracepoint is always an entry. */
  readonly phase: 'entry' | 'return';
  /** When it began, in nanoseconds of the monotonic clock (bpf_ktime_get_ns). */
  readonly timestamp: bigint;
  /** The process, as user space counts (the kernel's tgid). */
  readonly pid: number;
  /** The thread (the kernel's pid). */
  readonly tid: number;
  readonly uid: number;
  readonly gid: number;
  /** The thread's name, at most 15 characters. */
  readonly comm: string;
  /** By the names that the kernel gives them. */
  readonly args: Readonly<Record<string, TraceValue>>;
  /** What could not be read on this machine, and why; mostly empty. */
  readonly missing: readonly string[];
  /** What the call returned, as a signed integer; for returns only. */
  readonly returned?: number | bigint;
  /** The name of the error that was returned: `'ENOENT'`. */
  readonly error?: string;
  /** Nanoseconds from begin to return; for returns only. */
  readonly duration?: bigint;
}

export type TraceCallback = (event: TraceEvent) => void;

export interface TraceCallbacks {
  /** When a call begins. */
  readonly entry?: TraceCallback;
  /** When a call returns, with what it was called with. */
  readonly return?: TraceCallback;
}

export interface TraceOptions {
  /** Report calls when they have returned, with the returned value, in place of when they begin. */
  readonly return?: boolean;
  /**
   * An expression of TypeScript over `pid`, `tid`, `uid`, `gid`, `comm` and the integers and texts among the arguments by
   * their names, which runs in the kernel: `'uid === 0 && filename.startsWith("/etc/")'`. Only events for which it is true
   * are reported.
   */
  readonly filter?: string;
}

/** Events that are being watched. Closing ends it, and closing twice is harmless. */
export interface Trace extends Disposable {
  /** Events that were dropped since the process did not read them fast enough. */
  readonly lost: number;
  /** What of the event cannot be read on this machine, and why. */
  readonly missing: readonly string[];
  close(): void;
}

/**
 * Watches an event: makes a program for it, loads and attaches it, and calls back for each event from now on. The
 * process stays alive until the trace is closed.
 *
 * ```ts
 * using t = trace('sys_bind', (event) => console.log(event.comm, event.pid, event.args.fd));
 * ```
 *
 * The arguments are those that the kernel's own description names: for system calls and tracepoints the `format` file
 * under tracefs, for kernel functions the BTF. Texts are read up to 255 bytes, socket addresses are decoded.
 *
 * @param event a system call (`'sys_bind'`), a tracepoint (`'sched:sched_switch'`) or a kernel function.
 * @param callback for each event; or one for the begin and one for the return of calls.
 * @throws TsbpfError with near names for an event that the kernel lacks, or for a filter that does not compile
 *   (TSBPF2040); PermissionError without privilege; UnsupportedFeatureError for functions on a kernel without kprobes.
 */
export function trace(event: string, callback: TraceCallback | TraceCallbacks, options: TraceOptions = {}): Trace {
  const callbacks = callbacksOf(callback, options);
  const description = describeEvent(event);
  refuseUnknown(description, callbacks);
  const programOptions = {
    returns: callbacks.return !== undefined,
    entries: callbacks.entry !== undefined,
    filter: options.filter,
  };
  const loaded = loadObject(compileEvent(description, programOptions));
  const links: Disposable[] = [];
  const close = () => {
    for (const item of [...links, loaded]) item[Symbol.dispose]();
  };
  try {
    // The end first: a call that is seen to begin is then seen to return.
    for (const name of ['exit', 'entry']) {
      const program = loaded.programs[name];
      if (program) links.push(attach(program));
    }
  } catch (failure) {
    close();
    throw failure;
  }
  void deliver(loaded, description, callbacks);
  return {
    get lost() {
      return ringOf(loaded).lost;
    },
    missing: description.missing,
    close,
    [Symbol.dispose]: close,
  };
}

function callbacksOf(callback: TraceCallback | TraceCallbacks, options: TraceOptions): TraceCallbacks {
  if (typeof callback === 'function') return options.return ? { return: callback } : { entry: callback };
  if (callback.entry ?? callback.return) return callback;
  throw new TsbpfError('trace needs a function to call for events.', {
    code: 'TSBPF2042',
    operation: 'trace',
    hint: "trace('sys_bind', (event) => …), or trace('sys_bind', { entry: …, return: … }).",
  });
}

function refuseUnknown({ name, kind, by }: EventDescription, callbacks: TraceCallbacks): void {
  if (kind === 'tracepoint' && callbacks.return) {
    throw new TsbpfError(`Tracepoint '${name}' has no return to watch.`, {
      code: 'TSBPF2043',
      operation: 'trace',
      subject: name,
      hint: 'System calls (sys_…) and kernel functions return.',
    });
  }
  if (by !== 'kprobe') return;
  const functions = kernelFunctions();
  if (functions.size > 0 && !symbolCandidates(name).some((symbol) => functions.has(symbol))) throw unknownSymbol(name);
}

function compileEvent(description: EventDescription, options: ProgramOptions): Uint8Array {
  try {
    return compileProgram(programText(description, options));
  } catch (problem) {
    if (!(problem instanceof ProgramProblem)) throw problem;
    const isFilter = problem.line === FILTER_LINE && options.filter !== undefined;
    const what = isFilter ? `The filter '${options.filter}'` : `The program for '${description.name}'`;
    throw new TsbpfError(`${what} does not compile: ${problem.message}`, {
      code: isFilter ? 'TSBPF2040' : 'TSBPF2041',
      operation: 'trace',
      subject: description.name,
      hint: isFilter ? filterHint(description, problem) : 'This is a bug in tsbpf.',
    });
  }
}

function filterHint({ arguments: values }: EventDescription, { hint }: ProgramProblem): string {
  const names = filterNames(values)
    .map(({ name, type }) => (type.endsWith('64') ? `${name} (a bigint: 1n)` : name))
    .join(', ');
  return `${hint ? `${hint} ` : ''}It is an expression of TypeScript over ${names}.`;
}

function ringOf({ maps }: LoadedObject): RingBuffer<RawEvent> {
  return maps['events'] as unknown as RingBuffer<RawEvent>;
}

/** Errors of a callback end the process, as those of any event's listener do. */
async function deliver(loaded: LoadedObject, description: EventDescription, callbacks: TraceCallbacks): Promise<void> {
  const ring = ringOf(loaded);
  for await (const raw of ring) {
    // What came before the end is still in the ring; nobody is called back for it.
    if (ring.closed) return;
    const event = decode(raw, description);
    (event.phase === 'return' ? callbacks.return : callbacks.entry)?.(event);
  }
}

/** The event as the program writes it. */
interface RawEvent extends Omit<TraceEvent, 'name' | 'phase' | 'args' | 'missing' | 'returned' | 'duration'> {
  readonly phase: number;
  readonly duration: bigint;
  readonly returned: bigint;
  readonly args: Readonly<Record<string, unknown>>;
}

function decode(raw: RawEvent, { name, arguments: described, missing }: EventDescription): TraceEvent {
  const { timestamp, pid, tid, uid, gid, comm } = raw;
  const args = Object.fromEntries(described.map((argument) => [argument.name, argumentValue(argument, raw.args)]));
  const begin = { name, timestamp, pid, tid, uid, gid, comm, args, missing };
  if (raw.phase === 0) return { ...begin, phase: 'entry' };
  const { duration } = raw;
  // The kernel's errors are -1 to -4095 (MAX_ERRNO of linux/err.h).
  const error = raw.returned < 0n && raw.returned >= -4095n ? { error: errnoName(Number(-raw.returned)) } : {};
  return { ...begin, phase: 'return', returned: plainInteger(raw.returned), duration, ...error };
}

function plainInteger(value: bigint): number | bigint {
  return BigInt.asIntN(53, value) === value ? Number(value) : value;
}

function argumentValue(argument: Argument, args: Readonly<Record<string, unknown>>): TraceValue {
  const value = args[argument.name] as TraceValue;
  if (argument.kind === 'socketAddress') {
    return decodeSocketAddress(value as Uint8Array, args[`${argument.name}__path`] as string);
  }
  if (argument.kind === 'arrayBehind')
    return arrayBehind(value as Elements, Number(args[`${argument.name}__location`]));
  // What is written is no text with an end: its length is another argument.
  const length = argument.kind === 'userText' && argument.name === 'buf' ? args['count'] : undefined;
  if (typeof value === 'string' && length !== undefined) return value.slice(0, Number(length));
  if ((typeof value === 'number' || typeof value === 'bigint') && argument.names)
    return nameValue(value, argument.names);
  return value;
}
