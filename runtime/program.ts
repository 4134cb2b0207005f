/**
 * A program handle: what a program function is in user space. It names a program of an object, loads it on first need
 * and holds its descriptor until `close` or the end of the process.
 */
import { TsbpfError } from './errors.js';
import type { ProgramPointer } from './native/libbpf.js';

/** Program types by the numbers of enum bpf_prog_type (linux/bpf.h). */
export const ProgramType = {
  unspecified: 0,
  socketFilter: 1,
  kprobe: 2,
  schedClassifier: 3,
  schedAction: 4,
  tracepoint: 5,
  xdp: 6,
  perfEvent: 7,
  cgroupSkb: 8,
  rawTracepoint: 17,
  tracing: 26,
  syscall: 31,
} as const;

export interface ProgramLoadOptions {
  /** The network interface that the program is bound to; only for offloading XDP to a network card. */
  readonly interfaceIndex?: number;
}

/** A program in the kernel. */
export interface LoadedProgram {
  readonly fd: number;
  /** libbpf's `struct bpf_program *`, good until `close`. */
  readonly pointer: ProgramPointer;
  /** One of `ProgramType`. */
  readonly type: number;
  /** Closes the descriptor; what is attached keeps the program alive in the kernel. */
  close(): void;
}

/** Where a handle's program comes from. */
export interface ProgramSource {
  readonly name: string;
  /** ELF section: `'kprobe/sys_close'`, `'xdp'`. May have to read the object, so it is asked for when needed. */
  section(): string;
  /** Which way a `@tc` program looks; sections do not say. */
  readonly direction?: 'ingress' | 'egress' | undefined;
  load(options: ProgramLoadOptions): LoadedProgram;
}

/** A program function as user space sees it. */
export class Program implements Disposable {
  readonly #source: ProgramSource;
  #loaded: LoadedProgram | undefined;
  #closed = false;

  constructor(source: ProgramSource) {
    this.#source = source;
  }

  /** The program's name in the object. */
  get name(): string {
    return this.#source.name;
  }

  /** Its ELF section, which says type and target: `'tracepoint/syscalls/sys_enter_openat'`. */
  get section(): string {
    return this.#source.section();
  }

  /** Which way a `@tc` program was written for; undefined for all others. */
  get direction(): 'ingress' | 'egress' | undefined {
    return this.#source.direction;
  }

  /** Whether the kernel has it now. */
  get loaded(): boolean {
    return this.#loaded !== undefined;
  }

  /** One of `ProgramType`; loads the program if need be. */
  get type(): number {
    return this.#need().type;
  }

  /** The program's descriptor; loads the program if need be. */
  get fd(): number {
    return this.#need().fd;
  }

  /** libbpf's `struct bpf_program *`; loads the program if need be. Good until `close`. */
  get pointer(): ProgramPointer {
    return this.#need().pointer;
  }

  /**
   * Loads the program into the kernel, with the maps that it uses; harmless when it is loaded already.
   *
   * @throws VerifierError where the verifier refuses it, PermissionError without privilege, TsbpfError else.
   */
  load(options: ProgramLoadOptions = {}): this {
    if (this.#closed) {
      throw new TsbpfError(`Program '${this.name}' is closed.`, {
        code: 'TSBPF2003',
        operation: 'load program',
        subject: this.name,
        hint: 'Close it after its last use.',
      });
    }
    this.#loaded ??= this.#source.load(options);
    return this;
  }

  /** Gives the descriptor back; links that were made with it stay. Closing twice is harmless. */
  close(): void {
    this.#closed = true;
    this.#loaded?.close();
    this.#loaded = undefined;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #need(): LoadedProgram {
    this.load();
    return this.#loaded as LoadedProgram;
  }
}
