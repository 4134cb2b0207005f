/** `tsbpf map`: lists, reads and edits maps that are in the kernel. */
import type { Command } from 'commander';
import type { Finish } from '../program.js';
import type { OutputOptions } from '../terminal.js';

const jsonFlag = ['--json', 'print one JSON object a line'] as const;
const mapArgument = ['<MAP>', "a pin (/sys/fs/bpf/…), or the map's number"] as const;
const keyArgument = ['<KEY>', 'a number, text, bytes as 0a:ff, or a struct as {member: 1}'] as const;

export function addMap(program: Command, finish: Finish): void {
  const map = program.command('map').description('maps that are in the kernel').usage('COMMAND …');
  map
    .command('list')
    .description('list all maps, or those that are pinned in a folder')
    .argument('[FOLDER]', 'a folder on a BPF file system')
    .option(...jsonFlag)
    .action(async (folder: string | undefined, flags: OutputOptions) => {
      const { list } = await import('../map/list.js');
      finish(list(folder, flags));
    });
  map
    .command('dump')
    .description('print all entries')
    .argument(...mapArgument)
    .option(...jsonFlag)
    .action(async (source: string, flags: OutputOptions) => {
      const { dumpMap } = await import('../map/entries.js');
      finish(dumpMap(source, flags));
    });
  map
    .command('get')
    .description('print the value of a key')
    .argument(...mapArgument)
    .argument(...keyArgument)
    .option(...jsonFlag)
    .action(async (source: string, key: string, flags: OutputOptions) => {
      const { getEntry } = await import('../map/entries.js');
      finish(getEntry(source, key, flags));
    });
  map
    .command('set')
    .description('write the value of a key')
    .argument(...mapArgument)
    .argument(...keyArgument)
    .argument('<VALUE>', 'as KEY; in a per-CPU map for all CPUs, or an array of one for each')
    .option(...jsonFlag)
    .action(async (source: string, key: string, value: string, flags: OutputOptions) => {
      const { setEntry } = await import('../map/entries.js');
      finish(setEntry(source, key, value, flags));
    });
  map
    .command('delete')
    .description('delete an entry')
    .argument(...mapArgument)
    .argument(...keyArgument)
    .option(...jsonFlag)
    .action(async (source: string, key: string, flags: OutputOptions) => {
      const { deleteEntry } = await import('../map/entries.js');
      finish(deleteEntry(source, key, flags));
    });
  map
    .command('pin')
    .description('give a map a path under which it outlives its processes')
    .argument(...mapArgument)
    .argument('<PATH>', 'on a BPF file system: /sys/fs/bpf/NAME')
    .option(...jsonFlag)
    .action(async (source: string, path: string, flags: OutputOptions) => {
      const { pinMap } = await import('../map/entries.js');
      finish(pinMap(source, path, flags));
    });
}
