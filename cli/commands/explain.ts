/** `tsbpf explain`: the long form of an error; the work is in explain-codes.ts. */
import type { Command } from 'commander';
import { addOutputOptions } from '../compiler-options.js';
import type { Finish } from '../program.js';
import type { OutputOptions } from '../terminal.js';

export function addExplain(program: Command, finish: Finish): void {
  const command = program
    .command('explain')
    .description('say what an error means, with an example of it and of what to write instead')
    .argument('[CODE...]', 'TSBPF1305, or 1305 alone; without any, all codes are listed');
  addOutputOptions(command).action(async (codes: string[], flags: OutputOptions) => {
    const { explain } = await import('../explain-codes.js');
    finish(explain(codes, flags));
  });
}
