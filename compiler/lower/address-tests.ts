/**
 * Tests of addresses for NULL, kept apart from the tests behind them. Where two tests lead to the same place, LLVM makes one
 * condition of both, and of "this address or that number is not 0" the test of one word that both were put into. The
 * verifier computes with no such address, and learns nothing of it.
 *
 * `isPresent` keeps a test of an address apart from what is in front of it.
 */
import type { Block, Instruction } from '../ir/instructions.js';
import type { IrFunction } from '../ir/module.js';
import type { IrValue } from '../ir/values.js';

/** To be called when all instructions of a function are there. */
export function keepAddressTestsApart({ blocks }: IrFunction): void {
  const behind = new Set<Block>();
  for (const block of blocks) {
    const last = block.instructions.at(-1);
    if (last?.op !== 'branch' || !isAddressTest(last.condition, block.instructions)) continue;
    for (const target of [last.whenTrue, last.whenFalse]) follow(target, behind);
  }
  for (const { instructions } of behind)
    instructions.splice(-1, 0, { op: 'barrier', debug: instructions.at(-1)?.debug });
}

/** Gathers the blocks behind a test in which the next test stands, with nothing in between that LLVM leaves where it is. */
function follow(block: Block, behind: Set<Block>): void {
  for (let at = block, steps = 0; steps < 8 && !at.instructions.some(stays); steps++) {
    const last = at.instructions.at(-1);
    if (last?.op === 'branch' || last?.op === 'switch') behind.add(at);
    if (last?.op !== 'jump') return;
    at = last.target;
  }
}

function stays({ op }: Instruction): boolean {
  return op === 'call' || op === 'barrier' || op === 'atomic';
}

/** Whether a condition, made in the same block, is `isPresent` of what was looked up: an address in the packet is never NULL to the verifier. */
function isAddressTest(condition: IrValue, instructions: readonly Instruction[]): boolean {
  const at = instructions.findIndex((instruction) => 'result' in instruction && instruction.result === condition);
  const made = instructions[at];
  if (made?.op === 'binary' && made.operator === 'xor') return isAddressTest(made.left, instructions);
  return made?.op === 'compare' && made.right.kind === 'null' && instructions[at - 1]?.op === 'barrier';
}
