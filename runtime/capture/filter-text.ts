/**
 * The filter of a capturing program. An expression is about packets as they are on the wire, or in the file: with the
 * VLAN tag that the kernel took out, and with the header of cooked packets. Where the program's own packet is not like
 * that, its beginning is put together in memory, and filtered there.
 */
import { LinkType } from '../packet/link-types.js';
import type { PacketSource } from './source-text.js';

/** How much of a packet behind its rebuilt header an expression can ask for. */
const DEPTH = 1024;

/** The names that pcapFilter knows link types by. */
const NAMES: Readonly<Record<number, string>> = {
  [LinkType.ethernet]: 'ethernet',
  [LinkType.raw]: 'raw',
  [LinkType.linuxCooked2]: 'linux_sll2',
};

interface Rebuilt {
  /** Members before the rest of the packet, and their size in bytes. */
  readonly members: string;
  readonly size: number;
  /** Statements that fill them in. */
  readonly statements: readonly string[];
  /** How many bytes of the packet they stand for. */
  readonly replaces: number;
}

/** @returns a function `matches`, and what it needs. */
export function filterText(expression: string, linkType: number, source: PacketSource): string[] {
  const link = NAMES[linkType]!;
  const condition = (packet: string) => `pcapFilter(${JSON.stringify(expression)}, ${packet}, '${link}')`;
  const tagged = source.members.tagged.includes('?') ? 'isTagged(skb)' : `${source.members.tagged} !== 0`;
  const open = `function matches(${source.parameters}): boolean {`;
  if (source.context !== undefined && linkType === LinkType.raw) {
    return [open, `  return ${condition(source.context)};`, `}`];
  }
  if (source.context !== undefined) {
    return [
      ...rebuild('Tagged', taggedEthernet(source), condition, source),
      open,
      `  return ${tagged} ? matchesTagged(${source.names}) : ${condition(source.context)};`,
      `}`,
    ];
  }
  return [
    ...rebuild('Cooked', cooked(source, false), condition, source),
    ...rebuild('Tagged', cooked(source, true), condition, source),
    open,
    `  return ${tagged} ? matchesTagged(${source.names}) : matchesCooked(${source.names});`,
    `}`,
  ];
}

function rebuild(
  name: string,
  { members, size, statements, replaces }: Rebuilt,
  condition: (packet: string) => string,
  source: PacketSource,
): string[] {
  return [
    `interface ${name} { ${members} rest: Bytes<${DEPTH}> }`,
    `interface ${name}Slot { whole: ${name} }`,
    `const in${name} = new PerCpuArray<${name}Slot>({ maxEntries: 1 });`,
    `function matches${name}(${source.parameters}): boolean {`,
    `  const slot = in${name}.get(0);`,
    `  if (!slot) return false;`,
    `  const whole = slot.whole;`,
    ...statements,
    `  const rest = Math.min(${source.available} - ${replaces}, ${DEPTH});`,
    `  if (${source.copy(`${replaces}`, 'whole.rest', 'rest')} !== 0) return false;`,
    `  const length = ${source.members.length} + ${size - replaces};`,
    `  return ${condition(`{ data: whole as unknown as Bytes<${size + DEPTH}>, length }`)};`,
    `}`,
  ];
}

/** The addresses, then the tag. */
function taggedEthernet(source: PacketSource): Rebuilt {
  return {
    members: 'addresses: Bytes<12>; tagProtocol: u16; tag: be16;',
    size: 16,
    replaces: 12,
    statements: [
      `  if (${source.copy('0', 'whole.addresses', '12')} !== 0) return false;`,
      `  whole.tagProtocol = ${source.members.tagProtocol};`,
      `  whole.tag = ${source.members.tag};`,
    ],
  };
}

/** LINKTYPE_LINUX_SLL2, without what an expression cannot ask for: the kind of hardware and the address. */
function cooked({ members }: PacketSource, tagged: boolean): Rebuilt {
  const header =
    'protocol: u16; reserved: u16; interface: be32; hardware: u16; packetType: u8; addressLength: u8; address: Bytes<8>;';
  return {
    members: tagged ? `${header} tag: be16; inner: u16;` : header,
    size: tagged ? 24 : 20,
    replaces: 0,
    statements: [
      `  whole.protocol = ${tagged ? members.tagProtocol : members.protocol};`,
      `  whole.interface = ${members.interface};`,
      `  whole.packetType = ${members.packetType};`,
      ...(tagged ? [`  whole.tag = ${members.tag};`, `  whole.inner = ${members.protocol};`] : []),
    ],
  };
}
