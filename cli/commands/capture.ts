/** `tsbpf capture`: packets of interfaces, filtered in the kernel, to a file or as lines. */
import { Option, type Command } from 'commander';
import { wholeNumber } from '../numbers.js';
import type { Finish } from '../program.js';

export interface CaptureFlags {
  readonly interface?: string;
  readonly write?: string;
  readonly count?: number;
  readonly snapshotLength: number;
  readonly direction: 'in' | 'out' | 'inout';
  readonly format?: 'pcap' | 'pcapng';
  /** KiB of the ring buffer. */
  readonly bufferSize: number;
  readonly promiscuousMode: boolean;
  readonly json?: boolean;
  readonly at?: string;
}

const LONGEST = 262144;
const BUFFER = 32768;

export function addCapture(program: Command, finish: Finish): void {
  program
    .command('capture')
    .description('capture packets that match a tcpdump expression, until Ctrl-C')
    .argument('[EXPRESSION...]', "as tcpdump takes it: 'tcp port 80 and host 10.0.0.1'; all packets without one")
    .option('-i, --interface <NAME>', 'the interface, or any for all of them')
    .option('-w, --write <FILE>', 'write a capture file, - for standard output; without it a line a packet is printed')
    .option('-c, --count <N>', 'end after so many packets', (text) => wholeNumber('--count', text, 1))
    .option(
      '-s, --snapshot-length <BYTES>',
      'keep so many bytes of a packet at most, 0 for as many as there can be',
      (text) => wholeNumber('--snapshot-length', text, 0, LONGEST) || LONGEST,
      LONGEST,
    )
    .addOption(
      new Option('-Q, --direction <DIRECTION>', 'packets that come in, go out, or both')
        .choices(['in', 'out', 'inout'])
        .default('inout'),
    )
    .addOption(new Option('--format <FORMAT>', 'of the file; by default pcapng').choices(['pcap', 'pcapng']))
    .option(
      '-B, --buffer-size <KIB>',
      'KiB of the buffer between the kernel and this process',
      (text) => wholeNumber('--buffer-size', text, 256, 1024 * 1024),
      BUFFER,
    )
    .option('-p, --no-promiscuous-mode', 'leave out what is for other hosts')
    .option('--json', 'print one JSON object a line for each packet, and one for the summary')
    .option('--at <FUNCTION>', 'capture where the kernel calls this function with a packet: dev_queue_xmit, ip_rcv')
    .action(async (words: readonly string[], flags: CaptureFlags) => {
      const { capture } = await import('../capture/index.js');
      finish(await capture(words.join(' ').trim(), flags));
    });
}
