/** Too much stack: only LLVM knows what it needs after optimisation, only we know the names of the variables. */
import type { ts } from '@ts-morph/bootstrap';
import type { BackendMessage } from '../backend/index.js';
import { stackTooLarge, tooManyFrames, type Diagnostic } from '../diagnostics/index.js';
import type { Instruction } from '../ir/instructions.js';
import type { IrFunction, IrModule } from '../ir/module.js';
import type { Discovery } from '../model.js';
import { MOST_FRAMES, MOST_STACK, type Chain } from './frames.js';

const named = 3;

type Allocation = Extract<Instruction, { op: 'alloca' }>;

/** The function that LLVM says needs more stack than there is. */
export function overflowingFunction({ severity, text }: BackendMessage): string | undefined {
  return severity === 'error' ? /^in function (\S+) .*stack limit/s.exec(text)?.[1] : undefined;
}

/** The names of all such functions. */
export function overflowing(messages: readonly BackendMessage[]): ReadonlySet<string> {
  return new Set(messages.map(overflowingFunction).filter((name) => name !== undefined));
}

/** Whether the function may need more than the kernel's 512 bytes, as far as that can be seen before optimisation. */
export function mayOverflow(function_: IrFunction): boolean {
  return allocationsOf(function_).reduce((sum, { size }) => sum + size, 0) > 512;
}

/**
 * The memory of a function that is still on its stack after optimisation.
 *
 * @param optimized the module as LLVM prints it, with the names that its values were given; what is in parts by then
 *   counts as a whole, and everything counts where the function is not found.
 */
export function onStack(function_: IrFunction, optimized: string): readonly Allocation[] {
  const allocations = allocationsOf(function_);
  const start = optimized.search(new RegExp(`^define [^\n]*@"?${function_.name.replace(/\$/g, '\\$')}"?\\(`, 'm'));
  if (start < 0) return allocations;
  const body = optimized.slice(start, optimized.indexOf('\n}', start));
  const kept = new Set([...body.matchAll(/^ *%v(\d+)[.\w]* = alloca /gm)].map(([, id]) => Number(id)));
  return allocations.filter(({ result }) => kept.has(result.id));
}

/**
 * What LLVM's complaint about a function's stack means to the user.
 *
 * @param name the function in the IR: a program, or a function that the kernel calls back for one.
 */
export function explainStack(name: string, module: IrModule, discovery: Discovery): Diagnostic {
  const found = module.functions.find((candidate) => candidate.name === name);
  return stackTooLarge(placeOf(name, discovery), name, found ? largest(found) : []);
}

/** A program whose calls need more stack, or more frames, than the kernel has. */
export function explainChain({ functions, stack }: Chain, module: IrModule, discovery: Discovery): Diagnostic {
  const place = placeOf(functions[0]!, discovery);
  if (stack <= MOST_STACK) return tooManyFrames(place, functions, MOST_FRAMES);
  const variables = module.functions.filter(({ name }) => functions.includes(name)).flatMap(largest);
  return stackTooLarge(place, functions.join(' → '), variables);
}

/** Where the program of that name stands. */
export function placeOf(name: string, { programs }: Discovery): ts.Node | undefined {
  const program = programs.find((candidate) => candidate.name === name);
  return program && (program.function.name ?? program.function);
}

/** `'big' in line 16 (560 bytes)` */
export function describe(allocation: Allocation): string {
  return `${whatOf(allocation)} (${allocation.size} bytes)`;
}

function whatOf({ label, debug }: Allocation): string {
  const line = debug?.fields['line'];
  return `${label ? `'${label}'` : 'a value'}${line ? ` in line ${Number(line)}` : ''}`;
}

function allocationsOf({ blocks }: IrFunction): readonly Allocation[] {
  return (blocks[0]?.instructions ?? []).filter((instruction) => instruction.op === 'alloca');
}

/** The variables with the most bytes, largest first; what is in scope in several copies counts as one. */
function largest(function_: IrFunction): readonly string[] {
  const memory = new Map<string, number>();
  const all = allocationsOf(function_);
  // Numbers are in registers most of the time.
  const objects = all.filter(({ type }) => type);
  for (const allocation of objects.length > 0 ? objects : all) {
    const what = whatOf(allocation);
    memory.set(what, (memory.get(what) ?? 0) + allocation.size);
  }
  return [...memory]
    .sort(([, a], [, b]) => b - a)
    .slice(0, named)
    .map(([what, size]) => `${what} (${size} bytes)`);
}
