/** The object that is to be loaded: a file's bytes, or what a TypeScript file compiles to. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { CompiledProgram } from '../../compiler/index.js';
import type { LoadFlags } from '../commands/load.js';
import { compilerOptions, ownArchitecture } from '../compiler-options.js';
import { inputFile } from '../input-files.js';
import { badOption, constantsUnknown, exitStatus, nothingToBuild, type ExitStatus } from '../status.js';

export interface Subject {
  /** As the user wrote it. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Which way tc programs look, by their names, where the source says it. */
  readonly directions: ReadonlyMap<string, 'ingress' | 'egress'>;
}

/**
 * @param name as the user wrote it.
 * @returns the status to end with, where the file does not compile; what is wrong has been printed.
 * @throws CommandError for a file that is missing, or that only `tsbpf run` can load.
 */
export async function readSubject(name: string, flags: LoadFlags): Promise<Subject | ExitStatus> {
  const file = inputFile(name);
  if (/\.[cm]?tsx?$/.test(file)) return compileSubject(name, file, flags);
  return { name, bytes: readFileSync(file), directions: new Map() };
}

async function compileSubject(name: string, file: string, flags: LoadFlags): Promise<Subject | ExitStatus> {
  if (flags.arch !== undefined && flags.arch !== ownArchitecture)
    throw badOption('--arch', flags.arch, `${ownArchitecture}, the machine that load runs the programs on`);
  (await import('../../compiler/open/compile-cache.js')).enableCompileCache();
  const { compile } = await import('../../compiler/index.js');
  const { diagnosticsStatus, printDiagnostics } = await import('../diagnostics.js');
  const { runningKernel } = await import('../../compiler/running-kernel.js');
  const compilation = await compile(file, { ...compilerOptions(flags), running: runningKernel() });
  const bytes = compilation.object();
  printDiagnostics(compilation.diagnostics, process.stderr, flags.json ? { json: true } : {});
  const status = diagnosticsStatus(compilation.diagnostics);
  if (status !== exitStatus.done) return status;
  const { programs } = compilation;
  if (!bytes || programs.length === 0) throw nothingToBuild(path.relative('', file));
  const constants = programs.flatMap((program) => program.constants.map((constant) => constant.symbol.name));
  const given = flags.set.map((text) => text.replace(/=.*/s, ''));
  const unknown = constants.filter((constant) => !given.includes(constant));
  if (unknown.length > 0) throw constantsUnknown(name, [...new Set(unknown)]);
  return { name, bytes, directions: new Map(programs.flatMap(directionOf)) };
}

function directionOf({ name, source, targets }: CompiledProgram): [string, 'ingress' | 'egress'][] {
  const said = source.kind === 'egressFilter' ? 'egress' : targets[0];
  return said === 'egress' || said === 'ingress' ? [[name, said]] : [];
}
