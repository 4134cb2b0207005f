/** The command line as a whole: its commands, and what becomes of every error. */
import { Command, CommanderError } from 'commander';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { explainFailure } from './failure.js';
import { exitStatus, type ExitStatus } from './status.js';
import { reportError } from './terminal.js';
import { usageError } from './usage-error.js';

/** What an action gives back; nothing where the status is left to the program that was run. */
export type Finish = (status: ExitStatus | undefined) => void;

/** Adds a command with its options; `finish` is told what came of it. */
export type AddCommand = (program: Command, finish: Finish) => void;

/**
 * Runs one command.
 *
 * @param argv as `process.argv`.
 * @param commands those that there are.
 * @returns the exit status, or undefined where a user's program runs on and has its own.
 */
export async function runCommandLine(
  argv: readonly string[],
  commands: readonly AddCommand[],
): Promise<number | undefined> {
  ignoreClosedPipes();
  let status: ExitStatus | undefined = exitStatus.done;
  const program = createProgram(commands, (finished) => (status = finished));
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

/** `tsbpf` with these commands; `finish` is told what came of the one that ran. */
export function createProgram(commands: readonly AddCommand[], finish: Finish): Command {
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
  for (const add of commands) add(program, finish);
  return program;
}

function packageVersion(): string {
  const file = path.join(import.meta.dirname, '../../package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

function colorChoice(flags: readonly string[]): { readonly color?: boolean } {
  if (flags.includes('--no-color')) return { color: false };
  return flags.includes('--color') ? { color: true } : {};
}

/** `tsbpf dump x.o | head` ends when head does. The streams are made, by Node, when they are first asked for. */
function ignoreClosedPipes(): void {
  for (const name of ['stdout', 'stderr'] as const) {
    const property = Object.getOwnPropertyDescriptor(process, name)!;
    let watched: NodeJS.WriteStream | undefined;
    const get = () => (watched ??= endWithReader(property.get!.call(process) as NodeJS.WriteStream));
    Object.defineProperty(process, name, { ...property, get });
  }
}

function endWithReader(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  return stream.on('error', (failure: NodeJS.ErrnoException) => {
    if (failure.code !== 'EPIPE') throw failure;
    process.exit();
  });
}
