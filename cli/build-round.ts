/** Compiles files and writes their outputs, once. Loads the compiler. */
import path from 'node:path';
import { compile, prefetchBackend, type Compilation } from '../compiler/index.js';
import type { CompilerOptions } from '../compiler/options.js';
import type { Target } from './build-files.js';
import type { BuildFlags } from './commands/build.js';
import { diagnosticsStatus, printDiagnostics, worse } from './diagnostics.js';
import { emitOutput } from './emit.js';
import { declarationsPath } from './output-paths.js';
import { CommandError, exitStatus, nothingToBuild, type ExitStatus } from './status.js';
import { commandErrorText, reportError, writeRecord } from './terminal.js';
import { writeOutput } from './write-output.js';

export interface Round {
  readonly status: ExitStatus;
  /** Every file that the outputs depend on. */
  readonly read: readonly string[];
}

export async function buildRound(
  targets: readonly Target[],
  options: Partial<CompilerOptions>,
  flags: BuildFlags,
): Promise<Round> {
  let status: ExitStatus = exitStatus.done;
  const read: string[] = [];
  if (flags.emit === 'obj') prefetchBackend();
  for (const target of targets) {
    const compilation = await compile(target.file, options);
    read.push(target.file, ...compilation.files);
    const built = await attempt(() => buildOne(target, compilation, flags), flags);
    status = worse(status, built);
  }
  return { status, read: [...new Set(read)] };
}

/** What is wrong with one output keeps no other from being written, and ends no watch. */
async function attempt(build: () => Promise<ExitStatus>, flags: BuildFlags): Promise<ExitStatus> {
  try {
    return await build();
  } catch (failure) {
    if (!(failure instanceof CommandError)) throw failure;
    reportError(commandErrorText(failure), flags);
    return failure.status;
  }
}

async function buildOne({ file, output }: Target, compilation: Compilation, flags: BuildFlags): Promise<ExitStatus> {
  const emitted = await emitOutput(compilation, flags.emit);
  // The back end adds its own, so they are read after it ran.
  const { diagnostics, programs } = compilation;
  printDiagnostics(diagnostics, process.stderr, flags, output === '-' ? process.stderr : process.stdout);
  const status = diagnosticsStatus(diagnostics);
  if (status !== exitStatus.done) return status;
  if (programs.length === 0 || emitted === undefined) throw nothingToBuild(path.relative('', file));
  writeOutput(output, emitted.content);
  if (output === '-') return status;
  if (emitted.declarations) writeOutput(declarationsPath(output), emitted.declarations);
  if (flags.json) writeRecord(outputRecord(file, output, emitted.content, compilation));
  return status;
}

function outputRecord(file: string, output: string, content: Uint8Array | string, { programs }: Compilation): object {
  return {
    category: 'output',
    file: path.relative('', file),
    output,
    bytes: typeof content === 'string' ? Buffer.byteLength(content) : content.length,
    programs: programs.map(({ name, section }) => ({ name, section })),
  };
}
