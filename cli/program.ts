/** The command line as a whole: its commands, and what becomes of every error. */
import { Command, CommanderError } from 'commander';
import { readFileSync } from 'node:fs';
import { addBuild } from './commands/build.js';
import { addCapture } from './commands/capture.js';
import { addCheck } from './commands/check.js';
import { addDoctor } from './commands/doctor.js';
import { addDump } from './commands/dump.js';
import { addExplain } from './commands/explain.js';
import { addFilter } from './commands/filter.js';
import { addLoad } from './commands/load.js';
import { addMap } from './commands/map.js';
import { addRun } from './commands/run.js';
import { addTc } from './commands/tc.js';
import { addTrace } from './commands/trace.js';
import { addTypes } from './commands/types.js';
import { addXdp } from './commands/xdp.js';
import { explainFailure } from './failure.js';
import { exitStatus, type ExitStatus } from './status.js';
import { reportError } from './terminal.js';
import { usageError } from './usage-error.js';

/** What an action gives back; nothing where the status is left to the program that was run. */
export type Finish = (status: ExitStatus | undefined) => void;

/**
 * Runs one command.
 *
 * @param argv as `process.argv`.
 * @returns the exit status, or undefined where a user's program runs on and has its own.
 */
export async function runCommandLine(argv: readonly string[]): Promise<number | undefined> {
  ignoreClosedPipes();
  let status: ExitStatus | undefined = exitStatus.done;
  const program = createProgram((finished) => (status = finished));
  try {
    await program.parseAsync([...argv]);
    return status;
  } catch (failure) {
    if (failure instanceof CommanderError) {
      if (failure.exitCode === 0) return exitStatus.done;
      // Help that nobody asked for, in place of a command: it has been printed.
      if (failure.code === 'commander.help') return exitStatus.usageWrong;
    }
    const error = failure instanceof CommanderError ? usageError(failure, commandIn(program, argv)) : failure;
    const { text, status: failed } = explainFailure(error);
    // What follows `run` is another program's.
    const flags = argv[2] === 'run' ? [] : argv.slice(2);
    reportError(text, { json: flags.includes('--json'), ...colorChoice(flags) });
    return failed;
  }
}

/** The words of the command that was called: `tc clear`. */
function commandIn(program: Command, [, , ...words]: readonly string[]): string {
  const found: string[] = [];
  let command: Command | undefined = program;
  for (const word of words) {
    command = command.commands.find((one) => one.name() === word);
    if (!command) break;
    found.push(word);
  }
  return found.join(' ');
}

/** The commands, each with its options; `finish` is told what came of the one that ran. */
export function createProgram(finish: Finish): Command {
  const program = new Command('tsbpf')
    .description('Compiles TypeScript to eBPF, and runs it.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [COMMAND]', 'print the help of a command')
    .usage('COMMAND …')
    .enablePositionalOptions()
    .exitOverride()
    // Errors are printed where all errors are.
    .configureOutput({ outputError: () => undefined })
    .addHelpText('after', '\nExit status: 0 done, 1 the input is wrong, 2 wrong usage, 3 the machine cannot do it.');
  const commands = [
    ...[addBuild, addRun, addCheck, addDump, addExplain, addDoctor],
    ...[addCapture, addFilter, addLoad, addMap, addTrace, addTc, addTypes, addXdp],
  ];
  for (const add of commands) add(program, finish);
  return program;
}

function packageVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

function colorChoice(flags: readonly string[]): { readonly color?: boolean } {
  if (flags.includes('--no-color')) return { color: false };
  return flags.includes('--color') ? { color: true } : {};
}

/** `tsbpf dump x.o | head` ends when head does. */
function ignoreClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (failure: NodeJS.ErrnoException) => {
      if (failure.code !== 'EPIPE') throw failure;
      process.exit();
    });
  }
}
