/** Turns one TypeScript file into the JavaScript that runs, or into what is wrong with it. Loads the compiler. */
import { ts } from '../typescript.js';
import type { Diagnostic } from '../diagnostics/index.js';
import { formatDiagnostics, noBackend } from '../diagnostics/index.js';
import { compile } from '../index.js';
import { nodeHost } from '../host.js';
import { runningKernel } from '../running-kernel.js';
import { functionsElsewhere, type ConvertedFunctions } from './annotated.js';
import { stripTypes, transform } from './index.js';

export interface Built {
  /** Absent after errors. */
  readonly code: string | undefined;
  /** Errors and warnings as people read them; empty where there are none. */
  readonly text: string;
  /** 0, or 1 where the input is wrong, or 3 where the machine cannot do it. */
  readonly status: number;
  readonly files: readonly string[];
  /** Functions of other files that this one's programs reach; they are to be transformed accordingly. */
  readonly elsewhere: ConvertedFunctions;
}

/**
 * Compiles both halves of a file that uses tsbpf.
 *
 * @param reached functions of the file that programs of other files reach, by where they start.
 */
export async function buildModule(file: string, color: boolean, reached: readonly number[]): Promise<Built> {
  // The cache keeps what was built under the kernel's release.
  const compilation = await compile(file, { running: runningKernel() });
  const object = compilation.diagnostics.some(isError) ? undefined : compilation.object();
  const { diagnostics, files } = compilation;
  const errors = diagnostics.filter(isError);
  const text = diagnostics.length ? formatDiagnostics(diagnostics, { directory: process.cwd(), color }) : '';
  if (errors.length)
    return { code: undefined, text, status: errors.every(isAboutMachine) ? 3 : 1, files, elsewhere: {} };
  const { code } = transform({ ...pick(compilation), object: () => object }, reached);
  const elsewhere = compilation.discovery ? functionsElsewhere(compilation.discovery) : {};
  return { code, text, status: 0, files, elsewhere };
}

/** Takes the types away from a file that does not use tsbpf. Syntax errors are reported as the compiler does. */
export function stripModule(file: string, color: boolean): Built {
  const text = nodeHost().readFile(file) ?? '';
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const { parseDiagnostics } = source as ts.SourceFile & { parseDiagnostics?: readonly Diagnostic[] };
  if (parseDiagnostics?.length) {
    const printed = formatDiagnostics(parseDiagnostics, { directory: process.cwd(), color });
    return { code: undefined, text: printed, status: 1, files: [file], elsewhere: {} };
  }
  return { code: stripTypes(file, text).code, text: '', status: 0, files: [file], elsewhere: {} };
}

function pick({ discovery, programs, sourceFile, checker }: Awaited<ReturnType<typeof compile>>) {
  return { discovery, programs, sourceFile, checker };
}

function isError({ category }: Diagnostic): boolean {
  return category === ts.DiagnosticCategory.Error;
}

/** As the command line counts: a missing back end says that the input may well be right. */
function isAboutMachine({ source, code }: Diagnostic): boolean {
  return source === 'tsbpf' && code === noBackend.code;
}
