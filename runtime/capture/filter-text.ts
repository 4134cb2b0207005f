/**
 * The filter of a capturing program: an expression takes the packets that it takes when tcpdump captures on the same
 * interface. Where files have the header of cooked packets, which no packet has in the kernel, it is put together in
 * memory with the beginning of the packet, and filtered there.
 */
import { readFileSync } from 'node:fs';
import { LinkType } from '../packet/link-types.js';
import { reachOf } from './expression-reach.js';
import { COOKED_HEADER } from './framing.js';
import type { PacketSource } from './source-text.js';

/** What an expression that looks anywhere sees of a packet: as much as IP can have. */
export const DEEPEST = 65536;
/** The largest value of a per-CPU map (PCPU_MIN_UNIT_SIZE of linux/percpu.h). */
const PER_CPU = 32768;

/** The names that pcapFilter knows link types by. */
const NAMES: Readonly<Record<number, string>> = {
  [LinkType.ethernet]: 'ethernet',
  [LinkType.raw]: 'raw',
  [LinkType.linuxCooked2]: 'linux_sll2',
};

/** @returns a function `matches`, and what it needs. */
export function filterText(expression: string, linkType: number, source: PacketSource): string[] {
  const condition = (packet: string) => `pcapFilter(${JSON.stringify(expression)}, ${packet}, '${NAMES[linkType]!}')`;
  const open = `function matches(${source.parameters}): boolean {`;
  if (source.context !== undefined) return [open, `  return ${condition(source.context)};`, `}`];
  const depth = depthFor(expression, linkType);
  const isSmall = COOKED_HEADER + depth <= PER_CPU;
  return [
    `interface Cooked {`,
    // LINKTYPE_LINUX_SLL2, without what an expression cannot ask for: the kind of hardware and the address.
    `  protocol: u16; reserved: u16; interface: be32; hardware: u16; packetType: u8; addressLength: u8; address: Bytes<8>;`,
    `  rest: Bytes<${depth}>;`,
    `}`,
    `interface CookedSlot { whole: Cooked }`,
    isSmall
      ? `const cooked = new PerCpuArray<CookedSlot>({ maxEntries: 1 });`
      : `const cooked = new ArrayMap<CookedSlot>({ maxEntries: ${cpuNumbers()} });`,
    open,
    `  const slot = cooked.get(${isSmall ? '0' : 'bpf.getSmpProcessorId()'});`,
    `  if (!slot) return false;`,
    `  const whole = slot.whole;`,
    `  whole.protocol = ${source.members.protocol};`,
    `  whole.interface = ${source.members.interface};`,
    `  whole.packetType = ${source.members.packetType};`,
    `  const rest = Math.min(${source.available}, ${depth});`,
    `  if (${source.copy('0', 'whole.rest', 'rest')} !== 0) return false;`,
    `  const length = ${source.members.length} + ${COOKED_HEADER};`,
    `  return ${condition(`{ data: whole as unknown as Bytes<${COOKED_HEADER + depth}>, length }`)};`,
    `}`,
  ];
}

/** How much behind the cooked header is looked at, a multiple of its alignment. */
function depthFor(expression: string, linkType: number): number {
  const behind = Math.min(reachOf(expression, linkType) - COOKED_HEADER, DEEPEST);
  return (Math.max(behind, 4) + 3) & ~3;
}

/** How many numbers of CPUs there can be, those between them included that no CPU has. */
function cpuNumbers(): number {
  const last = /(\d+)\s*$/.exec(readFileSync('/sys/devices/system/cpu/possible', 'latin1'));
  return Number(last?.[1] ?? 0) + 1;
}
