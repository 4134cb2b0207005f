/** Where a block of instructions leads. */
import type { Block } from '../ir/instructions.js';

export function successors({ instructions }: Block): readonly Block[] {
  const last = instructions.at(-1);
  switch (last?.op) {
    case 'jump':
      return [last.target];
    case 'branch':
      return [last.whenTrue, last.whenFalse];
    case 'switch':
      return [last.otherwise, ...last.cases.map(({ target }) => target)];
    default:
      return [];
  }
}
