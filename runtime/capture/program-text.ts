/** The program that captures, as TypeScript: it filters, and copies what passes into the ring. */
import { LinkType } from '../packet/link-types.js';
import { filterText } from './filter-text.js';
import { LONGEST_PACKET, RECORD_MEMBERS, RECORD_SIZES } from './record.js';
import { functionSource, socketSource, type PacketSource } from './source-text.js';

export interface CaptureProgram {
  /** What a packet begins with where the program sees it. */
  readonly linkType: number;
  readonly expression: string | undefined;
  /** The most bytes of a packet to copy. */
  readonly snapLength: number;
  readonly direction: 'in' | 'out' | 'inout';
  /** Bytes of the ring, a power of two. */
  readonly bufferSize: number;
}

/** Counts of the map `counts`. */
export const RECEIVED = 0;
export const DROPPED = 1;

/** What of a packet's length is asked for at most; a record has one of few sizes. */
function sizesUpTo(snapLength: number): number[] {
  const sizes = RECORD_SIZES.filter((size) => size < snapLength);
  return [...sizes, RECORD_SIZES.find((size) => size >= snapLength) ?? LONGEST_PACKET];
}

/**
 * A socket filter, which sees what its socket receives.
 *
 * @returns the text of a module that exports the program `capture`, and the maps `packets` and `counts`.
 */
export function socketProgramText(program: CaptureProgram): string {
  return moduleText(program, socketSource(program.linkType === LinkType.linuxCooked2, program.direction));
}

/**
 * A probe of a kernel function that is given packets.
 *
 * @param symbol of the function.
 * @param parameter the number of the parameter that is a `struct sk_buff *`, from 0.
 * @param only the index of the interface whose packets count; all without one.
 */
export function functionProgramText(
  program: CaptureProgram,
  symbol: string,
  parameter: number,
  only: number | undefined,
): string {
  return moduleText(program, functionSource(symbol, parameter, only));
}

function moduleText({ snapLength, bufferSize, expression, linkType }: CaptureProgram, source: PacketSource): string {
  const sizes = sizesUpTo(snapLength);
  const { members, parameters, names } = source;
  return [
    `import { ArrayMap, bpf, kprobe, pcapFilter, socketFilter, u64, PerCpuArray, RingBuffer } from 'tsbpf';`,
    `import type { be16, be32, Bits, Bytes, KernelStruct, Pointer, PtRegs, SkBuff, i32, u8, u16, u32 } from 'tsbpf';`,
    `interface Header { ${RECORD_MEMBERS} }`,
    ...sizes.map((size) => `interface Packet${size} extends Header { data: Bytes<${size}> }`),
    `export const packets = new RingBuffer<Packet${sizes[0]}>({ size: ${bufferSize} });`,
    `export const counts = new PerCpuArray<u64>({ maxEntries: 2 });`,
    ...source.declarations,
    `function describe(packet: Header, ${parameters}, captured: number) {`,
    `  packet.timestamp = bpf.ktimeGetNs();`,
    `  packet.captured = captured;`,
    ...Object.entries(members).map(([name, value]) => `  packet.${name} = ${value};`),
    `}`,
    ...sizes.flatMap((size) => [
      `function copy${size}(${parameters}, captured: number) {`,
      `  const packet = packets.reserve<Packet${size}>();`,
      `  if (!packet) { counts[${DROPPED}] += 1n; return; }`,
      `  describe(packet, ${names}, captured);`,
      `  if (${source.copy('0', 'packet.data', 'captured')} === 0) { packets.submit(packet); return; }`,
      `  packets.discard(packet);`,
      `  counts[${DROPPED}] += 1n;`,
      `}`,
    ]),
    ...(expression === undefined ? [] : filterText(expression, linkType, source)),
    `export const capture = ${source.opening}`,
    ...source.preparation,
    ...(expression === undefined ? [] : [`  if (!matches(${names})) return 0;`]),
    `  counts[${RECEIVED}] += 1n;`,
    `  const captured = Math.min(${source.available}, ${snapLength});`,
    `  ${sizes.map((size) => `if (captured <= ${size}) copy${size}(${names}, captured);`).join('\n  else ')}`,
    // A socket gets nothing of the packet: all is in the ring.
    `  return 0;`,
    `});`,
    '',
  ].join('\n');
}
