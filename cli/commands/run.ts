/** `tsbpf run`: compiles a file and runs it, both halves. */
import type { Command } from 'commander';
import { inputFile } from '../input-files.js';
import type { Finish } from '../program.js';

export function addRun(program: Command, finish: Finish): void {
  program
    .command('run')
    .description('compile a file and run it, both halves')
    .usage('FILE [ARGS…]')
    .argument('<FILE>', 'a TypeScript file')
    .argument('[ARGS...]', 'what the file finds in process.argv, options included')
    .passThroughOptions()
    .action(async (file: string, args: string[]) => {
      const entry = inputFile(file);
      const { run } = await import('../../compiler/transform/run.js');
      // The file may set an exit status at any time before it ends.
      finish(undefined);
      await run(entry, args);
    });
}
