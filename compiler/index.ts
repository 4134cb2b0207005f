/** The compiler's front door: a TypeScript file in; diagnostics, IR, assembly and an ELF object out. */
import type { ts } from '@ts-morph/bootstrap';
import { assembleModule, type AssembledModule } from './assemble.js';
import {
  backendPackage,
  findBackend,
  type AssembleOptions,
  type Backend,
  type BackendResult,
} from './backend/index.js';
import { explainStack, mayOverflow, overflowingFunction } from './check/stack.js';
import { backendRefused, internalError, nestedTooDeep, noBackend, type Diagnostic } from './diagnostics/index.js';
import { continueElsewhere } from './elsewhere.js';
import { nodeHost, type Host } from './host.js';
import type { CompiledProgram, Discovery } from './model.js';
import { defaultCompilerOptions, levelFor, type CompilerOptions } from './options.js';
import { hasErrors, runPipeline, type Compiled } from './pipeline.js';

export { prefetchBackend } from './backend/index.js';
export { formatDiagnostics, toRecord, type Diagnostic, type DiagnosticRecord } from './diagnostics/index.js';
export { memoryHost, nodeHost, type Host } from './host.js';
export type { CompilerOptions } from './options.js';
export type { CompiledProgram, Discovery } from './model.js';

/** What came of one file. Nothing is assembled before `object()` or `assembly()` asks for it. */
export interface Compilation {
  /** Errors and warnings of all stages; `object()` and `assembly()` may add to them. */
  readonly diagnostics: readonly Diagnostic[];
  /** Every file that was read, absolute. */
  readonly files: readonly string[];
  /** Absent where the file's syntax is wrong. */
  readonly discovery?: Discovery;
  readonly programs: readonly CompiledProgram[];
  readonly sourceFile?: ts.SourceFile;
  readonly checker?: ts.TypeChecker;
  /** LLVM IR before optimisation; empty after errors, and for a file without programs and maps. */
  ir(): string;
  /** The ELF object; undefined after errors, and for a file without programs and maps. */
  object(): Uint8Array | undefined;
  /** BPF assembly, as LLVM writes it. */
  assembly(): string;
  /** The programs after partial evaluation, as TypeScript; empty after errors, and without the option `record`. */
  evaluated(): Promise<string>;
}

/**
 * Compiles the BPF half of a file.
 *
 * @param entry the file's path, absolute or from the host's current directory.
 * @returns never throws for bad input: what is wrong is in `diagnostics`.
 */
export async function compile(
  entry: string,
  options: Partial<CompilerOptions> = {},
  host: Host = nodeHost(),
): Promise<Compilation> {
  const all = { ...defaultCompilerOptions, cpu: levelFor(options.target), ...options };
  return new LazyCompilation(await attempt(entry, all, host), all);
}

async function attempt(entry: string, options: CompilerOptions, host: Host): Promise<Compiled> {
  try {
    return await runPipeline(entry, options, host);
  } catch (error) {
    if (process.env.TSBPF_DEBUG) throw error;
    if (isStackOverflow(error))
      return { diagnostics: [nestedTooDeep(undefined, entry)], files: [], programs: [], ir: '' };
    await continueElsewhere();
    const message = error instanceof Error ? error.message : String(error);
    return { diagnostics: [internalError(undefined, message)], files: [], programs: [], ir: '' };
  }
}

/** The compiler walks the source by recursion, as TypeScript's own does. */
function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.message.includes('call stack');
}

class LazyCompilation implements Compilation {
  readonly diagnostics: Diagnostic[];
  readonly files: readonly string[];
  readonly programs: readonly CompiledProgram[];
  readonly discovery?: Discovery;
  readonly sourceFile?: ts.SourceFile;
  readonly checker?: ts.TypeChecker;
  private assembled: AssembledModule | undefined;
  private readonly outputs = new Map<string, Uint8Array | undefined>();

  constructor(
    private readonly compiled: Compiled,
    private readonly options: CompilerOptions,
  ) {
    this.diagnostics = [...compiled.diagnostics];
    this.files = compiled.files;
    this.programs = compiled.programs;
    if (compiled.discovery) this.discovery = compiled.discovery;
    if (compiled.sourceFile) this.sourceFile = compiled.sourceFile;
    if (compiled.checker) this.checker = compiled.checker;
  }

  ir(): string {
    // What does not fit in the stack is known when LLVM has seen it.
    if (this.compiled.module?.functions.some(mayOverflow)) this.object();
    return this.assembled?.ir ?? this.compiled.ir;
  }

  object(): Uint8Array | undefined {
    return this.output('object');
  }

  assembly(): string {
    const output = this.output('assembly');
    return output ? new TextDecoder().decode(output) : '';
  }

  async evaluated(): Promise<string> {
    const { recording, discovery } = this.compiled;
    if (!recording || !discovery || hasErrors(this.diagnostics)) return '';
    const { printEvaluated } = await import('./evaluated/print.js');
    return printEvaluated(recording, discovery);
  }

  private output(emit: 'object' | 'assembly'): Uint8Array | undefined {
    if (!this.outputs.has(emit)) this.outputs.set(emit, this.assemble(emit));
    return this.outputs.get(emit);
  }

  private assemble(emit: 'object' | 'assembly'): Uint8Array | undefined {
    if (this.compiled.ir === '' || hasErrors(this.diagnostics)) return undefined;
    const backend = findBackend();
    if (!backend) {
      this.diagnostics.push(noBackend(undefined, backendPackage, process.env['TSBPF_LLVM']));
      return undefined;
    }
    const { cpu, optimize } = this.options;
    const result = this.run(backend, { cpu, emit, optimize });
    this.report(result, `LLVM ${backend.version}`);
    return result.output;
  }

  private run(backend: Backend, options: AssembleOptions): BackendResult {
    const { module, scratch, discovery } = this.compiled;
    if (!module || !scratch || !discovery) return backend.assemble(this.compiled.ir, options);
    this.assembled = assembleModule(
      { ir: this.assembled?.ir ?? this.compiled.ir, module, scratch, discovery, options: this.options },
      backend,
      options,
    );
    this.diagnostics.push(...this.assembled.notes);
    return this.assembled;
  }

  private report({ messages }: BackendResult, backend: string): void {
    const { sourceFile, module, discovery } = this.compiled;
    const explained = new Set<string>();
    for (const message of messages) {
      const { severity, text, line } = message;
      if (severity !== 'error') continue;
      const overflowing = overflowingFunction(message);
      if (overflowing !== undefined && module && discovery) {
        if (!explained.has(overflowing)) this.diagnostics.push(explainStack(overflowing, module, discovery));
        explained.add(overflowing);
        continue;
      }
      const start =
        sourceFile && line !== undefined && line > 0 && line <= sourceFile.getLineStarts().length
          ? sourceFile.getPositionOfLineAndCharacter(line - 1, 0)
          : undefined;
      const place = sourceFile && start !== undefined ? { file: sourceFile, start, length: 1 } : undefined;
      this.diagnostics.push(backendRefused(place, backend, text));
    }
  }
}
