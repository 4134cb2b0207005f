/**
 * The last stage: LLVM makes an object of the module. Only then it is known how much stack the functions take. Where it
 * is more than the kernel gives, their largest variables are moved to a map, and LLVM starts anew.
 */
import type { AssembleOptions, Backend, BackendResult } from './backend/index.js';
import { describe, onStack, overflowing, placeOf } from './check/stack.js';
import { movedToMap, type Diagnostic } from './diagnostics/index.js';
import type { IrModule } from './ir/module.js';
import { printModule } from './ir/printer.js';
import type { Allocation, ScratchMaps } from './lower/index.js';
import type { Discovery } from './model.js';

export interface AssembledModule extends BackendResult {
  /** The IR that was assembled, before optimisation. */
  readonly ir: string;
  /** What was moved to maps, for the user. */
  readonly notes: readonly Diagnostic[];
}

export interface ModuleToAssemble {
  readonly ir: string;
  readonly module: IrModule;
  readonly scratch: ScratchMaps;
  readonly discovery: Discovery;
}

/** Bytes of the kernel's 512 that are left to variables where some are moved; LLVM needs room for registers. */
const ROOM = 448;

/** First the largest variables are moved, as many as seem to be needed; then all that can be. */
const EFFORTS = ['largest', 'all'] as const;

export function assembleModule(
  { ir: lowered, module, scratch, discovery }: ModuleToAssemble,
  backend: Backend,
  options: AssembleOptions,
): AssembledModule {
  let ir = lowered;
  let result = backend.assemble(ir, options);
  const notes: Diagnostic[] = [];
  for (const effort of EFFORTS) {
    const names = overflowing(result.messages);
    if (names.size === 0) break;
    const optimized = backend.assemble(ir, { ...options, emit: 'ir' }).output;
    const text = optimized ? new TextDecoder().decode(optimized) : '';
    const before = notes.length;
    for (const function_ of module.functions.filter(({ name }) => names.has(name))) {
      const moved = scratch.move(function_, choose(onStack(function_, text), effort));
      if (moved) notes.push(movedToMap(placeOf(function_.name, discovery), moved.map, moved.allocations.map(describe)));
    }
    if (notes.length === before) break;
    ir = printModule(module);
    result = backend.assemble(ir, options);
  }
  return { ...result, ir, notes: result.output ? notes : [] };
}

/** The largest of those that can be moved, until the others seem to fit. */
function choose(allocations: readonly Allocation[], effort: (typeof EFFORTS)[number]): readonly Allocation[] {
  const movable = allocations.filter(({ type }) => type).sort((a, b) => b.size - a.size);
  if (effort === 'all') return movable;
  let sum = allocations.reduce((total, { size }) => total + size, 0);
  return movable.filter(({ size }) => {
    if (sum <= ROOM) return false;
    sum -= size;
    return true;
  });
}
