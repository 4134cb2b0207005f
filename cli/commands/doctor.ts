/** `tsbpf doctor`: what this machine has and lacks, and the command that mends each. */
import type { Command } from 'commander';
import { addOutputOptions } from '../compiler-options.js';
import type { Finish } from '../program.js';
import type { OutputOptions } from '../terminal.js';

export function addDoctor(program: Command, finish: Finish): void {
  const command = program
    .command('doctor')
    .description('say what this machine has and lacks for building and running, and how to mend it');
  addOutputOptions(command).action(async (flags: OutputOptions) => {
    const { doctor } = await import('../doctor/index.js');
    finish(await doctor(flags));
  });
}
