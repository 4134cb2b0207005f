/** `Record`: the layout of keys and values of maps that carry no BTF, in the letters of Python's `struct` module. */
import { TsbpfError } from '../errors.js';
import { array, hostIsLittleEndian, integer } from './layout.js';
import type { FieldLayout, Layout } from './layout.js';

/** A letter (`'Q'`), a letter with a count (`'16s'`, `'4I'`), equal letters in a row, or named fields. */
export type RecordType = string | readonly string[] | readonly (readonly [name: string, type: RecordType])[];

export interface RecordOptions {
  /**
   * `'native'` is what C does on this machine: its byte order, every field aligned to its size. `'little'` and `'big'`
   * are that byte order, also aligned.
   */
  readonly byteOrder?: 'native' | 'little' | 'big';
  /** No padding between fields and at the end, as `__attribute__((packed))` in C. */
  readonly packed?: boolean;
}

interface Context {
  readonly littleEndian: boolean;
  readonly packed: boolean;
}

const integers: Readonly<Record<string, readonly [name: string, size: 1 | 2 | 4 | 8, signed: boolean]>> = {
  b: ['i8', 1, true],
  B: ['u8', 1, false],
  h: ['i16', 2, true],
  H: ['u16', 2, false],
  i: ['i32', 4, true],
  I: ['u32', 4, false],
  l: ['i64', 8, true],
  L: ['u64', 8, false],
  q: ['i64', 8, true],
  Q: ['u64', 8, false],
  n: ['i64', 8, true],
  N: ['u64', 8, false],
  P: ['pointer', 8, false],
};

/**
 * The layout of a key or value: `new Record([['uid', 'Q'], ['name', '16s'], ['point', [['x', 'i'], ['y', 'i']]]])`.
 *
 * Letters: `b B h H i I q Q` integers of 1, 2, 4, 8 bytes (`l L n N` as on 64-bit Linux: 8), `?` boolean, `f d` floating
 * point, `s` char array (a string), `P` pointer, `x` padding.
 */
class RecordLayout {
  readonly layout: Layout;

  /** @throws TsbpfError (TSBPF2018) for what is no such description. */
  constructor(type: RecordType, options: RecordOptions = {}) {
    const { byteOrder = 'native', packed = false } = options;
    if (!['native', 'little', 'big'].includes(byteOrder)) {
      throw wrong(String(byteOrder), "The byte order is 'native', 'little' or 'big'.");
    }
    const littleEndian = byteOrder === 'native' ? hostIsLittleEndian : byteOrder === 'little';
    this.layout = layoutOf(type, { littleEndian, packed });
  }

  /** Bytes that a value takes. */
  get size(): number {
    return this.layout.size;
  }
}

export { RecordLayout as Record };

function layoutOf(type: RecordType, context: Context): Layout {
  if (typeof type === 'string') return letterLayout(type, context);
  if (!Array.isArray(type) || type.length === 0) throw wrong(JSON.stringify(type) ?? String(type));
  if (type.every((item) => typeof item === 'string')) return sequenceLayout(type as readonly string[], context);
  return structLayout(type as readonly (readonly [string, RecordType])[], context);
}

function letterLayout(text: string, context: Context): Layout {
  const match = /^(\d*)([a-zA-Z?])$/.exec(text);
  if (!match) throw wrong(text);
  const [, digits = '', letter = ''] = match;
  const count = digits === '' ? 1 : Number(digits);
  if (letter === 's') return { kind: 'string', size: count };
  if (letter === 'x') return { kind: 'bytes', size: count };
  const element = scalarLayout(letter, text, context);
  if (digits === '') return element;
  return letter === 'B' ? { kind: 'bytes', size: count } : array(element, count);
}

function scalarLayout(letter: string, text: string, { littleEndian }: Context): Layout {
  if (letter === '?') return integer('boolean', 1, false, 'boolean', littleEndian);
  if (letter === 'f') return { kind: 'float', size: 4, littleEndian };
  if (letter === 'd') return { kind: 'float', size: 8, littleEndian };
  const found = integers[letter];
  if (!found) throw wrong(text);
  const [name, size, signed] = found;
  return integer(name, size, signed, size === 8 ? 'bigint' : 'number', littleEndian);
}

function sequenceLayout(letters: readonly string[], context: Context): Layout {
  if (letters.some((letter) => letter !== letters[0])) {
    throw wrong(
      JSON.stringify(letters),
      'An array has equal elements; for different ones name them: [["a", "I"], ["b", "B"]].',
    );
  }
  return array(letterLayout(letters[0] as string, context), letters.length);
}

function structLayout(pairs: readonly (readonly [string, RecordType])[], context: Context): Layout {
  const fields: FieldLayout[] = [];
  let offset = 0;
  let alignment = 1;
  for (const pair of pairs) {
    if (!Array.isArray(pair) || pair.length !== 2 || typeof pair[0] !== 'string') throw wrong(JSON.stringify(pair));
    const layout = layoutOf(pair[1], context);
    const own = context.packed ? 1 : alignmentOf(layout);
    alignment = Math.max(alignment, own);
    offset = roundUp(offset, own);
    if (!isPadding(pair[1])) fields.push({ name: pair[0], offset, layout });
    offset += layout.size;
  }
  return { kind: 'struct', name: 'record', size: roundUp(offset, alignment), fields };
}

function isPadding(type: RecordType): boolean {
  return typeof type === 'string' && type.endsWith('x');
}

function alignmentOf(layout: Layout): number {
  switch (layout.kind) {
    case 'integer':
    case 'float':
      return layout.size;
    case 'array':
      return alignmentOf(layout.element);
    case 'struct':
    case 'union':
      return Math.max(1, ...layout.fields.map((field) => alignmentOf(field.layout)));
    default:
      return 1;
  }
}

function roundUp(value: number, to: number): number {
  return Math.ceil(value / to) * to;
}

function wrong(
  text: string,
  hint = "Write letters ('I', '16s'), equal letters in a row (['Q', 'Q']) or fields ([['name', 'I']]).",
): TsbpfError {
  return new TsbpfError(`${text} describes no record.`, {
    code: 'TSBPF2018',
    operation: 'describe record',
    subject: text,
    hint,
  });
}
