/**
 * The last stage: LLVM makes an object of the module. Only then it is known how much stack the functions take. Where it
 * is more than the kernel gives, their largest variables are moved to a map, and LLVM starts anew. For kernels before 5.12
 * those are moved first that an index of run time reaches into.
 */
import type { AssembleOptions, Backend, BackendResult } from './backend/index.js';
import { refusedChains, type Chain } from './check/frames.js';
import { indexedAtRunTime } from './check/indexed.js';
import { remainingLoops } from './check/loops.js';
import { describe, explainChain, onStack, overflowing, placeOf } from './check/stack.js';
import { loopNotUnrolled, movedToMap, type Diagnostic } from './diagnostics/index.js';
import type { IrFunction, IrModule } from './ir/module.js';
import { printModule } from './ir/printer.js';
import { needsFallback, type Allocation, type ScratchMaps } from './lower/index.js';
import type { Discovery } from './model.js';
import { checkObject } from './object/index.js';
import type { CompilerOptions } from './options.js';

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
  readonly options: CompilerOptions;
}

/** Bytes of the kernel's 512 that are left to variables where some are moved; LLVM needs room for registers. */
const ROOM = 448;

/** First the largest variables are moved, as many as seem to be needed; then all that can be. */
const EFFORTS = ['largest', 'all'] as const;

export function assembleModule(
  assembled: ModuleToAssemble,
  backend: Backend,
  options: AssembleOptions,
): AssembledModule {
  const { module, discovery } = assembled;
  const notes = needsFallback(5, 12, assembled.options) ? moveIndexed(assembled, backend, options) : [];
  let ir = notes.length > 0 ? printModule(module) : assembled.ir;
  let result = backend.assemble(ir, options);
  let tooDeep = refused(result, module, options);
  for (const effort of EFFORTS) {
    const groups = [
      ...[...overflowing(result.messages)].map((name) => [name]),
      ...tooDeep.map(({ functions }) => functions),
    ];
    if (groups.length === 0) break;
    const remains = remaining(ir, backend, options);
    const before = notes.length;
    for (const group of groups) {
      const functions = module.functions.filter(({ name }) => group.includes(name));
      const chosen = choose(functions.flatMap(remains), effort);
      for (const function_ of functions) {
        const own = chosen.filter((allocation) => function_.blocks[0]!.instructions.includes(allocation));
        notes.push(...move(function_, own, 'size', assembled));
      }
    }
    if (notes.length === before) break;
    ir = printModule(module);
    result = backend.assemble(ir, options);
    tooDeep = refused(result, module, options);
  }
  const errors = [
    ...tooDeep.map((chain) => explainChain(chain, module, discovery)),
    ...loops(result, assembled, options),
  ];
  if (errors.length > 0) return { messages: result.messages, ir, notes: errors };
  return { ...result, ir, notes: result.output ? notes : [] };
}

/** Moves what an index of run time reaches into, and is still memory once LLVM has optimised the module. */
function moveIndexed(assembled: ModuleToAssemble, backend: Backend, options: AssembleOptions): Diagnostic[] {
  const { ir, module } = assembled;
  const indexed = indexedAtRunTime(module);
  if (indexed.size === 0) return [];
  const remains = remaining(ir, backend, options);
  return module.functions.flatMap((function_) => {
    const chosen = remains(function_).filter((allocation) => allocation.type && indexed.has(allocation));
    return move(function_, chosen, 'index', assembled);
  });
}

/** What of a function's variables is on its stack once LLVM has optimised the module. */
function remaining(
  ir: string,
  backend: Backend,
  options: AssembleOptions,
): (function_: IrFunction) => readonly Allocation[] {
  const optimized = backend.assemble(ir, { ...options, emit: 'ir' }).output;
  const text = optimized ? new TextDecoder().decode(optimized) : '';
  return (function_) => onStack(function_, text);
}

function move(
  function_: IrFunction,
  chosen: readonly Allocation[],
  why: 'size' | 'index',
  { scratch, discovery }: ModuleToAssemble,
): readonly Diagnostic[] {
  const moved = scratch.move(function_, chosen);
  if (!moved) return [];
  return [movedToMap(placeOf(function_.name, discovery), moved.map, moved.allocations.map(describe), why)];
}

/** Loops that LLVM could not unroll for a kernel that takes none. */
function loops(
  { output }: BackendResult,
  { options: { target }, discovery }: ModuleToAssemble,
  { emit }: AssembleOptions,
): Diagnostic[] {
  const takesLoops = !target || target[0] > 5 || (target[0] === 5 && target[1] >= 3);
  if (!output || emit !== 'object' || takesLoops) return [];
  const { entry } = discovery;
  return remainingLoops(checkObject(output)).map((at) => {
    const isThere =
      at &&
      at.line > 0 &&
      at.line <= entry.getLineStarts().length &&
      entry.fileName.endsWith(at.file.replace(/^\.\//, ''));
    if (!isThere) return loopNotUnrolled(undefined);
    const start = entry.getPositionOfLineAndCharacter(at.line - 1, 0);
    return loopNotUnrolled({ file: entry, start, length: 1 });
  });
}

/** Chains of calls that need more than the kernel has, in an object that has functions beside its programs. */
function refused({ output }: BackendResult, module: IrModule, { emit }: AssembleOptions): readonly Chain[] {
  if (!output || emit !== 'object' || !module.functions.some(({ internal }) => internal)) return [];
  return refusedChains(checkObject(output));
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
