/** Finds the loop that a program is too large or too complex for the verifier by: in its instructions and the log. */
import { Bytes } from '../compiler/object/bytes.js';
import { classes, classOf, isJump, jumpDistance, readInstruction } from '../compiler/object/instruction.js';
import type { Instruction } from '../compiler/object/instruction.js';

export interface Loop {
  /** Indexes of the first instruction, and of the jump back to it. */
  readonly first: number;
  readonly last: number;
  /** How often it goes round, where a counter that goes up by a constant is compared with a constant. */
  readonly rounds: number | undefined;
}

/**
 * The loop that the verifier spent most on, then those around it, from the inside out.
 *
 * @param code a program's instructions.
 * @param visits how often the verifier went over each, by its index.
 */
export function busiestLoops(code: Uint8Array, visits: ReadonlyMap<number, number>): readonly Loop[] {
  const loops = findLoops(code);
  const within = ({ first, last }: Loop) =>
    [...visits].reduce((sum, [index, count]) => (index >= first && index <= last ? sum + count : sum), 0);
  const all = [...visits.values()].reduce((sum, count) => sum + count, 0);
  // A loop around another has the inner one's visits too; the innermost that has most of them all is meant.
  const busy = loops.filter((loop) => within(loop) > all / 2).sort((a, b) => a.last - a.first - (b.last - b.first));
  const innermost = busy[0];
  return innermost ? busy.filter(({ first, last }) => first <= innermost.first && last >= innermost.last) : [];
}

/** Each by its jump back: a loop that begins where the one within it begins is another. */
function findLoops(code: Uint8Array): Loop[] {
  const bytes = new Bytes(code, 'instructions');
  const instructions = Array.from({ length: bytes.length / 8 }, (_, index) => readInstruction(bytes, index));
  return instructions.flatMap((instruction, last) => {
    const first = last + 1 + (isJump(instruction) ? jumpDistance(instruction) : 1);
    return first <= last ? [{ first, last, rounds: roundsOf(instructions, first, last) }] : [];
  });
}

/** The bits of an opcode that tell a constant (0) from a register (8), and one operation from another. */
const SOURCE = 0x08;
const OPERATION = 0xf0;
const ADD = 0x00;
const MOVE = 0xb0;
/** Jumps that compare for what a counter is compared for; all but `&` and what is no condition. */
const COMPARISONS = new Set([0x10, 0x20, 0x30, 0x50, 0x60, 0x70, 0xa0, 0xb0, 0xc0, 0xd0]);

/** LLVM counts up to a constant, or down from one to 0. */
function roundsOf(instructions: readonly Instruction[], first: number, last: number): number | undefined {
  const body = instructions.slice(first, last + 1);
  const around = [...instructions.slice(0, first), ...instructions.slice(last + 1)];
  for (const jump of [...body].reverse()) {
    if (!isJump(jump) || jump.opcode & SOURCE || !COMPARISONS.has(jump.opcode & OPERATION)) continue;
    const step = body.find((one) => setsByConstant(one, jump.destination, ADD))?.immediate;
    if (!step) continue;
    const starts = around.filter((one) => setsByConstant(one, jump.destination, MOVE));
    const start = starts.length === 1 ? starts[0]!.immediate : undefined;
    const rounds = step > 0 ? jump.immediate / step : start !== undefined ? (start - jump.immediate) / -step : 0;
    if (rounds > 1 && Number.isInteger(rounds)) return rounds;
  }
  return undefined;
}

function setsByConstant(instruction: Instruction, register: number, operation: number): boolean {
  const arithmetic = [classes.alu32, classes.alu64].includes(classOf(instruction) as never);
  const constant = !(instruction.opcode & SOURCE) && (instruction.opcode & OPERATION) === operation;
  return arithmetic && constant && instruction.destination === register;
}
