/**
 * A filter as a TypeScript program, instruction by instruction. What classic BPF jumps to is the end of a labelled block,
 * and all blocks begin where the function does: jumps lead forward alone.
 */
import { successors, usedSlots, type Condition, type Instruction, type Operand, type Operator } from './cbpf.js';
import { extensionWords } from './extensions.js';
import { NotPrintable } from './print-c.js';

/**
 * A module with an XDP program that passes what matches, and drops all else.
 *
 * @param title the first line's comment, without its marks.
 * @throws NotPrintable where the filter asks for more than the bytes of the packet.
 */
export function printTypeScript(instructions: readonly Instruction[], title: string): string {
  const targets = instructions.map((_, at) => at).filter((at) => isTarget(at, instructions));
  const names = [...variablesOf(instructions), ...usedSlots(instructions).map((slot) => `m${slot}`)];
  const declared = names.map((name) => `  let ${name}: u32 = 0;\n`).join('');
  const opened = [...targets].reverse().map((at) => `  l${at}: {\n`);
  const body = instructions.map((instruction, at) => {
    const closed = targets.includes(at) ? `  }\n` : '';
    return (
      closed +
      statements(instruction, at)
        .map((line) => `  ${line}\n`)
        .join('')
    );
  });
  return [
    `// ${title.replaceAll('\n', ' ')}\n`,
    "import { XDP, xdp, u32 } from 'tsbpf';\n",
    "import type { PacketView } from 'tsbpf';\n\n",
    'function matches(packet: PacketView): boolean {\n',
    ...[declared, ...opened, ...body],
    '}\n\n',
    'export const filter = xdp((ctx) => (matches(ctx.packet) ? XDP.PASS : XDP.DROP));\n',
  ].join('');
}

/** The instruction behind a branch is where it goes on, no jump. */
function isTarget(at: number, instructions: readonly Instruction[]): boolean {
  return instructions.some(
    (one, from) => (one.op === 'jump' || one.op === 'branch') && from + 1 !== at && successors(one, from).includes(at),
  );
}

function variablesOf(instructions: readonly Instruction[]): readonly string[] {
  const text = instructions.flatMap((one, at) => statements(one, at)).join('\n');
  return ['a', 'x'].filter((name) => new RegExp(`\\b${name}\\b`).test(text));
}

const operators: Readonly<Record<Operator, string>> = {
  ...{ add: '+', sub: '-', mul: '*', div: '/', mod: '%', or: '|', and: '&', xor: '^', lsh: '<<', rsh: '>>>' },
};

function statements(instruction: Instruction, at: number): readonly string[] {
  switch (instruction.op) {
    case 'constant':
      return [`${register(instruction.to)} = ${instruction.value};`];
    case 'length':
      return [`${register(instruction.to)} = packet.byteLength;`];
    case 'packet':
      return read(instruction.size, instruction.offset, instruction.indexed);
    case 'headerLength':
      return [test(`${instruction.offset + 1}`), `x = (packet.getUint8(${instruction.offset}) & 15) << 2;`];
    case 'recall':
      return [`${register(instruction.to)} = m${instruction.slot};`];
    case 'store':
      return [`m${instruction.slot} = ${register(instruction.from)};`];
    case 'compute':
      return compute(instruction.operator, instruction.operand);
    case 'negate':
      return ['a = u32(-a);'];
    case 'move':
      return [instruction.to === 'index' ? 'x = a;' : 'a = x;'];
    case 'jump':
      return instruction.target === at + 1 ? [] : [`break l${instruction.target};`];
    case 'branch':
      return branch(instruction, at);
    case 'return':
      return [instruction.value === undefined ? 'return a !== 0;' : `return ${instruction.value !== 0};`];
    case 'extension':
      throw new NotPrintable(extensionWords(instruction.extension));
  }
}

const register = (name: 'accumulator' | 'index'): string => (name === 'index' ? 'x' : 'a');
const value = (operand: Operand): string => (operand.kind === 'index' ? 'x' : String(operand.value));
const test = (end: string): string => `if (packet.byteLength < ${end}) return false;`;

function read(size: number, offset: number, indexed: boolean): readonly string[] {
  const at = indexed ? `x + ${offset}` : String(offset);
  const end = indexed ? `x + ${offset + size}` : String(offset + size);
  return [test(end), `a = packet.getUint${size * 8}(${at});`];
}

const comparisons: Readonly<Record<Exclude<Condition, 'anyBit'>, readonly [string, string]>> = {
  equal: ['===', '!=='],
  greater: ['>', '<='],
  greaterOrEqual: ['>=', '<'],
};

function branch(
  { condition, operand, whenTrue, whenFalse }: Extract<Instruction, { op: 'branch' }>,
  at: number,
): readonly string[] {
  const right = value(operand);
  const holds = condition === 'anyBit' ? `(a & ${right}) !== 0` : `a ${comparisons[condition][0]} ${right}`;
  const fails = condition === 'anyBit' ? `(a & ${right}) === 0` : `a ${comparisons[condition][1]} ${right}`;
  if (whenTrue === at + 1) return whenFalse === at + 1 ? [] : [`if (${fails}) break l${whenFalse};`];
  return [`if (${holds}) break l${whenTrue};`, ...(whenFalse === at + 1 ? [] : [`break l${whenFalse};`])];
}

function compute(operator: Operator, operand: Operand): readonly string[] {
  const right = value(operand);
  const zero = operand.kind === 'constant' ? operand.value === 0 : undefined;
  switch (operator) {
    case 'div':
    case 'mod': {
      const computed = operator === 'div' ? `a = u32(a / ${right});` : `a = a % ${right};`;
      if (zero === true) return ['return false;'];
      return zero === false ? [computed] : ['if (x === 0) return false;', computed];
    }
    case 'lsh':
    case 'rsh':
      if (operand.kind === 'constant')
        return [operand.value < 32 ? `a = (a ${operators[operator]} ${right}) >>> 0;` : 'a = 0;'];
      return [`a = x < 32 ? (a ${operators[operator]} x) >>> 0 : 0;`];
    case 'or':
    case 'and':
    case 'xor':
      return [`a = (a ${operators[operator]} ${right}) >>> 0;`];
    default:
      return [`a = u32(a ${operators[operator]} ${right});`];
  }
}
