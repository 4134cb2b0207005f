/** `tsbpf trace`: watches system calls, tracepoints and kernel functions. */
import type { Command } from 'commander';
import { seconds, wholeNumber } from '../numbers.js';
import type { Finish } from '../program.js';
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
    .option('--count <N>', 'end after so many events', (text) => wholeNumber('--count', text, 1))
    .option('--duration <SECONDS>', 'end after so long', (text) => seconds('--duration', text))
    .option('--json', 'print one JSON object a line')
    .action(async (event: string, flags: TraceFlags) => {
      const { traceEvent } = await import('../trace-event.js');
      finish(await traceEvent(event, flags));
    });
}
