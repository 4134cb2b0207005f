/** How far into a packet an expression looks. */
import { analyse } from '../../compiler/pcap/analysis.js';
import { decode } from '../../compiler/pcap/cbpf.js';
import { compileExpression } from '../native/libpcap.js';

/**
 * How many bytes of a packet decide about an expression.
 *
 * @param linkType what packets begin with, a `DLT_*` number.
 * @returns Infinity where a packet itself says where to look, and for what is no expression.
 * @throws TsbpfError (TSBPF2120) where the machine has no libpcap.
 */
export function reachOf(expression: string, linkType: number): number {
  const { code } = compileExpression(expression, linkType);
  if (!code) return Infinity;
  const instructions = decode(code);
  const { states } = analyse(instructions);
  const ends = instructions.map((instruction, at) => {
    const state = states[at];
    if (!state) return 0;
    if (instruction.op === 'headerLength') return instruction.offset + 1;
    if (instruction.op !== 'packet') return 0;
    return instruction.offset + instruction.size + (instruction.indexed ? state.index.max : 0);
  });
  return Math.max(0, ...ends);
}
