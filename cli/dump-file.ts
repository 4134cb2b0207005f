/** Disassembles an object, or what a TypeScript file compiles to. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { DumpFlags } from './commands/dump.js';
import { compilerOptions } from './compiler-options.js';
import { inputFile } from './input-files.js';
import { exitStatus, notAnObject, type ExitStatus } from './status.js';

/** @param name as the user wrote it. */
export async function dump(name: string, flags: DumpFlags): Promise<ExitStatus> {
  const file = inputFile(name);
  const bytes = readFileSync(file);
  return isElf(bytes) || !isTypeScript(file) ? dumpObject(bytes, name) : dumpSource(file, flags);
}

function isElf(bytes: Uint8Array): boolean {
  return Buffer.from('\x7fELF', 'latin1').equals(bytes.subarray(0, 4));
}

function isTypeScript(file: string): boolean {
  return /\.[cm]?tsx?$/.test(file);
}

async function dumpSource(file: string, flags: DumpFlags): Promise<ExitStatus> {
  const { compile } = await import('../compiler/index.js');
  const { diagnosticsStatus, printDiagnostics } = await import('./diagnostics.js');
  const compilation = await compile(file, compilerOptions(flags));
  const object = compilation.object();
  printDiagnostics(compilation.diagnostics, process.stderr, flags);
  return object ? dumpObject(object, path.relative('', file)) : diagnosticsStatus(compilation.diagnostics);
}

async function dumpObject(bytes: Uint8Array, name: string): Promise<ExitStatus> {
  const { formatObject, ObjectError } = await import('../compiler/object/index.js');
  const { helperName } = await import('../compiler/programs/helpers.js');
  try {
    process.stdout.write(formatObject(bytes, { helper: helperName }));
  } catch (failure) {
    if (failure instanceof ObjectError) throw notAnObject(name, failure.message);
    throw failure;
  }
  return exitStatus.done;
}
