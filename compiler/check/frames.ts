/**
 * What functions of an object take of the kernel's stack when they call one another. The kernel adds the frames of a
 * chain of calls, each rounded up to 32 bytes, and allows 512 bytes and 8 frames (check_max_stack_depth and
 * MAX_CALL_FRAMES, kernel/bpf/verifier.c). Functions that helpers call back have frames too.
 */
import { Bytes } from '../object/bytes.js';
import { calls, classes, classOf, opcodes, readInstruction } from '../object/instruction.js';
import type { ObjectProgram, ObjectSpec } from '../object/object-spec.js';

export const MOST_STACK = 512;
export const MOST_FRAMES = 8;

/** Calls from a program inwards. */
export interface Chain {
  /** The names of the functions, the program's first. */
  readonly functions: readonly string[];
  /** What the kernel counts, in bytes. */
  readonly stack: number;
}

interface Frame {
  readonly stack: number;
  readonly callees: readonly string[];
}

const FRAME_POINTER = 10;
const MOVE_64 = 0xbf;
const ADD_64 = 0x07;

/** The chains of calls that a kernel refuses: of each program the one with the most stack, and the longest. */
export function refusedChains(spec: ObjectSpec): readonly Chain[] {
  if (spec.functions.length === 0) return [];
  const all = [...spec.programs, ...spec.functions];
  const frames = new Map(all.map((code) => [code.name, frameOf(code, all)]));
  return spec.programs.flatMap(({ name }) => {
    const chains = chainsFrom(name, frames, []);
    const worst = greatest(chains, ({ stack }) => stack);
    const longest = greatest(chains, ({ functions }) => functions.length);
    if (worst.stack > MOST_STACK) return [worst];
    return longest.functions.length > MOST_FRAMES ? [longest] : [];
  });
}

/** Of all chains below a function, the one with the most stack and the longest. */
function chainsFrom(name: string, frames: ReadonlyMap<string, Frame>, above: readonly string[]): readonly Chain[] {
  const { stack = 0, callees = [] } = frames.get(name) ?? {};
  const own = Math.ceil(Math.max(stack, 1) / 32) * 32;
  const below = callees.filter((callee) => callee !== name && !above.includes(callee));
  const chains = below.flatMap((callee) => chainsFrom(callee, frames, [...above, name]));
  if (chains.length === 0) return [{ functions: [name], stack: own }];
  const best = new Set([greatest(chains, (chain) => chain.stack), greatest(chains, (chain) => chain.functions.length)]);
  return [...best].map((chain) => ({ functions: [name, ...chain.functions], stack: own + chain.stack }));
}

function greatest(chains: readonly Chain[], measure: (chain: Chain) => number): Chain {
  return chains.reduce((best, chain) => (measure(chain) > measure(best) ? chain : best));
}

function frameOf(function_: ObjectProgram, all: readonly ObjectProgram[]): Frame {
  const { count, relocations } = function_;
  const code = new Bytes(function_.instructions, 'instructions');
  const callees = new Set(relocations.map(({ symbol }) => symbol));
  const relocated = new Set(relocations.map(({ index }) => index));
  let deepest = 0;
  for (let index = 0; index < count; index++) {
    const instruction = readInstruction(code, index);
    const { opcode, destination, source, offset, immediate } = instruction;
    const kind = classOf(instruction);
    const isLoad = kind === classes.loadRegister && source === FRAME_POINTER;
    const isStore = (kind === classes.store || kind === classes.storeRegister) && destination === FRAME_POINTER;
    if (isLoad || isStore) deepest = Math.min(deepest, offset);
    if (opcode === MOVE_64 && source === FRAME_POINTER && index + 1 < count) {
      const next = readInstruction(code, index + 1);
      if (next.opcode === ADD_64 && next.destination === destination) deepest = Math.min(deepest, next.immediate);
    }
    // A call within the section needs no relocation.
    if (opcode === opcodes.call && source === calls.function && !relocated.has(index)) {
      const at = function_.offset + (index + 1 + immediate) * 8;
      const callee = all.find(({ section, offset: start }) => section === function_.section && start === at);
      if (callee) callees.add(callee.name);
    }
    if (opcode === opcodes.loadImmediate64) index += 1;
  }
  return { stack: -deepest, callees: [...callees] };
}
