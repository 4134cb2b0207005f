/** Checks files: all of TypeScript's diagnostics and ours, then as root what the kernel's verifier says. */
import path from 'node:path';
import { nodeHost } from '../compiler/host.js';
import { compile, type Compilation } from '../compiler/index.js';
import { withoutRepeated } from '../compiler/open/repeated.js';
import { checkWholeFile } from '../compiler/open/whole-file.js';
import type { CheckFlags } from './commands/check.js';
import { compilerOptions, ownArchitecture } from './compiler-options.js';
import { diagnosticsStatus, printDiagnostics, worse } from './diagnostics.js';
import { explainFailure } from './failure.js';
import { exitStatus, type ExitStatus } from './status.js';
import { reportError, writeRecord } from './terminal.js';

/** @param names as the user wrote them. */
export async function check(names: readonly string[], flags: CheckFlags): Promise<ExitStatus> {
  let status: ExitStatus = exitStatus.done;
  for (const name of names) status = worse(status, await checkFile(path.resolve(name), flags));
  return status;
}

async function checkFile(file: string, flags: CheckFlags): Promise<ExitStatus> {
  const compilation = await compile(file, compilerOptions(flags));
  const wholeFile = compilation.sourceFile ? checkWholeFile(file, nodeHost(), flags.btf) : [];
  const object = compilation.object();
  const diagnostics = [...compilation.diagnostics, ...withoutRepeated(wholeFile, compilation.diagnostics)];
  printDiagnostics(diagnostics, process.stdout, flags);
  const status = diagnosticsStatus(diagnostics);
  if (object === undefined || status !== exitStatus.done || !mayLoad(flags)) return status;
  return verify(object, compilation, flags);
}

/**
 * Who is not root is told nothing: the diagnostics are all that was asked for, as far as it goes. Nor does this kernel know the
 * registers of another machine.
 */
function mayLoad({ verifier, arch = ownArchitecture }: CheckFlags): boolean {
  return verifier && process.geteuid?.() === 0 && arch === ownArchitecture;
}

async function verify(object: Uint8Array, compilation: Compilation, flags: CheckFlags): Promise<ExitStatus> {
  const { loadObject } = await import('../runtime/index.js');
  let status: ExitStatus = exitStatus.done;
  using loaded = loadObject(object);
  for (const { name } of compilation.programs) {
    try {
      loaded.programs[name]!.load();
      if (flags.json) writeRecord({ category: 'verified', program: name });
    } catch (failure) {
      const { text, status: failed } = explainFailure(failure);
      reportError(text, flags);
      status = worse(status, failed);
    }
  }
  return status;
}
