/** `tsbpf load`: attaches the programs of an object, or of a TypeScript file, and shows what they report. */
import { Help, Option, type Command } from 'commander';
import type { XdpMode } from '../../runtime/attach/xdp.js';
import { addCompilerOptions, type CompileFlags } from '../compiler-options.js';
import { seconds, wholeNumber } from '../numbers.js';
import type { Finish } from '../program.js';

export interface LoadFlags extends CompileFlags {
  /** `NAME` or `NAME=WHERE`; empty where the option stands alone. */
  readonly attach: readonly string[];
  readonly interface?: string;
  readonly mode?: XdpMode;
  readonly direction?: 'ingress' | 'egress';
  /** `MAP=SCALE` */
  readonly histogram: readonly string[];
  /** `MAP=STRUCT` */
  readonly event: readonly string[];
  /** `NAME=VALUE` */
  readonly set: readonly string[];
  readonly interval?: number;
  readonly count?: number;
  readonly duration?: number;
  readonly json?: boolean;
}

/** An option that may be given several times, and alone. */
class RepeatedOption extends Option {
  constructor(flags: string, description: string) {
    super(flags, description);
    this.argParser((value: string, before: readonly string[]) => [...before, value])
      .preset('')
      .default([]);
  }
}

const help = new Help();

/** What stands for no value is nothing to read about. */
function describeOption(option: Option): string {
  return option instanceof RepeatedOption ? option.description : help.optionDescription(option);
}

export function addLoad(program: Command, finish: Finish): void {
  const command = program
    .command('load')
    .configureHelp({ ...program.configureHelp(), optionDescription: describeOption })
    .description('attach programs and print their events and maps, until Ctrl-C')
    .argument('<OBJECT|FILE>', 'an object of any compiler, or a TypeScript file, whose user-space half is left out')
    .addOption(
      new RepeatedOption(
        '--attach [NAME[=WHERE]]',
        'attach these alone, not all; WHERE is in place of what the section says (may be given again)',
      ),
    )
    .option('--interface <NAME>', 'the network interface for XDP and tc programs and socket filters')
    .addOption(
      new Option('--mode <MODE>', 'how XDP programs are attached').choices(['auto', 'generic', 'native', 'offload']),
    )
    .addOption(
      new Option('--direction <DIRECTION>', 'of tc programs that do not say it').choices(['ingress', 'egress']),
    )
    .addOption(
      new RepeatedOption('--histogram <MAP=SCALE>', 'draw a map as a histogram: log2, linear, linear:STEP or none'),
    )
    .addOption(
      new RepeatedOption('--event <MAP=STRUCT>', 'what the events of a map are, where the object does not say it'),
    )
    .addOption(new RepeatedOption('--set <NAME=VALUE>', 'the value of a constant that only the running program knows'))
    .option('--interval <SECONDS>', 'print maps so often (on a terminal 1 unless given, else at the end)', (text) =>
      seconds('--interval', text),
    )
    .option('--count <N>', 'end after so many events', (text) => wholeNumber('--count', text, 1))
    .option('--duration <SECONDS>', 'end after so long', (text) => seconds('--duration', text))
    .option('--json', 'print one JSON object a line');
  addCompilerOptions(command).action(async (name: string, flags: LoadFlags) => {
    const { load } = await import('../load/index.js');
    finish(await load(name, flags));
  });
}
