/** `tsbpf build`: the options; the work is in build-files.ts, loaded when the command runs. */
import { Option, type Command } from 'commander';
import { addCompilerOptions, addOutputOptions, type CompileFlags } from '../compiler-options.js';
import { emitExtensions, type Emit } from '../output-paths.js';
import type { Finish } from '../program.js';
import type { OutputOptions } from '../terminal.js';

const emits = Object.keys(emitExtensions);

export interface BuildFlags extends CompileFlags, OutputOptions {
  readonly output?: string;
  readonly emit: Emit;
  readonly watch?: boolean;
}

export function addBuild(program: Command, finish: Finish): void {
  const command = program
    .command('build')
    .description('compile files to eBPF objects')
    .argument('<FILE...>', 'TypeScript files')
    .option('-o, --output <OUT>', 'a file, a folder, or - for standard output (default: FILE.o in the current folder)')
    .addOption(new Option('--emit <what>', 'what to write').choices(emits).default('obj'))
    .option('--watch', 'build again whenever a source changes, until Ctrl-C');
  addOutputOptions(addCompilerOptions(command)).action(async (files: string[], flags: BuildFlags) => {
    const { build } = await import('../build-files.js');
    finish(await build(files, flags));
  });
}
