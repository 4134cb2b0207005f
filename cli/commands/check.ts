/** `tsbpf check`: the options; the work is in check-files.ts. */
import type { Command } from 'commander';
import { addCompilerOptions, addOutputOptions, type CompileFlags } from '../compiler-options.js';
import type { Finish } from '../program.js';
import type { OutputOptions } from '../terminal.js';

export interface CheckFlags extends CompileFlags, OutputOptions {
  readonly verifier: boolean;
}

export function addCheck(program: Command, finish: Finish): void {
  const command = program
    .command('check')
    .description("print all diagnostics of files; as root also what the kernel's verifier says")
    .argument('<FILE...>', 'TypeScript files')
    .option('--no-verifier', "don't load the programs into the kernel");
  addOutputOptions(addCompilerOptions(command)).action(async (files: string[], flags: CheckFlags) => {
    const { check } = await import('../check-files.js');
    finish(await check(files, flags));
  });
}
