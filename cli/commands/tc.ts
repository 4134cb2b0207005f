/** `tsbpf tc clear`: removes the tc filters that outlive the process which installed them. */
import { Option, type Command } from 'commander';
import type { Finish } from '../program.js';
import { exitStatus } from '../status.js';

interface ClearFlags {
  readonly egress?: boolean;
  readonly all?: boolean;
}

export function addTc(program: Command, finish: Finish): void {
  const tc = program.command('tc').description('tc filters that tsbpf installed').usage('COMMAND …');
  tc.command('clear')
    .description('remove the ingress filter that tsbpf installed on an interface')
    .argument('<INTERFACE>', 'a network interface')
    .addOption(new Option('--egress', 'the egress filter instead').conflicts('all'))
    .option('--all', 'both')
    .action(async (name: string, flags: ClearFlags) => {
      const { clearEgressFilter, clearIngressFilter } = await import('../../runtime/index.js');
      if (!flags.egress) clearIngressFilter(name);
      if (flags.egress || flags.all) clearEgressFilter(name);
      finish(exitStatus.done);
    });
}
