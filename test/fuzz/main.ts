/** npm run fuzz: many programs in both worlds, many damaged sources and many damaged objects, by a few processes. */
import { Command, InvalidArgumentError } from 'commander';
import { runPieces, type Report } from './supervise.js';

interface Options {
  readonly programs: number;
  readonly sources: number;
  readonly objects: number;
  readonly filters: number;
  readonly seed: number;
  readonly workers: number;
  readonly program?: number;
  readonly source?: number;
  readonly object?: number;
  readonly filter?: number;
  readonly json?: boolean;
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff)
    throw new InvalidArgumentError('Write a whole number.');
  return value;
}

const command = new Command('npm run fuzz --')
  .description(
    'Runs random programs as TypeScript and as BPF, and feeds damaged sources to the compiler, and damaged objects to the runtime.',
  )
  .option('--programs <count>', 'how many programs', whole, 20_000)
  .option('--sources <count>', 'how many damaged sources', whole, 10_000)
  .option('--objects <count>', 'how many damaged objects', whole, 20_000)
  .option('--filters <count>', 'how many tcpdump expressions', whole, 2_000)
  .option('--seed <number>', 'what decides them all; a fresh one unless given', whole, Date.now() % 2 ** 32)
  .option('--workers <count>', 'how many processes', whole, 2)
  .option('--program <index>', 'this program of the seed alone', whole)
  .option('--source <index>', 'this damaged source of the seed alone', whole)
  .option('--object <index>', 'this damaged object of the seed alone', whole)
  .option('--filter <index>', 'this tcpdump expression of the seed alone', whole)
  .option('--json', 'the report as JSON');

const options = command.parse().opts<Options>();
process.exitCode = await main(options);

async function main({ programs, sources, objects, filters, seed, workers, json, ...only }: Options): Promise<number> {
  const { program, source, object, filter } = only;
  if (process.getuid?.() !== 0 && source === undefined && object === undefined) {
    process.stderr.write(
      'Only root can load programs into the kernel: run this as root, or with --programs 0 --filters 0.\n',
    );
    if (programs > 0 || filters > 0) return 3;
  }
  const alone = [program, source, object, filter].some((index) => index !== undefined);
  const say = json ? () => undefined : (line: string) => process.stdout.write(`${line}\n`);
  say(`seed ${seed}`);
  const reports: Report[] = [];
  const range = (index: number | undefined, count: number) =>
    index === undefined ? [0, alone ? 0 : count] : [index, 1];
  for (const [kind, index, count, size] of [
    ['programs', program, programs, 50],
    ['sources', source, sources, 100],
    ['objects', object, objects, 500],
    ['filters', filter, filters, 50],
  ] as const) {
    const [from = 0, many = 0] = range(index, count);
    if (many > 0) reports.push(await runPieces({ kind, seed, from, count: many, size, workers }, say));
  }
  if (json) process.stdout.write(`${JSON.stringify({ seed, reports }, undefined, 2)}\n`);
  return reports.some(({ failures }) => failures.length > 0) ? 1 : 0;
}
