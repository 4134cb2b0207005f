/**
 * Addresses into the packet that are used behind a helper that moved it. Headers that `ctx.packet.at` gave are found
 * again (builtins/packet-headers.ts), where that can be known; what they named inside, and headers whose place the
 * helper leaves unknown, are refused here, since the verifier would only speak of a scalar.
 *
 * The IR is asked: whether a way leads from the helper to the use that does not pass where the address was made.
 */
import { headerMoved } from '../diagnostics/index.js';
import type { FunctionBuilder } from '../ir/builder.js';
import type { Block, Instruction } from '../ir/instructions.js';
import type { IrValue } from '../ir/values.js';
import type { LoweringContext } from './context.js';
import { successors } from './ways.js';

/** The place in front of an instruction. */
interface Position {
  readonly block: Block;
  readonly index: number;
}

interface Move extends Position {
  readonly helper: string;
  /** Where the headers are afterwards is not known. */
  readonly shifts: boolean;
}

interface Notes {
  readonly moves: Move[];
  /** Where each header was asked for, by the id of the slot that holds its address. */
  readonly headers: Map<number, Position>;
}

const notes = new WeakMap<FunctionBuilder, Notes>();

function notesOf({ builder }: LoweringContext): Notes {
  let found = notes.get(builder);
  if (!found) notes.set(builder, (found = { moves: [], headers: new Map() }));
  return found;
}

const here = ({ builder: { block } }: LoweringContext): Position => ({ block, index: block.instructions.length });

/** To be called where a header is asked for, whose address will lie in a slot. */
export function noteHeader(slot: IrValue, context: LoweringContext): void {
  if (slot.kind === 'register') notesOf(context).headers.set(slot.id, here(context));
}

/** To be called behind the call of a helper that moves the packet. */
export function noteMove(helper: string, shifts: boolean, context: LoweringContext): void {
  notesOf(context).moves.push({ ...here(context), helper, shifts });
}

/** What an address in a register was made of. */
interface Source {
  readonly at: Position;
  /** Registers in the same way into the packet; of a phi with the blocks that they come from. */
  readonly from: readonly { readonly id: number; readonly block?: Block }[];
  readonly isRoot: boolean;
}

/** To be called when all instructions of a function are there: reports uses of addresses that are no longer good. */
export function checkMovedHeaders(context: LoweringContext): void {
  const found = notes.get(context.builder);
  if (!found || found.moves.length === 0) return;
  const { blocks } = context.builder.function_;
  const sources = packetRegisters(blocks, context, found);
  const reported = new Set<string>();
  for (const block of blocks) {
    block.instructions.forEach((instruction, index) => {
      const move = staleUse(instruction, { block, index }, sources, found);
      if (!move || !instruction.debug) return;
      const place = context.module.debug.placeOf(instruction.debug);
      const key = `${place?.file.fileName}:${place?.start}`;
      if (reported.has(key)) return;
      reported.add(key);
      context.report(headerMoved(place, move.helper));
    });
  }
}

/** The registers that hold addresses into the packet. */
function packetRegisters(
  blocks: readonly Block[],
  { functionState: { packetBounds } }: LoweringContext,
  { headers }: Notes,
): ReadonlyMap<number, Source> {
  const slots = new Set(headers.keys());
  for (const slot of [packetBounds?.data, packetBounds?.end]) if (slot?.kind === 'register') slots.add(slot.id);
  const sources = new Map<number, Source>();
  // What comes around in a loop is seen in a second round.
  for (let round = 0; round < 2; round++)
    for (const block of blocks)
      block.instructions.forEach((instruction, index) => {
        const source = sourceOf(instruction, { block, index }, slots, sources);
        if (source && 'result' in instruction && instruction.result) sources.set(instruction.result.id, source);
      });
  return sources;
}

function sourceOf(
  instruction: Instruction,
  at: Position,
  slots: ReadonlySet<number>,
  sources: ReadonlyMap<number, Source>,
): Source | undefined {
  const known = (values: readonly IrValue[]) =>
    values.flatMap((value) => (value.kind === 'register' && sources.has(value.id) ? [{ id: value.id }] : []));
  switch (instruction.op) {
    case 'load': {
      const { address, result } = instruction;
      const isSlot = address.kind === 'register' && slots.has(address.id) && result.type.kind === 'pointer';
      return isSlot ? { at, from: [], isRoot: true } : undefined;
    }
    case 'offset':
      return derived(at, known([instruction.base]));
    case 'opaque':
      return derived(at, known([instruction.value]));
    case 'select':
      return derived(at, known([instruction.whenTrue, instruction.whenFalse]));
    case 'phi': {
      const from = instruction.incoming.flatMap(({ value, block }) =>
        value.kind === 'register' && sources.has(value.id) ? [{ id: value.id, block }] : [],
      );
      return from.length > 0 ? { at, from, isRoot: true } : undefined;
    }
    default:
      return undefined;
  }
}

function derived(at: Position, from: Source['from']): Source | undefined {
  return from.length > 0 ? { at, from, isRoot: false } : undefined;
}

/** The helper that made an instruction's address invalid. */
function staleUse(
  instruction: Instruction,
  at: Position,
  sources: ReadonlyMap<number, Source>,
  notes: Notes,
): Move | undefined {
  const { moves, headers } = notes;
  if (instruction.op === 'load' && instruction.address.kind === 'register') {
    const asked = headers.get(instruction.address.id);
    const move = asked && moves.find((one) => one.shifts && leadsTo(one, at, asked));
    if (move) return move;
  }
  for (const value of addressesOf(instruction)) {
    if (value.kind !== 'register') continue;
    const move = moves.find((one) => isStale(value.id, at, one, sources, new Set()));
    if (move) return move;
  }
  return undefined;
}

function addressesOf(instruction: Instruction): readonly IrValue[] {
  switch (instruction.op) {
    case 'load':
    case 'store':
    case 'atomic':
      return [instruction.address];
    case 'call':
      return instruction.parameters;
    default:
      return [];
  }
}

/** Whether the address in a register, used at a place, was made before a helper that may have run since. */
function isStale(
  id: number,
  at: Position,
  move: Move,
  sources: ReadonlyMap<number, Source>,
  seen: Set<number>,
): boolean {
  const source = sources.get(id);
  if (!source || seen.has(id)) return false;
  seen.add(id);
  if (source.isRoot && leadsTo(move, at, source.at)) return true;
  return source.from.some(({ id: other, block }) =>
    isStale(other, block ? { block, index: block.instructions.length } : at, move, sources, seen),
  );
}

/** Whether a way leads from one place to another that does not pass a third. */
function leadsTo(from: Position, to: Position, past: Position): boolean {
  const seen = new Set<Block>();
  const walk = (block: Block, start: number): boolean => {
    const end = block === to.block && to.index >= start ? to.index : block.instructions.length;
    const isPassed = block === past.block && past.index >= start && past.index < end;
    if (isPassed) return false;
    if (block === to.block && to.index >= start) return true;
    return successors(block).some((next) => {
      if (seen.has(next)) return false;
      seen.add(next);
      return walk(next, 0);
    });
  };
  return walk(from.block, from.index);
}
