/**
 * VLAN tags that Linux keeps beside a packet. What libpcap compiles for files looks for tags in the packet's bytes; for a
 * live capture on Linux it has the first `vlan` of an expression look for a tag beside the packet before (gencode.c,
 * SKF_AD_VLAN_TAG_PRESENT), and leaves all else as it is. libpcap does so for handles of interfaces alone, which a build has
 * not got; so the code for packets that have a tag beside them is compiled of another expression, and both are put together.
 */
import type { Instruction } from './cbpf.js';
import { redirected } from './unroll.js';

/** Words and signs, as libpcap's scanner has them. What follows a backslash is a name, whatever it means elsewhere. */
const TOKENS = /\\[^\s!()]+|[A-Za-z0-9][-\w.:/]*|&&|\|\||\S/g;
/** Behind these, what follows is another packet: its tags are in bytes. */
const ENCAPSULATIONS: ReadonlySet<string> = new Set(['geneve', 'vxlan']);
const CONNECTIVES: ReadonlySet<string> = new Set(['and', 'or', '&&', '||', ')']);
/** Loads of the tag, and of whether there is one, as terms of an expression: SKF_AD_OFF + SKF_AD_VLAN_TAG (linux/filter.h). */
const TAG_IDENTIFIER = 'ether[0xfffff02c:2] & 0xfff';
const ANY_PACKET = 'len >= 0';

/**
 * The expression that says of the bytes of a packet with a tag beside it what `expression` says of the packet.
 *
 * @param expression one that libpcap takes.
 * @returns undefined where it does not ask for the outer tag.
 */
export function expressionBesideTag(expression: string): string | undefined {
  const tokens = [...expression.matchAll(TOKENS)];
  const first = tokens.findIndex(([text]) => text === 'vlan' || ENCAPSULATIONS.has(text));
  if (first < 0 || tokens[first]![0] !== 'vlan') return undefined;
  const last = endOfNumber(tokens, first);
  const end = tokens[last]!.index + tokens[last]![0].length;
  const number = expression.slice(tokens[first]!.index + 'vlan'.length, end);
  const term = number === '' ? ANY_PACKET : `${TAG_IDENTIFIER} = ${number}`;
  return `${expression.slice(0, tokens[first]!.index)}(${term})${expression.slice(end)}`;
}

/** The last token of `vlan`, `vlan 5` or `vlan (5)`. */
function endOfNumber(tokens: readonly RegExpExecArray[], first: number): number {
  const textAt = (index: number): string | undefined => tokens[index]?.[0];
  let last = first;
  while (textAt(last + 1) === '(') last++;
  const isNumbered = textAt(last + 1) !== undefined && !CONNECTIVES.has(textAt(last + 1)!);
  return isNumbered ? last + 1 + (last - first) : first;
}

/** Code that asks first whether there is a tag beside the packet. */
export function chooseByTag(withTag: readonly Instruction[], without: readonly Instruction[]): readonly Instruction[] {
  const head: readonly Instruction[] = [
    { op: 'extension', extension: 'vlanTagPresent' },
    {
      op: 'branch',
      condition: 'equal',
      operand: { kind: 'constant', value: 0 },
      whenTrue: 3 + withTag.length,
      whenFalse: 2,
    },
  ];
  // Filters find 0 in the register at their beginning.
  const clear: Instruction = { op: 'constant', to: 'accumulator', value: 0 };
  return [...head, clear, ...moved(withTag, 3), clear, ...moved(without, 4 + withTag.length)];
}

/** The same instructions behind `distance` others. */
function moved(instructions: readonly Instruction[], distance: number): readonly Instruction[] {
  return instructions.map((instruction) => redirected(instruction, (target) => target + distance));
}
