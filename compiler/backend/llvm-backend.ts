/** The back end over libLLVM: parse, verify, optimise, emit, and give back all that was taken. */
import { writeSync } from 'node:fs';
import { bpfTriple, unsupportedCpu } from './backend.js';
import type { AssembleOptions, Backend, BackendMessage, BackendResult } from './backend.js';
import { loadLibrary, makeCallback, readBytes, readText } from './libllvm.js';
import type { LlvmFunctions, LlvmLibrary, Pointer } from './libllvm.js';
import { hasError, parseMessage } from './messages.js';
import { renameStructs } from './renamed-structs.js';
import { findUnsupported } from './unsupported.js';
import { defineAllValues } from './undefined-values.js';

/** LLVMDiagnosticSeverity, in its order. */
const severities = ['error', 'warning', 'remark', 'note'] as const;

// Numbers of the C API's enumerations.
const optimizationDefault = 2;
const relocationDefault = 0;
const codeModelDefault = 0;
const verifierReturnsStatus = 2;
const fileTypes = { assembly: 0, object: 1 } as const;

/**
 * @param path a library by name or path; without it the newest one installed.
 * @returns undefined where there is no libLLVM of 15 or later.
 */
export function findLibraryBackend(path?: string): Backend | undefined {
  const library = loadLibrary(path);
  if (!library) return undefined;
  return {
    kind: 'libllvm',
    version: library.version,
    path: library.path,
    assemble: (ir, options) => assemble(library, ir, options),
  };
}

/** The passes, in the syntax of `opt -passes`. */
export function passPipeline(version: number, effort: Effort): string {
  if (effort === 'optimize') return 'default<O2>';
  // From 18 on, a bare `instcombine` in a written pipeline ends the process where it finds no fixed point.
  const combine = version >= 18 ? 'instcombine<no-verify-fixpoint>' : 'instcombine';
  // This says of an object or none that it is the object, behind a test of what decided it.
  const told = `simplifycfg,${combine},simplifycfg,correlated-propagation`;
  // Of what a loop does anew in each round the verifier walks each round anew, with all that it may find in memory.
  if (effort === 'tidy') return `default<O0>,function(sroa,early-cse<memssa>,${told},loop-mssa(licm)),globaldce`;
  const early = `sroa,early-cse<memssa>,simplifycfg,${combine}`;
  const middle = `jump-threading,correlated-propagation,simplifycfg,${combine},reassociate,loop-mssa(loop-rotate,licm)`;
  const late = `gvn,sccp,${combine},dse,adce,loop-unroll<O2>,simplifycfg,${combine}`;
  // What O0 begins with makes relocations of the questions about the kernel's structs.
  return `default<O0>,function(${early}),always-inline,cgscc(inline),function(${early},${middle},${late}),globaldce`;
}

/**
 * `tidy` cleans up as far as the verifier needs. `without-closed-forms` is O2 but for the pass that replaces a loop by
 * a formula: where the formula multiplies 128 bits, BPF has no instruction for it.
 */
export type Effort = 'optimize' | 'without-closed-forms' | 'tidy';

function assemble(library: LlvmLibrary, ir: string, options: AssembleOptions): BackendResult {
  const unsupported = unsupportedCpu(options.cpu, library.version) ?? findUnsupported(ir, options, library.version);
  if (unsupported) return { messages: [unsupported] };
  const result = attempt(library, ir, options, options.optimize ? 'optimize' : 'tidy');
  const tooWide = result.messages.some(({ text }) => text.includes("'__multi3'"));
  return tooWide && options.optimize ? attempt(library, ir, options, 'without-closed-forms') : result;
}

function attempt(library: LlvmLibrary, ir: string, options: AssembleOptions, effort: Effort): BackendResult {
  using job = new Job(library, effort);
  const renamed = renameStructs(ir);
  const output = job.run(renamed.ir, options);
  if (!output || hasError(job.messages)) return { messages: job.messages };
  return { output: renamed.restore(output), messages: job.messages };
}

const initialized = new WeakSet<LlvmFunctions>();

function initialize(llvm: LlvmFunctions): void {
  if (initialized.has(llvm)) return;
  initialized.add(llvm);
  llvm.LLVMInitializeBPFTargetInfo();
  llvm.LLVMInitializeBPFTarget();
  llvm.LLVMInitializeBPFTargetMC();
  llvm.LLVMInitializeBPFAsmPrinter();
  llvm.LLVMInitializeBPFAsmParser();
  llvm.LLVMInstallFatalErrorHandler(makeCallback(1, giveUp).address);
}

/** LLVM cannot be returned to from here: one sentence on standard error instead of an abort with a dump. */
function giveUp(reason: Pointer): void {
  const text = readText(reason).split('\n')[0];
  writeSync(2, `tsbpf: LLVM cannot compile this program, which is a bug in tsbpf: ${text}\n`);
  process.exit(1);
}

/** One module's way through LLVM. What is taken is put on a stack and given back in the opposite order. */
class Job implements Disposable {
  readonly messages: BackendMessage[] = [];
  private readonly llvm: LlvmFunctions;
  private readonly version: number;
  private readonly taken: (() => void)[] = [];

  constructor(
    library: LlvmLibrary,
    private readonly effort: Effort,
  ) {
    this.llvm = library.functions;
    this.version = library.version;
    initialize(this.llvm);
  }

  run(ir: string, options: AssembleOptions): Uint8Array | undefined {
    const context = this.take(this.llvm.LLVMContextCreate(), this.llvm.LLVMContextDispose);
    this.listen(context);
    const module = this.parse(context, ir);
    if (!module) return undefined;
    const machine = this.createMachine(options);
    if (!machine) return undefined;
    this.setLayout(module, machine);
    if (!this.verify(module) || !this.optimize(module, machine)) return undefined;
    defineAllValues(module, this.llvm);
    if (options.emit === 'ir') return new TextEncoder().encode(this.text(this.llvm.LLVMPrintModuleToString(module)));
    return this.emit(module, machine, fileTypes[options.emit]);
  }

  [Symbol.dispose](): void {
    while (this.taken.length > 0) this.taken.pop()?.();
  }

  private take(value: Pointer, giveBack: (value: Pointer) => void): Pointer {
    this.taken.push(() => giveBack(value));
    return value;
  }

  /** Without a handler, LLVM prints an error and ends the process. */
  private listen(context: Pointer): void {
    const callback = makeCallback(2, (information) => {
      const severity = severities[this.llvm.LLVMGetDiagInfoSeverity(information) as number] ?? 'error';
      // LLVM counts the instructions of each function for whoever asks for statistics; nobody here does.
      if (severity === 'remark') return;
      this.messages.push(parseMessage(this.text(this.llvm.LLVMGetDiagInfoDescription(information)), severity));
    });
    // Below the context on the stack would be disposed too late; above it, LLVM may still speak while it is disposed.
    this.taken.unshift(() => callback.dispose());
    this.llvm.LLVMContextSetDiagnosticHandler(context, callback.address, null);
  }

  private parse(context: Pointer, ir: string): Pointer {
    const bytes = Buffer.from(ir, 'utf8');
    // The copy ends in the NUL that the parser asks for, and the parser owns it, whatever comes of it.
    const buffer = this.llvm.LLVMCreateMemoryBufferWithMemoryRangeCopy(bytes, bytes.length, '<stdin>');
    const [module, message]: [Pointer[], Pointer[]] = [[null], [null]];
    if (this.llvm.LLVMParseIRInContext(context, buffer, module, message) !== 0) {
      return this.fail(this.text(message[0]).split('\n')[0]);
    }
    return this.take(module[0], this.llvm.LLVMDisposeModule);
  }

  private createMachine(options: AssembleOptions): Pointer {
    const [target, message]: [Pointer[], Pointer[]] = [[null], [null]];
    if (this.llvm.LLVMGetTargetFromTriple(bpfTriple, target, message) !== 0) return this.fail(this.text(message[0]));
    const machine = this.llvm.LLVMCreateTargetMachine(
      target[0],
      bpfTriple,
      options.cpu,
      '',
      optimizationDefault,
      relocationDefault,
      codeModelDefault,
    );
    return this.take(machine, this.llvm.LLVMDisposeTargetMachine);
  }

  private setLayout(module: Pointer, machine: Pointer): void {
    const layout = this.llvm.LLVMCreateTargetDataLayout(machine);
    this.llvm.LLVMSetTarget(module, bpfTriple);
    this.llvm.LLVMSetModuleDataLayout(module, layout);
    this.llvm.LLVMDisposeTargetData(layout);
  }

  private verify(module: Pointer): boolean {
    const message: Pointer[] = [null];
    const broken = this.llvm.LLVMVerifyModule(module, verifierReturnsStatus, message) !== 0;
    const text = this.text(message[0]);
    if (broken) this.fail(text);
    return !broken;
  }

  private optimize(module: Pointer, machine: Pointer): boolean {
    const settings = this.llvm.LLVMCreatePassBuilderOptions();
    const error = this.llvm.LLVMRunPasses(module, passPipeline(this.version, this.effort), machine, settings);
    this.llvm.LLVMDisposePassBuilderOptions(settings);
    if (!error) return !hasError(this.messages);
    const text = this.llvm.LLVMGetErrorMessage(error);
    this.fail(readText(text));
    this.llvm.LLVMDisposeErrorMessage(text);
    return false;
  }

  private emit(module: Pointer, machine: Pointer, fileType: number): Uint8Array | undefined {
    const [message, buffer]: [Pointer[], Pointer[]] = [[null], [null]];
    if (this.llvm.LLVMTargetMachineEmitToMemoryBuffer(machine, module, fileType, message, buffer) !== 0) {
      this.fail(this.text(message[0]));
      return undefined;
    }
    const output = readBytes(this.llvm.LLVMGetBufferStart(buffer[0]), Number(this.llvm.LLVMGetBufferSize(buffer[0])));
    this.llvm.LLVMDisposeMemoryBuffer(buffer[0]);
    return output;
  }

  /** Reads a string that LLVM allocated for its caller, and frees it. */
  private text(message: Pointer): string {
    if (!message) return '';
    const text = readText(message);
    this.llvm.LLVMDisposeMessage(message);
    return text;
  }

  private fail(text: string): null {
    this.messages.push(parseMessage(text, 'error'));
    return null;
  }
}
