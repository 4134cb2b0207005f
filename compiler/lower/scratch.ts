/**
 * Variables that do not fit in the stack: moved to the one entry of a per-CPU array, which the function looks up where
 * it begins. Each function has a map of its own, so that programs that interrupt one another share nothing; one that
 * runs again on the same CPU before it has ended would find its variables changed, and the kernel's own counters keep
 * most programs from that. What a variable holds at each execution of its declaration is written there, as on the stack.
 */
import { node, type MetadataNode } from '../ir/metadata.js';
import type { Block, Instruction } from '../ir/instructions.js';
import type { IrFunction } from '../ir/module.js';
import { i1, i32, pointer, type IrType } from '../ir/types.js';
import { constant, constant64, globalName, nullPointer, type IrAddress, type IrRegister } from '../ir/values.js';
import { integers } from '../types/types.js';
import { defineMapGlobal } from './maps.js';
import type { ModuleContext } from './module-context.js';

const PER_CPU_ARRAY = 6;
/** bpf_map_lookup_elem (linux/bpf.h). */
const lookup: IrAddress = { kind: 'address', type: pointer, value: 1n };
/** PCPU_MIN_UNIT_SIZE (linux/percpu.h): the most bytes that an entry has on one CPU. */
const MOST_BYTES = 32 * 1024;

/** Memory that a function takes of its stack. */
export type Allocation = Extract<Instruction, { op: 'alloca' }>;

interface Moved {
  readonly map: string;
  readonly allocations: Allocation[];
  /** The map's entry for debuggers, with a member for each variable. */
  readonly struct: MetadataNode;
  /** The function's first block as it was lowered. */
  readonly entry: readonly Instruction[];
}

export class ScratchMaps {
  private readonly moved = new Map<IrFunction, Moved>();

  constructor(private readonly module: ModuleContext) {}

  /**
   * Moves variables of a function to its map, beside those that were moved before.
   *
   * @param chosen each has a `type`; those for which a per-CPU entry (32768 bytes) has no room stay where they are.
   * @returns the map's name and the variables that were moved now; undefined where none was.
   */
  move(
    function_: IrFunction,
    chosen: readonly Allocation[],
  ): { map: string; allocations: readonly Allocation[] } | undefined {
    const before = this.moved.get(function_);
    const allocations = [...(before?.allocations ?? [])];
    const fitting = chosen.filter((allocation) => {
      if (sizeOf([...allocations, allocation]) > MOST_BYTES) return false;
      return allocations.push(allocation) > 0;
    });
    if (fitting.length === 0) return undefined;
    const moved = before
      ? { ...before, allocations }
      : { ...this.defineMap(function_), allocations, entry: [...function_.blocks[0]!.instructions] };
    this.moved.set(function_, moved);
    describeEntry(moved, this.module);
    lookUpAtEntry(function_, moved);
    return { map: moved.map, allocations: fitting };
  }

  private defineMap({ name }: IrFunction): { map: string; struct: MetadataNode } {
    const { module } = this;
    const map = module.uniqueName(`${name}_scratch`);
    const struct = module.debug.structOf(map, 0, []);
    const at = module.discovery.programs.find((program) => program.name === name)?.function ?? module.discovery.entry;
    defineMapGlobal(
      { name: map, type: PER_CPU_ARRAY, key: integers.u32, valueType: struct, maxEntries: 1, at },
      module,
    );
    return { map, struct };
  }
}

function sizeOf(allocations: readonly Allocation[]): number {
  return allocations.reduce((sum, { size }) => sum + roundUp(size), 0);
}

function roundUp(size: number): number {
  return Math.ceil(size / 8) * 8;
}

/** The struct that debuggers see: a member for each variable, under its name. */
function describeEntry({ struct, allocations, map }: Moved, { debug }: ModuleContext): void {
  const names = new Set<string>();
  let offset = 0;
  const members = allocations.map((allocation) => {
    const member = { name: memberName(allocation, names), type: allocation.type!, size: allocation.size, offset };
    offset += roundUp(allocation.size);
    return member;
  });
  const described = debug.structOf(map, offset, members);
  for (const member of (described.fields['elements'] as MetadataNode).elements)
    (member as MetadataNode).fields['scope'] = struct;
  Object.assign(struct.fields, described.fields);
}

/** The variable's name, as the kernel takes names in BTF; a temporary has the number of its line. */
function memberName({ label, debug }: Allocation, taken: Set<string>): string {
  const line = debug?.fields['line'];
  const wanted = label ? label.replace(/[^A-Za-z0-9_]/g, '_') : `line_${typeof line === 'number' ? line : 0}`;
  let name = wanted;
  for (let number = 2; taken.has(name); number++) name = `${wanted}_${number}`;
  taken.add(name);
  return name;
}

/** Rewrites the function's first block: what stays on the stack, the lookup, and the addresses of what was moved. */
function lookUpAtEntry(function_: IrFunction, { map, allocations, entry }: Moved): void {
  const { blocks, debug: subprogram, defaultResult } = function_;
  const line = subprogram?.fields['scopeLine'];
  const debug = subprogram && node('DILocation', { line: line ?? 0, column: 1, scope: subprogram });
  let registers = lastRegister(function_);
  const register = (type: IrType): IrRegister => ({ kind: 'register', type, id: ++registers });
  const [key, address, isThere] = [register(pointer), register(pointer), register(i1)];
  const body: Instruction = entry.at(-1)!;
  const found: Block = { name: 'scratch.found', instructions: [], terminated: true, reached: true };
  const missing: Block = { name: 'scratch.missing', instructions: [], terminated: true, reached: true };
  const at = (instruction: Instruction): Instruction => ({ ...instruction, debug });
  const isMoved = (instruction: Instruction): boolean => (allocations as readonly Instruction[]).includes(instruction);
  blocks[0]!.instructions.splice(
    ...[0, blocks[0]!.instructions.length],
    ...entry.slice(0, -1).filter((instruction) => !isMoved(instruction)),
    { op: 'alloca', result: key, size: 4, align: 4, label: undefined, type: undefined },
    at({ op: 'store', value: constant(i32, 0), address: key, align: 4, volatile: false }),
    at({ op: 'call', result: address, returns: pointer, callee: lookup, parameters: [globalName(map), key] }),
    at({ op: 'compare', result: isThere, predicate: 'ne', left: address, right: nullPointer }),
    at({ op: 'branch', condition: isThere, whenTrue: found, whenFalse: missing }),
  );
  let offset = 0;
  for (const { result, size } of allocations) {
    found.instructions.push(at({ op: 'offset', result, base: address, offset: constant64(offset) }));
    offset += roundUp(size);
  }
  found.instructions.push(body);
  missing.instructions.push(at({ op: 'return', value: defaultResult }));
  const rest = blocks.filter(({ name }) => name !== found.name && name !== missing.name);
  blocks.splice(0, blocks.length, rest[0]!, found, ...rest.slice(1), missing);
}

function lastRegister({ parameters, blocks }: IrFunction): number {
  let last = parameters.length - 1;
  for (const { instructions } of blocks) {
    for (const instruction of instructions)
      if ('result' in instruction && instruction.result) last = Math.max(last, instruction.result.id);
  }
  return last;
}
