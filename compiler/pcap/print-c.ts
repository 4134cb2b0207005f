/** A filter as one C function, instruction by instruction, as one would write it by hand for XDP. */
import { jumpTargets, usedSlots, type Condition, type Instruction, type Operand, type Operator } from './cbpf.js';
import { extensionWords } from './extensions.js';

const operators: Readonly<Record<Operator, string>> = {
  ...{ add: '+', sub: '-', mul: '*', div: '/', mod: '%', or: '|', and: '&', xor: '^', lsh: '<<', rsh: '>>' },
};
const comparisons: Readonly<Record<Condition, string>> = {
  ...{ equal: '==', greater: '>', greaterOrEqual: '>=', anyBit: '&' },
};

export class NotPrintable extends Error {}

/**
 * A function `matches(data, data_end, length)` that includes nothing.
 *
 * @param title the first line's comment, without its marks.
 * @throws NotPrintable where the filter asks for more than the bytes of the packet.
 */
export function printC(instructions: readonly Instruction[], title: string): string {
  const targets = jumpTargets(instructions);
  const variables = ['a = 0', 'x = 0', ...usedSlots(instructions).map((slot) => `m${slot} = 0`)].join(', ');
  const body = instructions.flatMap((instruction, at) => [
    ...(targets.has(at) ? [`l${at}:`] : []),
    ...statements(instruction).map((line) => `  ${line}`),
  ]);
  const text = title.replaceAll('*/', '* /').replaceAll('\n', ' ');
  return `/* ${text} */\n${prologue}  unsigned int ${variables};\n\n${body.join('\n')}\n}\n`;
}

const prologue = `#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define FROM_WIRE_16(value) __builtin_bswap16(value)
#define FROM_WIRE_32(value) __builtin_bswap32(value)
#else
#define FROM_WIRE_16(value) (value)
#define FROM_WIRE_32(value) (value)
#endif
#define LOAD_1(at) (*(const unsigned char *)(at))
#define LOAD_2(at) FROM_WIRE_16(*(const unsigned short *)(at))
#define LOAD_4(at) FROM_WIRE_32(*(const unsigned int *)(at))

/* data, data_end: what there is of the packet; length: how long it was on the wire. */
static inline __attribute__((always_inline)) _Bool matches(const unsigned char *data, const unsigned char *data_end,
                                                            unsigned int length)
{
`;

function statements(instruction: Instruction): readonly string[] {
  switch (instruction.op) {
    case 'constant':
      return [`${register(instruction.to)} = ${instruction.value}u;`];
    case 'length':
      // Where it is the difference of two addresses, compilers compute with these, which the verifier forbids.
      return [`${register(instruction.to)} = length;`, `__asm__("" : "+r"(${register(instruction.to)}));`];
    case 'packet':
      return read(instruction.size, instruction.offset, instruction.indexed);
    case 'headerLength':
      return [...test(instruction.offset + 1, false), `x = 4 * (LOAD_1(data + ${instruction.offset}u) & 15);`];
    case 'recall':
      return [`${register(instruction.to)} = m${instruction.slot};`];
    case 'store':
      return [`m${instruction.slot} = ${register(instruction.from)};`];
    case 'compute':
      return compute(instruction.operator, instruction.operand);
    case 'negate':
      return ['a = -a;'];
    case 'move':
      return [instruction.to === 'index' ? 'x = a;' : 'a = x;'];
    case 'jump':
      return [`goto l${instruction.target};`];
    case 'branch': {
      const { condition, operand, whenTrue, whenFalse } = instruction;
      return [`if (a ${comparisons[condition]} ${value(operand)}) goto l${whenTrue};`, `goto l${whenFalse};`];
    }
    case 'return':
      return [instruction.value === undefined ? 'return a != 0;' : `return ${instruction.value === 0 ? 0 : 1};`];
    case 'extension':
      throw new NotPrintable(extensionWords(instruction.extension));
  }
}

const register = (name: 'accumulator' | 'index'): string => (name === 'index' ? 'x' : 'a');
const value = (operand: Operand): string => (operand.kind === 'index' ? 'x' : `${operand.value}u`);

/** Offsets past 64 KiB are in no packet, and the verifier follows none. */
function test(end: number, indexed: boolean): readonly string[] {
  if (end > 0xffff) return ['return 0;'];
  if (!indexed) return [`if (data + ${end}u > data_end) return 0;`];
  return [`if (x > ${0xffff - end}u || data + x + ${end}u > data_end) return 0;`];
}

function read(size: number, offset: number, indexed: boolean): readonly string[] {
  const at = indexed ? `data + x + ${offset}u` : `data + ${offset}u`;
  return [...test(offset + size, indexed), `a = LOAD_${size}(${at});`];
}

function compute(operator: Operator, operand: Operand): readonly string[] {
  const right = value(operand);
  const plain = `a = a ${operators[operator]} ${right};`;
  switch (operator) {
    case 'div':
    case 'mod':
      return operand.kind === 'constant' && operand.value !== 0 ? [plain] : [`if (${right} == 0) return 0;`, plain];
    case 'lsh':
    case 'rsh':
      if (operand.kind === 'constant') return operand.value < 32 ? [plain] : ['a = 0;'];
      return [`a = x < 32 ? a ${operators[operator]} x : 0;`];
    default:
      return [plain];
  }
}
