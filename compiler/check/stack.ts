/** Too much stack: only LLVM knows what it needs after optimisation, only we know the names of the variables. */
import { stackTooLarge, type Diagnostic } from '../diagnostics/index.js';
import type { IrFunction, IrModule } from '../ir/module.js';
import type { Discovery } from '../model.js';

const named = 3;

/**
 * What LLVM's complaint about a function's stack means to the user.
 *
 * @param name the function in the IR: a program, or a function that the kernel calls back for one.
 */
export function explainStack(name: string, module: IrModule, discovery: Discovery): Diagnostic {
  const found = module.functions.find((candidate) => candidate.name === name);
  const program = discovery.programs.find((candidate) => candidate.name === name);
  const place = program && (program.function.name ?? program.function);
  return stackTooLarge(place, name, found ? largest(found) : []);
}

interface Memory {
  readonly what: string;
  readonly size: number;
}

/** The variables with the most bytes, largest first; what is in scope in several copies counts as one. */
function largest({ blocks }: IrFunction): readonly string[] {
  const memory = new Map<string, Memory>();
  for (const instruction of blocks[0]?.instructions ?? []) {
    if (instruction.op !== 'alloca') continue;
    const line = instruction.debug?.fields['line'];
    const what = `${instruction.label ? `'${instruction.label}'` : 'a value'}${line ? ` in line ${Number(line)}` : ''}`;
    memory.set(what, { what, size: (memory.get(what)?.size ?? 0) + instruction.size });
  }
  return [...memory.values()]
    .sort((a, b) => b.size - a.size)
    .slice(0, named)
    .map(({ what, size }) => `${what} (${size} bytes)`);
}
