/** Classic BPF as text: the listing that `tcpdump -d` prints, and the initializers of `tcpdump -dd`. */
import type { RawInstruction } from './cbpf.js';

const loads: Readonly<Record<number, string>> = { 0x00: 'ld', 0x08: 'ldh', 0x10: 'ldb' };
const operators = ['add', 'sub', 'mul', 'div', 'or', 'and', 'lsh', 'rsh', 'neg', 'mod', 'xor'];
const conditions = ['ja', 'jeq', 'jgt', 'jge', 'jset'];

const hexadecimal = (value: number): string => `0x${value.toString(16)}`;

/** One line an instruction, numbered from 0. */
export function printListing(instructions: readonly RawInstruction[]): string {
  return instructions.map((instruction, index) => `${line(instruction, index)}\n`).join('');
}

function line(raw: RawInstruction, index: number): string {
  const [name, operand] = describe(raw, index);
  const isBranch = (raw.code & 7) === 5 && raw.code !== 0x05;
  const text = `(${String(index).padStart(3, '0')}) ${name.padEnd(8)} ${operand}`;
  return isBranch ? `${text.padEnd(31)} jt ${index + 1 + raw.jumpTrue}\tjf ${index + 1 + raw.jumpFalse}` : text;
}

/** The name of an instruction and what it works on. */
function describe({ code, k }: RawInstruction, index: number): readonly [string, string] {
  const operand = code & 8 ? 'x' : `#${hexadecimal(k)}`;
  switch (code & 7) {
    case 0:
      return [loads[code & 0x18] ?? 'ld?', place(code, k)];
    case 1:
      return ['ldx', place(code, k)].map((part, at) => (at === 0 && code === 0xb1 ? 'ldxb' : part)) as [string, string];
    case 2:
      return ['st', `M[${k}]`];
    case 3:
      return ['stx', `M[${k}]`];
    case 4:
      return [operators[code >> 4] ?? 'alu?', code === 0x84 ? '' : code & 8 ? 'x' : shownConstant(code, k)];
    case 5:
      return [conditions[code >> 4] ?? 'j?', code === 0x05 ? String(index + 1 + (k | 0)) : operand];
    case 6:
      return ['ret', code & 0x10 ? '' : `#${k}`];
    default:
      return [code === 0x87 ? 'txa' : 'tax', ''];
  }
}

/** Masks are shown in hexadecimal, numbers that are counted with in decimal. */
function shownConstant(code: number, k: number): string {
  return ['or', 'and', 'xor'].includes(operators[code >> 4] ?? '') ? `#${hexadecimal(k)}` : `#${k}`;
}

function place(code: number, k: number): string {
  switch (code >> 5) {
    case 0:
      return `#${hexadecimal(k)}`;
    case 1:
      return `[${k | 0}]`;
    case 2:
      return `[x + ${k}]`;
    case 3:
      return `M[${k}]`;
    case 4:
      return '#pktlen';
    default:
      return `4*([${k}]&0xf)`;
  }
}

/** Initializers of an array of `struct sock_filter`, one a line. */
export function printInitializers(instructions: readonly RawInstruction[]): string {
  return instructions
    .map(({ code, jumpTrue, jumpFalse, k }) => {
      const wide = hexadecimal(k).slice(2).padStart(8, '0');
      return `{ ${hexadecimal(code)}, ${jumpTrue}, ${jumpFalse}, 0x${wide} },\n`;
    })
    .join('');
}
