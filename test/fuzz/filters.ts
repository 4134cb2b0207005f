/** Random tcpdump expressions on random packets: pcapFilter in each kind of program beside libpcap's own interpreter. */
import path from 'node:path';
import { formatDiagnostics } from '../../compiler/diagnostics/index.js';
import { compile, memoryHost } from '../../compiler/index.js';
import { compileExpression, offlineFilter } from '../../runtime/native/libpcap.js';
import { batchOf, type PacketBatch } from '../support/batch-run.js';
import { canBeTested, makePackets } from '../support/packet-maker.js';
import { TestObject } from '../support/test-run.js';
import { makeExpression } from './generate/filter.js';
import type { Failure } from './pieces.js';

const kinds = { xdp: 'xdp(', tc: "tc('ingress', ", socketFilter: 'socketFilter(' } as const;
const ETHERNET = 1;
const PACKETS = 100;

interface Filter {
  readonly index: number;
  readonly expression: string;
}

export interface FilterReport {
  readonly failures: readonly Failure[];
  readonly counts: Readonly<Record<string, number>>;
}

/** Expressions `from` and following of a seed; `alive` is called now and then. */
export async function compareFilters(
  seed: number,
  from: number,
  count: number,
  alive: () => void,
): Promise<FilterReport> {
  const all = Array.from({ length: count }, (_, offset) => ({
    index: from + offset,
    expression: makeExpression(seed, from + offset),
  }));
  const filters = all.filter(({ expression }) => compileExpression(expression, ETHERNET).code !== undefined);
  const failures: Failure[] = [];
  let compared = 0;
  for (const kind of Object.keys(kinds) as (keyof typeof kinds)[]) {
    alive();
    const made = makePackets(PACKETS * 2, seed + from, { least: kind === 'socketFilter' ? 1 : 15 });
    const packets = (kind === 'tc' ? made.filter(canBeTested) : made).slice(0, PACKETS);
    const batch = batchOf(packets, kind === 'socketFilter' ? 14 : 0);
    for (const group of await load(filters, kind)) {
      if (group.object === undefined) {
        failures.push(group.failure);
        continue;
      }
      for (const [at, filter] of group.filters.entries()) {
        failures.push(...compareOne(filter, kind, group.object, at, batch, packets));
        compared += packets.length;
      }
      group.object[Symbol.dispose]();
    }
    batch[Symbol.dispose]();
  }
  return { failures, counts: { compared, refusedByLibpcap: all.length - filters.length } };
}

type Group =
  | { readonly object: TestObject; readonly filters: readonly Filter[] }
  | { readonly object: undefined; readonly failure: Failure };

/** All as one object; where that does not compile, each as one of its own. */
async function load(filters: readonly Filter[], kind: keyof typeof kinds): Promise<readonly Group[]> {
  if (filters.length === 0) return [];
  const lines = filters.map(
    ({ expression }, at) =>
      `export const filter_${at} = ${kinds[kind]}(ctx) => (pcapFilter(${JSON.stringify(expression)}, ctx) ? 2 : 1));`,
  );
  const file = path.join(process.cwd(), 'filters.ts');
  const text = ["import { pcapFilter, socketFilter, tc, xdp } from 'tsbpf';", ...lines].join('\n');
  const compilation = await compile(file, {}, memoryHost({ [file]: text }, process.cwd()));
  const bytes = compilation.object();
  if (bytes) return [{ object: new TestObject(bytes), filters }];
  if (filters.length > 1) {
    const groups: Group[] = [];
    for (const filter of filters) groups.push(...(await load([filter], kind)));
    return groups;
  }
  const said = formatDiagnostics(compilation.diagnostics, { directory: process.cwd(), color: false });
  return [{ object: undefined, failure: { index: filters[0]!.index, what: `refused in ${kind}`, text: said } }];
}

function compareOne(
  { index, expression }: Filter,
  kind: string,
  object: TestObject,
  at: number,
  batch: PacketBatch,
  packets: readonly Uint8Array[],
): readonly Failure[] {
  let results: Uint32Array;
  try {
    results = batch.run(object.program(`filter_${at}`).fd);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return [{ index, what: `cannot be run in ${kind}`, text: `${expression}\n${said.slice(-3000)}` }];
  }
  const reference = offlineFilter(compileExpression(expression, ETHERNET).code!);
  const wrong = packets.filter((packet, number) => reference.matches(packet) !== (results[number] === 2));
  reference.free();
  if (wrong.length === 0) return [];
  const text = `${expression}\nlibpcap says ${results[packets.indexOf(wrong[0]!)] === 1} of ${Buffer.from(wrong[0]!).toString('hex')}`;
  return [{ index, what: `differs from libpcap in ${kind}`, text }];
}
