/** `tsbpf xdp detach`: removes the XDP program of an interface, whoever attached it. */
import type { Command } from 'commander';
import type { Finish } from '../program.js';
import { exitStatus } from '../status.js';

export function addXdp(program: Command, finish: Finish): void {
  const xdp = program.command('xdp').description('XDP programs of network interfaces').usage('COMMAND …');
  xdp
    .command('detach')
    .description('remove the XDP program from an interface')
    .argument('<INTERFACE>', 'a network interface')
    .action(async (name: string) => {
      const { detachXdp } = await import('../../runtime/index.js');
      detachXdp(name);
      finish(exitStatus.done);
    });
}
