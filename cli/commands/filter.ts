/** `tsbpf filter`: the options; the work is in filter-expression.ts, loaded when the command runs. */
import { Option, type Command } from 'commander';
import type { CpuVersion } from '../../compiler/options.js';
import type { Finish } from '../program.js';

export interface FilterFlags {
  readonly emit: 'cbpf' | 'c' | 'ts' | 'll' | 'asm';
  readonly linkType: string;
  readonly output: string;
  readonly cpu?: CpuVersion;
  readonly initializers?: boolean;
  readonly json?: boolean;
}

export function addFilter(program: Command, finish: Finish): void {
  program
    .command('filter')
    .description('show what a tcpdump expression compiles to')
    .argument('[EXPRESSION...]', 'as pcap-filter(7) describes them; none takes every packet')
    .addOption(
      new Option('--emit <kind>', 'classic BPF, a C function, a TypeScript program, LLVM IR, or BPF assembly')
        .choices(['cbpf', 'c', 'ts', 'll', 'asm'])
        .default('cbpf'),
    )
    .option('--link-type <name>', "what packets begin with, by libpcap's names: raw, linux_sll2", 'ethernet')
    .option('-o, --output <file>', 'a file, or - for standard output', '-')
    .addOption(
      new Option('--cpu <level>', 'instruction-set level of asm (default: v3)').choices(['v1', 'v2', 'v3', 'v4']),
    )
    .option('--initializers', 'with cbpf: as initializers of an array of struct sock_filter')
    .option('--json', 'for programs: one JSON object')
    .action(async (words: string[], flags: FilterFlags) => {
      const { showFilter } = await import('../filter-expression.js');
      finish(await showFilter(words.join(' '), flags));
    });
}
