/** Programs that ask pcapFilter, and what they say of packets beside libpcap's own interpreter. */
import path from 'node:path';
import { formatDiagnostics } from '../../compiler/diagnostics/index.js';
import { memoryHost } from '../../compiler/host.js';
import { compile } from '../../compiler/index.js';
import { compileExpression, offlineFilter } from '../../runtime/native/libpcap.js';
import { batchOf } from './batch-run.js';

const root = path.resolve(import.meta.dirname, '../..');

/**
 * Compiles a program for each expression, `filter_0` and following, as one object.
 *
 * @param wrap a program around a condition.
 * @param head what stands before the programs.
 * @param packet what pcapFilter is asked about.
 */
export async function compileFilters(
  wrap: (filter: string) => string,
  expressions: readonly string[],
  { linkType, head = '', packet = 'ctx' }: { linkType?: string; head?: string; packet?: string } = {},
): Promise<Uint8Array> {
  const link = linkType === undefined ? '' : `, '${linkType}'`;
  const programs = expressions.map((expression, index) => {
    const filter = `pcapFilter(${JSON.stringify(expression)}, ${packet}${link})`;
    return `export const filter_${index} = ${wrap(filter)};`;
  });
  const file = path.join(root, 'test/kernel/compiled/pcap-filters.ts');
  const imports = [
    "import { ArrayMap, pcapFilter, socketFilter, tc, xdp } from 'tsbpf';",
    "import type { Bytes, u32 } from 'tsbpf';",
  ];
  const text = [...imports, head, ...programs, ''].join('\n');
  const compilation = await compile(file, {}, memoryHost({ [file]: text }, root));
  const object = compilation.object();
  if (!object) throw new Error(formatDiagnostics(compilation.diagnostics, { directory: root, color: false }));
  return object;
}

/** What libpcap says of each packet: 2 for one that matches, 1 for another. */
export function expectedVerdicts(expression: string, linkType: number, packets: readonly Uint8Array[]): number[] {
  const { code, error } = compileExpression(expression, linkType);
  if (!code) throw new Error(error);
  const reference = offlineFilter(code);
  const verdicts = packets.map((packet) => (reference.matches(packet) ? 2 : 1));
  reference.free();
  return verdicts;
}

/** Those packets of which the program says another thing than libpcap does, as text. */
export function differences(
  expression: string,
  linkType: number,
  fd: number,
  packets: readonly Uint8Array[],
  skip: number,
): readonly string[] {
  using batch = batchOf(packets, skip);
  return unequal(expression, packets, batch.run(fd), expectedVerdicts(expression, linkType, packets));
}

/** Texts of the packets for which two verdicts are not the same. */
export function unequal(
  expression: string,
  packets: readonly Uint8Array[],
  results: ArrayLike<number>,
  expected: readonly number[],
): readonly string[] {
  return packets.flatMap((packet, index) => {
    if (results[index] === expected[index]) return [];
    const bytes = Buffer.from(packet).toString('hex');
    return [`'${expression}' gives ${results[index]}, not ${expected[index]}: ${bytes}`];
  });
}
