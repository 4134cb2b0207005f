/**
 * Tests of addresses for NULL, kept apart from the tests around them. Where two tests lead to the same place, LLVM makes one
 * condition of both, and of "this address or that number is not 0" the test of one word that both were put into. The
 * verifier computes with no such address, and learns nothing of it.
 * The same becomes of a test that only chooses a value (`found ? 1 : flag`), which LLVM would make without a branch.
 *
 * `isPresent` keeps a test of an address apart from what is in front of it.
 */
import type { Block, Instruction } from '../ir/instructions.js';
import type { IrFunction } from '../ir/module.js';
import { i1, pointer, sameType } from '../ir/types.js';
import type { IrValue } from '../ir/values.js';
import { successors } from './ways.js';

/** To be called when all instructions of a function are there. */
export function keepAddressTestsApart({ blocks }: IrFunction): void {
  const behind = new Set<Block>();
  const waysTo = countWays(blocks);
  const tests = new AddressTests();
  for (const block of blocks) {
    const test = tests.at(block);
    if (!test) continue;
    const { whenTrue, whenFalse } = test.branch;
    if (test.isKept) for (const target of [whenTrue, whenFalse]) follow(target, behind);
    const between = beforeMeeting(whenTrue, whenFalse).filter((arm) => waysTo.get(arm) === 1);
    // A number or another one: the load of the number stays behind its own test. An address or none is tested again.
    if (!test.isGiven || between.some((arm) => givesPhiOf(block, arm) || givesAddress(arm))) continue;
    if (between[0] && !between.some((arm) => behind.has(arm))) behind.add(between[0]);
  }
  for (const [apart, { instructions }] of [...behind].entries())
    instructions.splice(-1, 0, { op: 'barrier', apart, debug: instructions.at(-1)?.debug });
}

interface AddressTest {
  readonly branch: Extract<Instruction, { op: 'branch' }>;
  readonly isKept: boolean;
  /** It is of an address that a helper or a function gave, not of one that was chosen here. */
  readonly isGiven: boolean;
}

/** The branches on whether an address is NULL, of blocks in their order. */
class AddressTests {
  /** What helpers and functions gave. */
  private readonly given = new Set<IrValue>();
  private readonly conditions = new Set<IrValue>();
  private readonly targets = new Set<Block>();

  /**
   * The test that a block ends with. Whether a number was looked up is one, too: LLVM takes it for the test by which it was.
   *
   * @returns with it whether it is `isPresent` of an address that was looked up: one in the packet is never NULL to the verifier.
   */
  at({ instructions }: Block): AddressTest | undefined {
    for (const [at, instruction] of instructions.entries()) {
      if (instruction.op === 'call' && instruction.result) this.given.add(instruction.result);
      if (this.isTest(instruction, at, instructions)) this.conditions.add(instruction.result);
    }
    const branch = instructions.at(-1);
    if (branch?.op !== 'branch' || !this.conditions.has(branch.condition)) return undefined;
    const isGiven = !instructions.some((made) => this.isOther(made));
    if (isGiven) for (const target of [branch.whenTrue, branch.whenFalse]) this.targets.add(target);
    return { branch, isKept: instructions.some(isKept), isGiven };
  }

  private isOther(made: Instruction): boolean {
    return made.op === 'compare' && made.right.kind === 'null' && !this.given.has(made.left);
  }

  private isTest(
    made: Instruction,
    at: number,
    all: readonly Instruction[],
  ): made is Extract<Instruction, { op: 'compare' | 'binary' | 'phi' }> {
    if (made.op === 'compare')
      return made.right.kind === 'null' && (this.given.has(made.left) || isKept(made, at, all));
    if (made.op === 'binary') return made.operator === 'xor' && this.conditions.has(made.left);
    if (made.op !== 'phi' || made.incoming.some(({ value }) => value.kind !== 'constant')) return false;
    return sameType(made.result.type, i1) && made.incoming.some(({ block }) => this.targets.has(block));
  }
}

/** Whether an instruction is `isPresent` of an address. */
function isKept(made: Instruction, at: number, all: readonly Instruction[]): boolean {
  return made.op === 'compare' && made.right.kind === 'null' && all[at - 1]?.op === 'barrier';
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

/** How many branches and jumps lead to each block. */
function countWays(blocks: readonly Block[]): ReadonlyMap<Block, number> {
  const ways = new Map<Block, number>();
  for (const block of blocks) for (const target of successors(block)) ways.set(target, (ways.get(target) ?? 0) + 1);
  return ways;
}

/** The blocks of a test that only chooses values: those behind it up to where both ways meet, with no effect on either. */
function beforeMeeting(whenTrue: Block, whenFalse: Block): readonly Block[] {
  const one = withoutEffect(whenTrue);
  const other = withoutEffect(whenFalse);
  const meeting = one.findIndex((block) => other.includes(block));
  return meeting < 0 ? [] : [...one.slice(0, meeting), ...other.slice(0, other.indexOf(one[meeting]!))];
}

/** A block and those it leads to by jumps, up to one that LLVM cannot move in front of a branch. */
function withoutEffect(from: Block): readonly Block[] {
  const way = [from];
  for (let at = from, steps = 0; steps < 8 && !at.instructions.some(hasEffect); steps++) {
    const last = at.instructions.at(-1);
    if (last?.op !== 'jump') break;
    way.push((at = last.target));
  }
  return way;
}

/** Whether an arm only hands on a value in which the ways to the test itself had met. */
function givesPhiOf(test: Block, arm: Block): boolean {
  const last = arm.instructions.at(-1);
  if (last?.op !== 'jump' || arm.instructions.length > 1) return false;
  return last.target.instructions.some((phi) => {
    const given = phi.op === 'phi' ? phi.incoming.find(({ block }) => block === arm)?.value : undefined;
    return test.instructions.some((made) => made.op === 'phi' && made.result === given);
  });
}

/** Whether an arm ends where addresses meet. */
function givesAddress(arm: Block): boolean {
  const last = arm.instructions.at(-1);
  return (
    last?.op === 'jump' &&
    last.target.instructions.some((made) => made.op === 'phi' && sameType(made.result.type, pointer))
  );
}

function hasEffect(instruction: Instruction): boolean {
  if (instruction.op !== 'call') return stays(instruction);
  return instruction.callee.kind !== 'global' || !instruction.callee.name.startsWith('llvm.');
}

function stays({ op }: Instruction): boolean {
  return op === 'call' || op === 'barrier' || op === 'atomic';
}
