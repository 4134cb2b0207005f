/**
 * Offsets are hidden from LLVM where they are tested (`atMost`), for what it knows of them the verifier may not: it follows no
 * quotients, and that of older kernels no bytes that are put in order. Of an offset that was counted from bytes of the packet
 * and constants both know the same: a test that LLVM finds needless is needless to the verifier too.
 *
 * Such offsets are variables (`offset += header.length * 8`), which other ways may reach with other numbers; so this is decided when all
 * instructions are there. In a loop that stays one LLVM would count addresses in place of offsets, which the verifier bounds less well.
 */
import type { BinaryOperator, Instruction } from '../ir/instructions.js';
import type { IrFunction } from '../ir/module.js';
import { constant64, type IrValue } from '../ir/values.js';

type Store = Extract<Instruction, { op: 'store' }>;

/** By constants. Of a difference LLVM would add the one number to the address, and then take the other off. */
const BY_CONSTANTS: ReadonlySet<BinaryOperator> = new Set(['mul', 'shl', 'and', 'lshr']);

/**
 * To be called when all instructions of a function are there.
 *
 * @param hasLoops whether it has loops that LLVM is not asked to unroll.
 */
export function showFollowedOffsets({ blocks }: IrFunction, hasLoops: boolean): void {
  const all = blocks.flatMap(({ instructions }) => instructions);
  if (!all.some((instruction) => instruction.op === 'opaque' && instruction.unlessFollowed)) return;
  const making = new Making(all, hasLoops);
  for (const { instructions } of blocks)
    for (const [index, instruction] of instructions.entries()) {
      if (instruction.op !== 'opaque' || !instruction.unlessFollowed || !making.isFollowed(instruction.value)) continue;
      const { result, value, debug } = instruction;
      instructions[index] = { op: 'binary', result, operator: 'add', left: value, right: constant64(0), debug };
    }
}

/** What the registers of a function are made of. */
class Making {
  private readonly made = new Map<number, Instruction>();
  /** What is stored into variables, by the ids of their addresses. */
  private readonly stores = new Map<number, Store[]>();
  /** The ids of variables' addresses that others have, who may store there. */
  private readonly lent = new Set<number>();
  /** Whether anything is stored elsewhere: LLVM knows of a number that was stored what it was made of. */
  private storesElsewhere = false;
  /** The ids of registers that are known to be followed. */
  private readonly followed = new Set<number>();

  constructor(
    all: readonly Instruction[],
    private readonly hasLoops: boolean,
  ) {
    for (const instruction of all)
      if ('result' in instruction && instruction.result) this.made.set(instruction.result.id, instruction);
    for (const instruction of all) {
      if (instruction.op === 'call') for (const value of instruction.parameters) this.lend(value);
      if (instruction.op !== 'store') continue;
      this.lend(instruction.value);
      const variable = this.variableAt(instruction.address);
      if (variable === undefined) this.storesElsewhere = true;
      else if (this.stores.has(variable)) this.stores.get(variable)!.push(instruction);
      else this.stores.set(variable, [instruction]);
    }
  }

  private lend(value: IrValue): void {
    const variable = this.variableAt(value);
    if (variable !== undefined) this.lent.add(variable);
  }

  private variableAt(address: IrValue): number | undefined {
    const made = address.kind === 'register' ? this.made.get(address.id) : undefined;
    return made?.op === 'alloca' ? made.result.id : undefined;
  }

  /** Whether the verifier follows what a value is made of, and all that this is made of. */
  isFollowed(value: IrValue): boolean {
    const seen = new Set<number>();
    const left = [value];
    for (let next = left.pop(); next; next = left.pop()) {
      if (next.kind === 'constant' && next.value >> BigInt(next.type.bits - 1) === 0n) continue;
      if (next.kind !== 'register') return false;
      if (seen.has(next.id) || this.followed.has(next.id)) continue;
      seen.add(next.id);
      const parts = this.partsOf(this.made.get(next.id));
      if (!parts) return false;
      left.push(...parts);
    }
    for (const id of seen) this.followed.add(id);
    return true;
  }

  /** What a value is made of, where the verifier follows the making; undefined where it does not. */
  private partsOf(made: Instruction | undefined): readonly IrValue[] | undefined {
    switch (made?.op) {
      case 'load': {
        const variable = this.variableAt(made.address);
        if (variable === undefined) return this.storesElsewhere ? undefined : [];
        const stores = this.stores.get(variable) ?? [];
        if (stores.length === 0 || this.lent.has(variable) || (this.hasLoops && stores.length > 1)) return undefined;
        return stores.map((store) => store.value);
      }
      case 'binary':
        if (made.operator !== 'add' && !(BY_CONSTANTS.has(made.operator) && made.right.kind === 'constant'))
          return undefined;
        return [made.left, made.right];
      case 'cast':
        return made.operator === 'zext' || made.operator === 'trunc' ? [made.value] : undefined;
      case 'phi':
        return made.incoming.map((incoming) => incoming.value);
      default:
        return undefined;
    }
  }
}
