/** Prints what the compiler found, and says which exit status it means. Loads the TypeScript compiler. */
import { ts } from '../compiler/typescript.js';
import type { Diagnostic } from '../compiler/diagnostics/index.js';
import { formatDiagnostics, noBackend, sortDiagnostics, toRecord } from '../compiler/diagnostics/index.js';
import { exitStatus, type ExitStatus } from './status.js';
import { useColor, writeRecord, type OutputOptions } from './terminal.js';

/**
 * @param stream where text goes; with `--json` records go to standard output, unless `jsonStream` says otherwise.
 */
export function printDiagnostics(
  diagnostics: readonly Diagnostic[],
  stream: NodeJS.WriteStream,
  options: OutputOptions,
  jsonStream: NodeJS.WriteStream = process.stdout,
): void {
  if (diagnostics.length === 0) return;
  const directory = process.cwd();
  if (options.json) {
    for (const diagnostic of sortDiagnostics(diagnostics)) writeRecord(toRecord(diagnostic, directory), jsonStream);
  } else {
    stream.write(formatDiagnostics(diagnostics, { directory, color: useColor(stream, options.color) }));
  }
}

/** Of errors, a missing back end alone says that the input may well be right. */
export function diagnosticsStatus(diagnostics: readonly Diagnostic[]): ExitStatus {
  const errors = diagnostics.filter(({ category }) => category === ts.DiagnosticCategory.Error);
  if (errors.length === 0) return exitStatus.done;
  return errors.every(isAboutMachine) ? exitStatus.machineCannot : exitStatus.inputWrong;
}

function isAboutMachine({ source, code }: Diagnostic): boolean {
  return source === 'tsbpf' && code === noBackend.code;
}

/** The worse of two statuses: wrong input before a machine that cannot, before done. */
export function worse(a: ExitStatus, b: ExitStatus): ExitStatus {
  return a === exitStatus.inputWrong || b === exitStatus.done ? a : b;
}
