/** One BPF instruction of 8 bytes, taken apart, and the numbers of its operation codes that more than one file needs. */
import type { Bytes } from './bytes.js';

export interface Instruction {
  readonly opcode: number;
  readonly destination: number;
  readonly source: number;
  readonly offset: number;
  readonly immediate: number;
}

export const classes = {
  load: 0,
  loadRegister: 1,
  store: 2,
  storeRegister: 3,
  alu32: 4,
  jump: 5,
  jump32: 6,
  alu64: 7,
} as const;

export const opcodes = {
  /** `ld_imm64`, the one instruction of two slots. */
  loadImmediate64: 0x18,
  jumpAlways: 0x05,
  /** `gotol`: the target is in the immediate. */
  jumpAlwaysLong: 0x06,
  call: 0x85,
  exit: 0x95,
} as const;

/** What `source` says of a call. */
export const calls = { helper: 0, function: 1, kernelFunction: 2 } as const;

/** @param index in slots of 8 bytes. */
export function readInstruction(code: Bytes, index: number): Instruction {
  const at = index * 8;
  const registers = code.u8(at + 1);
  return {
    opcode: code.u8(at),
    destination: registers & 0xf,
    source: registers >> 4,
    offset: (code.u16(at + 2) << 16) >> 16,
    immediate: code.i32(at + 4),
  };
}

export function classOf({ opcode }: Instruction): number {
  return opcode & 7;
}

/** Whether it is a jump within the function: neither a call nor an exit. */
export function isJump(instruction: Instruction): boolean {
  const kind = classOf(instruction);
  if (kind !== classes.jump && kind !== classes.jump32) return false;
  return (instruction.opcode & 0xf0) !== 0x80 && (instruction.opcode & 0xf0) !== 0x90;
}

/** In slots from the instruction after the jump. */
export function jumpDistance(instruction: Instruction): number {
  return instruction.opcode === opcodes.jumpAlwaysLong ? instruction.immediate : instruction.offset;
}
