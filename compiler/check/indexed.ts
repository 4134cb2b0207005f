/** Variables that an index of run time reaches into: before Linux 5.12 the verifier takes none of these on the stack. */
import type { Instruction } from '../ir/instructions.js';
import type { IrFunction, IrModule } from '../ir/module.js';
import type { IrValue } from '../ir/values.js';

type Allocation = Extract<Instruction, { op: 'alloca' }>;
/** What an address may lead into: variables, and the function's own parameters by their numbers. */
type Roots = Set<Allocation | number>;

/** The variables of all functions that are indexed, be it in a function that they are handed to. */
export function indexedAtRunTime(module: IrModule): ReadonlySet<Allocation> {
  const indexed = new Set<Allocation>();
  /** By function, the parameters that it indexes. */
  const parameters = new Map<string, Set<number>>(module.functions.map(({ name }) => [name, new Set()]));
  const roots = new Map(module.functions.map((function_) => [function_, rootsOf(function_)]));
  for (let isGrowing = true; isGrowing;) {
    isGrowing = false;
    for (const function_ of module.functions) {
      const own = parameters.get(function_.name)!;
      const before = indexed.size + own.size;
      for (const address of indexedAddresses(function_, parameters)) {
        for (const root of (address.kind === 'register' && roots.get(function_)!.get(address.id)) || []) {
          if (typeof root === 'number') own.add(root);
          else indexed.add(root);
        }
      }
      isGrowing ||= indexed.size + own.size > before;
    }
  }
  return indexed;
}

/** Addresses to which something is added at run time, or by a function that they are handed to. */
function* indexedAddresses(
  { blocks }: IrFunction,
  parameters: ReadonlyMap<string, ReadonlySet<number>>,
): Generator<IrValue> {
  for (const { instructions } of blocks) {
    for (const instruction of instructions) {
      if (instruction.op === 'offset' && instruction.offset.kind !== 'constant') yield instruction.base;
      if (instruction.op !== 'call' || instruction.callee.kind !== 'global') continue;
      for (const index of parameters.get(instruction.callee.name) ?? []) yield instruction.parameters[index]!;
    }
  }
}

function rootsOf({ blocks, parameters }: IrFunction): ReadonlyMap<number, Roots> {
  const roots = new Map<number, Roots>(parameters.map(({ id }, index) => [id, new Set([index])]));
  const instructions = blocks.flatMap((block) => block.instructions);
  for (let isGrowing = true; isGrowing;) {
    isGrowing = false;
    for (const instruction of instructions) {
      if (!('result' in instruction) || !instruction.result) continue;
      const { id } = instruction.result;
      let found = roots.get(id);
      if (!found) roots.set(id, (found = new Set()));
      const before = found.size;
      if (instruction.op === 'alloca') found.add(instruction);
      for (const base of basesOf(instruction)) {
        if (base.kind === 'register') for (const root of roots.get(base.id) ?? []) found.add(root);
      }
      isGrowing ||= found.size > before;
    }
  }
  return roots;
}

/** The addresses that an address is made of. */
function basesOf(instruction: Instruction): readonly IrValue[] {
  switch (instruction.op) {
    case 'offset':
    case 'access':
      return [instruction.base];
    case 'cast':
    case 'opaque':
      return [instruction.value];
    case 'select':
      return [instruction.whenTrue, instruction.whenFalse];
    case 'phi':
      return instruction.incoming.map(({ value }) => value);
    default:
      return [];
  }
}
