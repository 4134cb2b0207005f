/** `tsbpf dump`: shows what is in an object, or in what a TypeScript file compiles to. */
import type { Command } from 'commander';
import { addCompilerOptions, addColorOptions, type CompileFlags } from '../compiler-options.js';
import type { Finish } from '../program.js';
import type { OutputOptions } from '../terminal.js';

export interface DumpFlags extends CompileFlags, Pick<OutputOptions, 'color'> {}

export function addDump(program: Command, finish: Finish): void {
  const command = program
    .command('dump')
    .description('disassemble an object between the TypeScript lines it came from, with its maps and types')
    .argument('<OBJECT|FILE>', 'an object, or a TypeScript file');
  addColorOptions(addCompilerOptions(command)).action(async (file: string, flags: DumpFlags) => {
    const { dump } = await import('../dump-file.js');
    finish(await dump(file, flags));
  });
}
