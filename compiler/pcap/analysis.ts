/**
 * What is known of a filter before any code is made of it: which values are the same, how large the index register can
 * be, and how much of the packet every way to acceptance needs.
 *
 * Classic code jumps forward alone, so that the order of instructions is one in which all that leads to an instruction
 * stands before it.
 */
import { memorySlots, successors, type Instruction, type Operand, type Register } from './cbpf.js';

/** A value, by what made it: two of one key are equal wherever both are known. */
export interface Known {
  readonly key: string;
  readonly min: number;
  readonly max: number;
  /**
   * Made by what the verifier of the kernel follows, so that it knows the same bounds. It knows none of numbers of several bytes, since
   * LLVM masks them before their bytes are put in order, which older kernels do not follow.
   */
  readonly followed: boolean;
}

export interface State {
  readonly accumulator: Known;
  readonly index: Known;
  readonly memory: readonly Known[];
}

/** How far into the packet every way that accepts has to read: ends of reads, in bytes. Infinity where no way accepts. */
export interface Need {
  /** From the packet's first byte. */
  readonly whole: number;
  /** From the byte that the index register points to. */
  readonly indexed: number;
}

/** Reads that start at the packet's first byte, or at the same index. */
export interface Window {
  /** `''` for the packet's first byte, else the key of the index. */
  readonly key: string;
  /** The first byte that is read, and the one behind the last, from there. */
  readonly from: number;
  readonly to: number;
  readonly reads: readonly { readonly offset: number; readonly size: number }[];
}

export interface Analysis {
  /** At each instruction; undefined where no way leads there. */
  readonly states: readonly (State | undefined)[];
  readonly needs: readonly Need[];
  readonly windows: ReadonlyMap<string, Window>;
}

const MOST = 0xffffffff;

export function analyse(instructions: readonly Instruction[]): Analysis {
  const states = findStates(instructions);
  return { states, needs: findNeeds(instructions, states), windows: findWindows(instructions, states) };
}

function constantKnown(value: number): Known {
  return { key: `constant ${value}`, min: value, max: value, followed: true };
}

/** The constant that a value is, if it is one. */
export function constantOf({ key, min }: Known): number | undefined {
  return key.startsWith('constant ') ? min : undefined;
}

function findStates(instructions: readonly Instruction[]): readonly (State | undefined)[] {
  const zero = constantKnown(0);
  const arriving: State[][] = instructions.map(() => []);
  arriving[0]?.push({ accumulator: zero, index: zero, memory: Array<Known>(memorySlots).fill(zero) });
  return instructions.map((instruction, at) => {
    const state = join(arriving[at]!, at);
    if (!state) return undefined;
    const after = step(instruction, state, at);
    for (const target of new Set(successors(instruction, at))) arriving[target]!.push(after);
    return state;
  });
}

function join(states: readonly State[], at: number): State | undefined {
  const [first, ...rest] = states;
  if (!first || rest.length === 0) return first;
  const meet = (name: string, of: (state: State) => Known): Known => {
    const values = states.map(of);
    if (values.every(({ key }) => key === values[0]!.key)) return values[0]!;
    return {
      key: `${name} at ${at}`,
      min: Math.min(...values.map(({ min }) => min)),
      max: Math.max(...values.map(({ max }) => max)),
      followed: values.every(({ followed }) => followed),
    };
  };
  return {
    accumulator: meet('accumulator', ({ accumulator }) => accumulator),
    index: meet('index', ({ index }) => index),
    memory: first.memory.map((_, slot) => meet(`memory ${slot}`, ({ memory }) => memory[slot]!)),
  };
}

function step(instruction: Instruction, state: State, at: number): State {
  const made = (min: number, max: number, followed: boolean): Known => ({ key: `made at ${at}`, min, max, followed });
  const set = (to: Register, value: Known): State =>
    to === 'index' ? { ...state, index: value } : { ...state, accumulator: value };
  switch (instruction.op) {
    case 'constant':
      return set(instruction.to, constantKnown(instruction.value));
    case 'length':
      return set(instruction.to, made(0, MOST, false));
    case 'packet':
      return set('accumulator', made(0, 2 ** (instruction.size * 8) - 1, instruction.size === 1));
    case 'headerLength':
      return set('index', { key: `header length at ${instruction.offset}`, min: 0, max: 60, followed: true });
    case 'extension':
      return set('accumulator', made(0, MOST, false));
    case 'recall':
      return set(instruction.to, state.memory[instruction.slot]!);
    case 'store':
      return { ...state, memory: state.memory.with(instruction.slot, state[instruction.from]) };
    case 'compute': {
      const { min, max, followed } = computed(instruction, state);
      return set('accumulator', made(min, max, followed));
    }
    case 'negate':
      return set('accumulator', made(0, MOST, false));
    case 'move':
      return instruction.to === 'index' ? set('index', state.accumulator) : set('accumulator', state.index);
    default:
      return state;
  }
}

export function operandKnown(operand: Operand, state: State): Known {
  return operand.kind === 'constant' ? constantKnown(operand.value) : state.index;
}

/** Bounds of the results that need any; of all else nothing is known. */
function computed(
  { operator, operand }: Extract<Instruction, { op: 'compute' }>,
  state: State,
): Pick<Known, 'min' | 'max' | 'followed'> {
  const a = state.accumulator;
  const b = operandKnown(operand, state);
  const followed = a.followed && b.followed;
  const unknown = { min: 0, max: MOST, followed: false };
  const shift = constantOf(b);
  switch (operator) {
    case 'add':
      return a.max + b.max <= MOST ? { min: a.min + b.min, max: a.max + b.max, followed } : unknown;
    case 'and':
      return { min: 0, max: Math.min(a.max, b.max), followed: a.followed && constantOf(b) !== undefined };
    case 'mul':
      return a.max * b.max <= MOST ? { min: a.min * b.min, max: a.max * b.max, followed } : unknown;
    case 'lsh':
      return shift !== undefined && shift < 32 && a.max * 2 ** shift <= MOST
        ? { min: a.min * 2 ** shift, max: a.max * 2 ** shift, followed }
        : unknown;
    case 'rsh':
      return shift !== undefined && shift < 32
        ? { min: Math.floor(a.min / 2 ** shift), max: Math.floor(a.max / 2 ** shift), followed }
        : unknown;
    default:
      return unknown;
  }
}

/** A read of the packet as it is at run time: with an index that is a constant, it is one at a constant offset. */
export interface Read {
  readonly key: string;
  readonly offset: number;
  readonly size: number;
}

/** What an instruction reads of the packet. */
export function readOf(instruction: Instruction, state: State): Read | undefined {
  if (instruction.op === 'headerLength') return { key: '', offset: instruction.offset, size: 1 };
  if (instruction.op !== 'packet') return undefined;
  const { size, offset, indexed } = instruction;
  if (!indexed) return { key: '', offset, size };
  const constant = constantOf(state.index);
  return constant === undefined ? { key: state.index.key, offset, size } : { key: '', offset: offset + constant, size };
}

function findNeeds(instructions: readonly Instruction[], states: readonly (State | undefined)[]): readonly Need[] {
  const needs: Need[] = [];
  for (let at = instructions.length - 1; at >= 0; at--) {
    const instruction = instructions[at]!;
    const state = states[at];
    needs[at] = state ? needAt(instruction, state, at, needs) : never;
  }
  return needs;
}

const never: Need = { whole: Infinity, indexed: Infinity };

function needAt(instruction: Instruction, state: State, at: number, needs: readonly Need[]): Need {
  if (instruction.op === 'return') {
    const value = instruction.value ?? constantOf(state.accumulator);
    return value === 0 ? never : { whole: 0, indexed: 0 };
  }
  const after = successors(instruction, at).map((target) => needs[target]!);
  let whole = Math.min(...after.map((need) => need.whole));
  let indexed = Math.min(...after.map((need) => need.indexed));
  if (changesIndex(instruction) && indexed !== Infinity) indexed = 0;
  const read = readOf(instruction, state);
  if (read) {
    const end = read.offset + read.size;
    if (read.key !== '') indexed = Math.max(indexed, end);
    whole = Math.max(whole, read.key === '' ? end : end + state.index.min);
  }
  return { whole, indexed };
}

function changesIndex(instruction: Instruction): boolean {
  return instruction.op === 'headerLength' || ('to' in instruction && instruction.to === 'index');
}

function findWindows(
  instructions: readonly Instruction[],
  states: readonly (State | undefined)[],
): ReadonlyMap<string, Window> {
  const windows = new Map<string, Window>();
  instructions.forEach((instruction, at) => {
    const state = states[at];
    const read = state && readOf(instruction, state);
    if (!read) return;
    const { key, offset, size } = read;
    const window = windows.get(key) ?? { key, from: offset, to: offset + size, reads: [] };
    windows.set(key, {
      key,
      from: Math.min(window.from, offset),
      to: Math.max(window.to, offset + size),
      reads: [...window.reads, { offset, size }],
    });
  });
  return windows;
}
