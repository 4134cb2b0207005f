/**
 * Classic BPF: its instructions as they are meant, read from `struct bpf_insn`s. Opcodes and meanings are those of
 * McCanne and Jacobson, "The BSD Packet Filter" (1993), and of linux/filter.h for what Linux added.
 *
 * All values have 32 bits, without a sign.
 */
import { hostIsLittleEndian as littleEndian } from '../../runtime/maps/layout.js';
import { extensionAt, type Extension } from './extensions.js';
import { unroll } from './unroll.js';

/** What an instruction computes with: a constant, or the index register. */
export type Operand = { readonly kind: 'constant'; readonly value: number } | { readonly kind: 'index' };

export type Register = 'accumulator' | 'index';
export type ReadSize = 1 | 2 | 4;
export type Operator = 'add' | 'sub' | 'mul' | 'div' | 'mod' | 'or' | 'and' | 'xor' | 'lsh' | 'rsh';
export type Condition = 'equal' | 'greater' | 'greaterOrEqual' | 'anyBit';

export type Instruction =
  | { readonly op: 'constant'; readonly to: Register; readonly value: number }
  /** The length of the packet on the wire, in bytes. */
  | { readonly op: 'length'; readonly to: Register }
  /** Bytes of the packet as a big-endian number, at `offset`, or at `index + offset`. */
  | { readonly op: 'packet'; readonly size: ReadSize; readonly offset: number; readonly indexed: boolean }
  /** `4 * (packet[offset] & 15)`, the length of an IPv4 header, to the index register. */
  | { readonly op: 'headerLength'; readonly offset: number }
  /** What Linux knows of the packet beside its bytes. */
  | { readonly op: 'extension'; readonly extension: Extension }
  | { readonly op: 'recall'; readonly to: Register; readonly slot: number }
  | { readonly op: 'store'; readonly from: Register; readonly slot: number }
  /** Into the accumulator. */
  | { readonly op: 'compute'; readonly operator: Operator; readonly operand: Operand }
  | { readonly op: 'negate' }
  /** From the other register. */
  | { readonly op: 'move'; readonly to: Register }
  /** To the instruction of that number. */
  | { readonly op: 'jump'; readonly target: number }
  | {
      readonly op: 'branch';
      readonly condition: Condition;
      readonly operand: Operand;
      readonly whenTrue: number;
      readonly whenFalse: number;
    }
  /** How many bytes of the packet to keep, 0 for none; undefined for what the accumulator says. */
  | { readonly op: 'return'; readonly value: number | undefined };

/** Words of memory that a program has (BPF_MEMWORDS). */
export const memorySlots = 16;

/** Why code cannot be lowered. */
export class BadCode extends Error {
  constructor(index: number, reason: string) {
    super(`instruction ${index}: ${reason}`);
  }
}

const operators: readonly (Operator | undefined)[] = [
  ...(['add', 'sub', 'mul', 'div', 'or', 'and', 'lsh', 'rsh'] as const),
  ...[undefined, 'mod' as const, 'xor' as const],
];
const conditions: readonly (Condition | undefined)[] = [undefined, 'equal', 'greater', 'greaterOrEqual', 'anyBit'];
const sizes: readonly (ReadSize | undefined)[] = [4, 2, 1, undefined];

/** One `struct bpf_insn`. */
export interface RawInstruction {
  readonly code: number;
  readonly jumpTrue: number;
  readonly jumpFalse: number;
  readonly k: number;
}

/**
 * Takes code apart.
 *
 * @param code `struct bpf_insn`s in the machine's byte order, 8 bytes each.
 */
export function readRaw(code: Uint8Array): readonly RawInstruction[] {
  const view = new DataView(code.buffer, code.byteOffset, code.byteLength);
  return Array.from({ length: Math.floor(code.length / 8) }, (_, index) => ({
    code: view.getUint16(index * 8, littleEndian),
    jumpTrue: view.getUint8(index * 8 + 2),
    jumpFalse: view.getUint8(index * 8 + 3),
    k: view.getUint32(index * 8 + 4, littleEndian),
  }));
}

/** The other way about. */
export function writeRaw(instructions: readonly RawInstruction[]): Uint8Array {
  const code = new Uint8Array(instructions.length * 8);
  const view = new DataView(code.buffer);
  instructions.forEach((instruction, index) => {
    view.setUint16(index * 8, instruction.code, littleEndian);
    view.setUint8(index * 8 + 2, instruction.jumpTrue);
    view.setUint8(index * 8 + 3, instruction.jumpFalse);
    view.setUint32(index * 8 + 4, instruction.k, littleEndian);
  });
  return code;
}

/**
 * What code means. Jumps of the result lead forward alone: loops are taken apart by `unroll`.
 *
 * @throws BadCode for what is no instruction, leads out of the code, or never returns.
 */
export function decode(code: Uint8Array): readonly Instruction[] {
  const raw = readRaw(code);
  const instructions = raw.map(decodeInstruction);
  instructions.forEach((instruction, index) => checkTargets(instruction, index, instructions.length));
  return unroll(instructions);
}

function decodeInstruction(raw: RawInstruction, index: number): Instruction {
  const decoded = [load, loadIndex, store, store, compute, jump, giveBack, move][raw.code & 7]!(raw, index);
  if (!decoded) throw new BadCode(index, `there is no instruction of code 0x${raw.code.toString(16)}`);
  return decoded;
}

type Decoder = (raw: RawInstruction, index: number) => Instruction | undefined;

const load: Decoder = ({ code, k }, index) => {
  const size = sizes[(code >> 3) & 3];
  switch (code >> 5) {
    case 0:
      return size === 4 ? { op: 'constant', to: 'accumulator', value: k } : undefined;
    case 1: {
      const extension = extensionAt(k);
      if (extension) return { op: 'extension', extension };
      return size && { op: 'packet', size, offset: k, indexed: false };
    }
    case 2:
      return size && { op: 'packet', size, offset: k, indexed: true };
    case 3:
      return size === 4 ? { op: 'recall', to: 'accumulator', slot: slot(k, index) } : undefined;
    case 4:
      return size === 4 ? { op: 'length', to: 'accumulator' } : undefined;
  }
  return undefined;
};

const loadIndex: Decoder = ({ code, k }, index) => {
  switch (code) {
    case 0x01:
      return { op: 'constant', to: 'index', value: k };
    case 0x61:
      return { op: 'recall', to: 'index', slot: slot(k, index) };
    case 0x81:
      return { op: 'length', to: 'index' };
    case 0xb1:
      return { op: 'headerLength', offset: k };
  }
  return undefined;
};

const store: Decoder = ({ code, k }, index) => {
  if (code === 0x02) return { op: 'store', from: 'accumulator', slot: slot(k, index) };
  return code === 0x03 ? { op: 'store', from: 'index', slot: slot(k, index) } : undefined;
};

const compute: Decoder = ({ code, k }) => {
  if (code === 0x84) return { op: 'negate' };
  const operator = operators[code >> 4];
  return operator && { op: 'compute', operator, operand: operandOf(code, k) };
};

const jump: Decoder = ({ code, jumpTrue, jumpFalse, k }, index) => {
  // A jump back is written as one of nearly 2^32 forward.
  if (code === 0x05) return { op: 'jump', target: index + 1 + (k | 0) };
  const condition = conditions[code >> 4];
  const [whenTrue, whenFalse] = [index + 1 + jumpTrue, index + 1 + jumpFalse];
  return condition && { op: 'branch', condition, operand: operandOf(code, k), whenTrue, whenFalse };
};

const giveBack: Decoder = ({ code, k }) => {
  if (code === 0x06) return { op: 'return', value: k };
  return code === 0x16 ? { op: 'return', value: undefined } : undefined;
};

const move: Decoder = ({ code }) => {
  if (code === 0x07) return { op: 'move', to: 'index' };
  return code === 0x87 ? { op: 'move', to: 'accumulator' } : undefined;
};

function operandOf(code: number, k: number): Operand {
  return code & 8 ? { kind: 'index' } : { kind: 'constant', value: k };
}

function slot(k: number, index: number): number {
  if (k < memorySlots) return k;
  throw new BadCode(index, `there is no word ${k} in memory`);
}

function checkTargets(instruction: Instruction, index: number, length: number): void {
  for (const target of successors(instruction, index)) {
    if (target < 0 || target >= length) throw new BadCode(index, 'it leads out of the code');
  }
}

/** Where an instruction can lead to. */
export function successors(instruction: Instruction, index: number): readonly number[] {
  switch (instruction.op) {
    case 'return':
      return [];
    case 'jump':
      return [instruction.target];
    case 'branch':
      return [instruction.whenTrue, instruction.whenFalse];
    default:
      return [index + 1];
  }
}

/** The instructions that a jump or branch leads to, by their numbers. */
export function jumpTargets(instructions: readonly Instruction[]): ReadonlySet<number> {
  return new Set(
    instructions.flatMap((instruction, at) =>
      instruction.op === 'branch' || instruction.op === 'jump' ? successors(instruction, at) : [],
    ),
  );
}

/** The words of memory that instructions use, in their order. */
export function usedSlots(instructions: readonly Instruction[]): readonly number[] {
  return [...new Set(instructions.flatMap((one) => ('slot' in one ? [one.slot] : [])))].sort((a, b) => a - b);
}
