/** BPF instructions of every level (v1 to v4) as text, in the manner of the kernel and of llvm-objdump. */
import { Bytes } from './bytes.js';
import { calls, classes, classOf, jumpDistance, opcodes, readInstruction } from './instruction.js';
import type { Instruction } from './instruction.js';

export interface DisassembleOptions {
  /** The helper's name by its number, for `call 14 (get_current_pid_tgid)`. */
  readonly helper?: (number: number) => string | undefined;
}

export interface DisassembledInstruction {
  /** In slots of 8 bytes; `ld_imm64` takes two. */
  readonly index: number;
  readonly slots: 1 | 2;
  readonly text: string;
}

/**
 * @param code whole instructions; anything else is shown as bytes, never refused.
 */
export function disassemble(code: Uint8Array, options: DisassembleOptions = {}): DisassembledInstruction[] {
  const bytes = new Bytes(code.subarray(0, code.length - (code.length % 8)), 'instructions');
  const count = bytes.length / 8;
  const result: DisassembledInstruction[] = [];
  for (let index = 0; index < count;) {
    const instruction = readInstruction(bytes, index);
    const wide = instruction.opcode === opcodes.loadImmediate64 && index + 1 < count;
    const text = wide ? loadImmediate64(instruction, bytes.u32(index * 8 + 12)) : format(instruction, options);
    result.push({ index, slots: wide ? 2 : 1, text: text ?? unknown(bytes, index) });
    index += wide ? 2 : 1;
  }
  return result;
}

function unknown(bytes: Bytes, index: number): string {
  const text = Array.from({ length: 8 }, (_, i) =>
    bytes
      .u8(index * 8 + i)
      .toString(16)
      .padStart(2, '0'),
  );
  return `<unknown: ${text.join(' ')}>`;
}

function loadImmediate64({ destination, immediate }: Instruction, high: number): string {
  const value = (BigInt(high) << 32n) | BigInt(immediate >>> 0);
  return `r${destination} = ${hex(BigInt.asIntN(64, value))} ll`;
}

function format(instruction: Instruction, options: DisassembleOptions): string | undefined {
  switch (classOf(instruction)) {
    case classes.load:
      return loadPacket(instruction);
    case classes.loadRegister:
      return load(instruction);
    case classes.store:
    case classes.storeRegister:
      return store(instruction);
    case classes.alu32:
    case classes.alu64:
      return arithmetic(instruction);
    default:
      return jump(instruction, options);
  }
}

/** By the size bits 0x18 of the opcode. */
const sizes: Readonly<Record<number, string>> = { 0x00: '32', 0x08: '16', 0x10: '8', 0x18: '64' };

const modes = { absolute: 0x20, indirect: 0x40, memory: 0x60, signed: 0x80, atomic: 0xc0 } as const;

function sizeOf({ opcode }: Instruction): string {
  return sizes[opcode & 0x18];
}

function hex(value: number | bigint): string {
  return value < 0 ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}

/** ` + 0x8`, ` - 0x8`. */
function signedHex(value: number): string {
  return value < 0 ? `- ${hex(-value)}` : `+ ${hex(value)}`;
}

/** LD_ABS and LD_IND, of socket filters. */
function loadPacket(instruction: Instruction): string | undefined {
  const mode = instruction.opcode & 0xe0;
  if (sizeOf(instruction) === '64') return undefined;
  const place = mode === modes.absolute ? hex(instruction.immediate) : `r${instruction.source}`;
  if (mode !== modes.absolute && mode !== modes.indirect) return undefined;
  const extra = mode === modes.indirect && instruction.immediate !== 0 ? ` ${signedHex(instruction.immediate)}` : '';
  return `r0 = *(u${sizeOf(instruction)} *)skb[${place}${extra}]`;
}

function load(instruction: Instruction): string | undefined {
  const mode = instruction.opcode & 0xe0;
  if (mode !== modes.memory && (mode !== modes.signed || sizeOf(instruction) === '64')) return undefined;
  const sign = mode === modes.signed ? 's' : 'u';
  // A load narrower than 64 bits clears the upper half, so level v3 calls the register w where it is 32 bits wide.
  return `r${instruction.destination} = ${memory(instruction, instruction.source, sign)}`;
}

function memory(instruction: Instruction, base: number, sign: 'u' | 's'): string {
  return `*(${sign}${sizeOf(instruction)} *)(r${base} ${signedHex(instruction.offset)})`;
}

function store(instruction: Instruction): string | undefined {
  const mode = instruction.opcode & 0xe0;
  const fromRegister = classOf(instruction) === classes.storeRegister;
  if (mode === modes.atomic && fromRegister) return atomic(instruction);
  if (mode !== modes.memory) return undefined;
  const value = fromRegister ? `r${instruction.source}` : hex(instruction.immediate);
  return `${memory(instruction, instruction.destination, 'u')} = ${value}`;
}

const atomicOperators: Readonly<Record<number, string>> = { 0x00: '+', 0x40: '|', 0x50: '&', 0xa0: '^' };
const atomicNames: Readonly<Record<number, string>> = { 0x00: 'add', 0x40: 'or', 0x50: 'and', 0xa0: 'xor' };

/** The operation stands in the immediate; bit 0 asks for the old value. */
function atomic(instruction: Instruction): string | undefined {
  const size = sizeOf(instruction);
  const { immediate, source, destination, offset } = instruction;
  const ordered = orderedAccess(instruction);
  if (ordered !== undefined) return ordered;
  if (size !== '32' && size !== '64') return undefined;
  const register = size === '32' ? `w${source}` : `r${source}`;
  const place = `r${destination} ${signedHex(offset)}`;
  const suffix = size === '32' ? '32_' : '_';
  if (immediate === 0xe1)
    return `${register} = xchg${suffix}${size === '32' ? '32' : '64'}(${place}, ${register})`.replace('32_32', '32_32');
  if (immediate === 0xf1) {
    const accumulator = size === '32' ? 'w0' : 'r0';
    return `${accumulator} = cmpxchg${suffix}${size}(${place}, ${accumulator}, ${register})`;
  }
  const operation = immediate & ~1;
  if (!(operation in atomicOperators)) return undefined;
  if ((immediate & 1) === 0) return `lock *(u${size} *)(${place}) ${atomicOperators[operation]}= ${register}`;
  return `${register} = atomic_fetch_${atomicNames[operation]}((u${size} *)(${place}), ${register})`;
}

/** `load_acquire` and `store_release`, of kernel 6.15. */
function orderedAccess(instruction: Instruction): string | undefined {
  const { immediate, source, destination } = instruction;
  const pointer = (base: number): string => `(u${sizeOf(instruction)} *)(r${base} ${signedHex(instruction.offset)})`;
  if (immediate === 0x100) return `r${destination} = load_acquire(${pointer(source)})`;
  if (immediate === 0x110) return `store_release(${pointer(destination)}, r${source})`;
  return undefined;
}

/** By the upper four bits; `/` and `%` are signed where the offset is 1. */
const operators: Readonly<Record<number, string>> = {
  0x00: '+=',
  0x10: '-=',
  0x20: '*=',
  0x30: '/=',
  0x40: '|=',
  0x50: '&=',
  0x60: '<<=',
  0x70: '>>=',
  0x90: '%=',
  0xa0: '^=',
  0xb0: '=',
  0xc0: 's>>=',
};

function arithmetic(instruction: Instruction): string | undefined {
  const { opcode, destination, source, offset, immediate } = instruction;
  const letter = classOf(instruction) === classes.alu32 ? 'w' : 'r';
  const operation = opcode & 0xf0;
  const register = (opcode & 8) !== 0;
  if (operation === 0x80) return offset === 0 ? `${letter}${destination} = -${letter}${destination}` : undefined;
  if (operation === 0xd0) return swap(instruction);
  const operator = operators[operation];
  if (operator === undefined) return undefined;
  const left = `${letter}${destination}`;
  if (operation === 0xb0 && offset !== 0) {
    if (!register) return undefined;
    if (offset === 1)
      return `r${destination} = addr_space_cast(r${source}, ${immediate >>> 16}, ${immediate & 0xffff})`;
    return [8, 16, 32].includes(offset) ? `${left} = (s${offset})${letter}${source}` : undefined;
  }
  const signed = offset === 1 && (operation === 0x30 || operation === 0x90);
  if (offset !== 0 && !signed) return undefined;
  return `${left} ${signed ? 's' : ''}${operator} ${register ? `${letter}${source}` : hex(immediate)}`;
}

/** In the 32-bit class to a byte order, in the 64-bit class always swapped (v4). */
function swap({ opcode, destination, immediate }: Instruction): string | undefined {
  if (![16, 32, 64].includes(immediate)) return undefined;
  const swaps = (opcode & 7) === classes.alu64;
  const name = swaps ? 'bswap' : (opcode & 8) !== 0 ? 'be' : 'le';
  return `r${destination} = ${name}${immediate} r${destination}`;
}

const comparisons: Readonly<Record<number, string>> = {
  0x10: '==',
  0x20: '>',
  0x30: '>=',
  0x40: '&',
  0x50: '!=',
  0x60: 's>',
  0x70: 's>=',
  0xa0: '<',
  0xb0: '<=',
  0xc0: 's<',
  0xd0: 's<=',
};

function jump(instruction: Instruction, options: DisassembleOptions): string | undefined {
  const { opcode, destination, source, immediate } = instruction;
  if (opcode === opcodes.exit) return 'exit';
  if (opcode === opcodes.call) return call(instruction, options);
  if (opcode === 0x8d) return `callx r${destination}`;
  if (opcode === opcodes.jumpAlways) return `goto ${distance(instruction)}`;
  if (opcode === opcodes.jumpAlwaysLong) return `gotol ${distance(instruction)}`;
  if (opcode === 0xe5) return `may_goto ${distance(instruction)}`;
  const comparison = comparisons[opcode & 0xf0];
  if (comparison === undefined) return undefined;
  const letter = classOf(instruction) === classes.jump32 ? 'w' : 'r';
  const right = (opcode & 8) !== 0 ? `${letter}${source}` : hex(immediate);
  return `if ${letter}${destination} ${comparison} ${right} goto ${distance(instruction)}`;
}

function distance(instruction: Instruction): string {
  const value = jumpDistance(instruction);
  return value < 0 ? hex(value) : `+${hex(value)}`;
}

function call({ source, immediate }: Instruction, { helper }: DisassembleOptions): string | undefined {
  if (source === calls.function) return `call ${immediate < 0 ? hex(immediate) : `+${hex(immediate)}`}`;
  if (source === calls.kernelFunction) return `call kernel function ${immediate}`;
  if (source !== calls.helper) return undefined;
  const name = helper?.(immediate);
  return name === undefined ? `call ${immediate}` : `call ${immediate} (${name})`;
}
