/** `tsbpf trace`: watches system calls, tracepoints and kernel functions. */
import type { Command } from 'commander';
import type { Finish } from '../program.js';
import { badOption } from '../status.js';
import type { OutputOptions } from '../terminal.js';

export interface TraceFlags extends Pick<OutputOptions, 'json'> {
  readonly filter?: string;
  readonly return?: boolean;
  readonly count?: number;
  readonly duration?: number;
}

export function addTrace(program: Command, finish: Finish): void {
  program
    .command('trace')
    .description('print events of the kernel as they happen, until Ctrl-C')
    .argument('<EVENT>', 'a system call (sys_openat), a tracepoint (sched:sched_switch) or a kernel function')
    .option(
      '--filter <EXPRESSION>',
      "TypeScript over pid, tid, uid, gid, comm and the arguments: 'uid === 0 && fd > 2'",
    )
    .option('--return', 'print calls when they return, with the result and how long they took')
    .option('--count <N>', 'end after so many events', (text) => positive('--count', text))
    .option('--duration <SECONDS>', 'end after so long', (text) => positive('--duration', text))
    .option('--json', 'print one JSON object a line')
    .action(async (event: string, flags: TraceFlags) => {
      const { traceEvent } = await import('../trace-event.js');
      finish(await traceEvent(event, flags));
    });
}

function positive(option: string, text: string): number {
  const number = Number(text);
  if (!(number > 0) || (option === '--count' && !Number.isInteger(number))) {
    throw badOption(option, text, option === '--count' ? 'a whole number from 1' : 'a number of seconds above 0');
  }
  return number;
}
