/** What `tsbpf build` does: everything is looked at before the compiler is loaded. */
import path from 'node:path';
import type { BuildFlags } from './commands/build.js';
import { compilerOptions } from './compiler-options.js';
import { outputPaths } from './output-paths.js';
import { optionsExclude, outputNotFolder, type ExitStatus } from './status.js';
import { watchFiles } from './watch.js';

/** A source and its output, both as they are to be opened. */
export interface Target {
  readonly file: string;
  readonly output: string;
}

/**
 * Builds each file; one that fails does not keep the others from being built.
 *
 * @param names as the user wrote them.
 */
export async function build(names: readonly string[], flags: BuildFlags): Promise<ExitStatus> {
  const files = [...new Set(names.map((name) => path.resolve(name)))];
  if (flags.output === '-' && files.length > 1) throw outputNotFolder('-');
  if (flags.output === '-' && flags.watch) {
    throw optionsExclude('--watch', '-o -', 'each build would follow the one before');
  }
  const options = { ...compilerOptions(flags), record: flags.emit === 'evaluated' };
  if (files.length > 1) {
    // After the first file, another process could not know what was written.
    const { continueElsewhere } = await import('../compiler/elsewhere.js');
    await continueElsewhere();
  }
  const outputs = outputPaths(files, flags.output, flags.emit);
  const targets = files.map((file, index): Target => ({ file, output: outputs[index]! }));
  const { buildRound } = await import('./build-round.js');
  const round = () => buildRound(targets, options, flags);
  return flags.watch ? watchFiles(round, flags) : (await round()).status;
}
