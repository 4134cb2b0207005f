/** `tsbpf types`: the options; the work is in types-file.ts, loaded when the command runs. */
import type { Command } from 'commander';
import type { Finish } from '../program.js';

export interface TypesFlags {
  readonly output: string;
  readonly btf?: string;
}

export function addTypes(program: Command, finish: Finish): void {
  program
    .command('types')
    .description("write structs of the kernel as TypeScript interfaces, from the kernel's own types")
    .argument('<STRUCT...>', 'names of structs or unions: task_struct')
    .option('-o, --output <file>', 'a file, or - for standard output', '-')
    .option('--btf <file>', "a kernel's types (default: /sys/kernel/btf/vmlinux)")
    .action(async (names: string[], flags: TypesFlags) => {
      const { writeTypes } = await import('../types-file.js');
      finish(writeTypes(names, flags));
    });
}
