/** Compiles files and writes their outputs. */
import path from 'node:path';
import { compile, type Compilation } from '../compiler/index.js';
import type { BuildFlags } from './commands/build.js';
import { compilerOptions } from './compiler-options.js';
import { diagnosticsStatus, printDiagnostics, worse } from './diagnostics.js';
import { emitOutput } from './emit.js';
import { declarationsPath, outputPaths } from './output-paths.js';
import {
  CommandError,
  exitStatus,
  nothingToBuild,
  optionsExclude,
  outputNotFolder,
  type ExitStatus,
} from './status.js';
import { commandErrorText, reportError, writeRecord } from './terminal.js';
import { watchFiles } from './watch.js';
import { writeOutput } from './write-output.js';

/**
 * Builds each file; one that fails does not keep the others from being built.
 *
 * @param names as the user wrote them.
 */
export async function build(names: readonly string[], flags: BuildFlags): Promise<ExitStatus> {
  const files = [...new Set(names.map((name) => path.resolve(name)))];
  const { output } = flags;
  if (output === '-' && files.length > 1) throw outputNotFolder('-');
  if (output === '-' && flags.watch) throw optionsExclude('--watch', '-o -', 'each build would follow the one before');
  const outputs = outputPaths(files, output, flags.emit);
  const targets = files.map((file, index) => ({ file, target: outputs[index]! }));
  const once = async (): Promise<Round> => buildAll(targets, flags);
  if (flags.watch) return watchFiles(once, flags);
  return (await once()).status;
}

export interface Round {
  readonly status: ExitStatus;
  /** Every file that the outputs depend on. */
  readonly read: readonly string[];
}

interface Target {
  readonly file: string;
  readonly target: string;
}

async function buildAll(targets: readonly Target[], flags: BuildFlags): Promise<Round> {
  let status: ExitStatus = exitStatus.done;
  const read: string[] = [];
  for (const target of targets) {
    const compilation = await compile(target.file, compilerOptions(flags));
    read.push(target.file, ...compilation.files);
    const built = await attempt(() => buildOne(target, compilation, flags), flags);
    status = worse(status, built);
  }
  return { status, read };
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

async function buildOne({ file, target }: Target, compilation: Compilation, flags: BuildFlags): Promise<ExitStatus> {
  const emitted = await emitOutput(compilation, flags.emit);
  // The back end adds its own, so they are read after it ran.
  const { diagnostics, programs } = compilation;
  printDiagnostics(diagnostics, process.stderr, flags, target === '-' ? process.stderr : process.stdout);
  const status = diagnosticsStatus(diagnostics);
  if (status !== exitStatus.done) return status;
  if (programs.length === 0 || emitted === undefined) throw nothingToBuild(path.relative('', file));
  writeOutput(target, emitted.content);
  if (emitted.declarations && target !== '-') writeOutput(declarationsPath(target), emitted.declarations);
  if (flags.json && target !== '-') writeRecord(outputRecord(file, target, emitted.content, compilation));
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
