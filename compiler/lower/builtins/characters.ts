/**
 * The characters of a text: `text[i]`, `charCodeAt`, `charAt`. They are UTF-16 units, as in JavaScript; past the end of the
 * text, where JavaScript has an `undefined` that the type does not admit, or NaN, the program ends.
 */
import type { ts } from '@ts-morph/bootstrap';
import { indexOutOfRange } from '../../diagnostics/index.js';
import type { Block } from '../../ir/instructions.js';
import { i64, i8, integerOfSize } from '../../ir/types.js';
import { constant, constant64, type IrValue } from '../../ir/values.js';
import { encode } from '../../types/encode.js';
import { arrayOf, charsOf, integers } from '../../types/types.js';
import type { LoweringContext } from '../context.js';
import { number, toScalar } from '../scalars.js';
import type { Reference, Value } from '../values.js';
import { decodeForNow, storeCodePoint, unitAt } from './utf-8.js';

/** What a text is indexed in: memory, or a constant. */
export type IndexedText = Reference | { readonly kind: 'constant'; readonly text: string };

/** The text of a value; undefined for what is none. */
export function indexedText(value: Value): IndexedText | undefined {
  if (value.kind === 'static')
    return typeof value.value === 'string' ? { kind: 'constant', text: value.value } : undefined;
  return value.kind === 'reference' && value.type.kind === 'chars' ? value : undefined;
}

/** A constant text is put into `.rodata`. */
export function inMemory(text: IndexedText, context: LoweringContext): Reference {
  if (text.kind !== 'constant') return text;
  const type = charsOf(Math.max(1, new TextEncoder().encode(text.text).length));
  return {
    kind: 'reference',
    type,
    address: context.module.constantBytes(encode(type, text.text), 1),
    origin: 'constant',
  };
}

/** `text.charCodeAt(i)`. */
export function characterCode(text: IndexedText, index: Value, node: ts.Node, context: LoweringContext): Value {
  return number(codeAt(text, index, node, context.exitBlock(), context), { min: 0n, max: 0xffffn });
}

/** `text[i]`: a text of one character. */
export function characterAt(text: IndexedText, index: Value, node: ts.Node, context: LoweringContext): Value {
  return asText(codeAt(text, index, node, context.exitBlock(), context), context);
}

/** `text.charAt(i)`: the empty text past the end. */
export function characterOrNone(text: IndexedText, index: Value, node: ts.Node, context: LoweringContext): Value {
  const { builder } = context;
  const found = builder.allocate(8);
  builder.store(constant64(0), found, 8);
  const done = builder.createBlock('character');
  builder.store(codeAt(text, index, node, done, context), found, 8);
  builder.jump(done);
  builder.start(done);
  return asText(builder.load(i64, found, 8), context);
}

/**
 * A character as a text, with NULs behind it for those who print it.
 *
 * @param code a code point or UTF-16 unit; 0 is no character.
 */
export function asText(code: IrValue, context: LoweringContext): Reference {
  const address = context.builder.allocate(8);
  context.builder.store(constant64(0), address, 8);
  storeCodePoint(code, address, context);
  return { kind: 'reference', type: charsOf(4), address, origin: 'copy', character: code };
}

/** As many characters at the beginning of a text are looked at by themselves before those in front of them are counted. */
const NEAR = 8;

/** The unit at an index; goes `outside` where the text has ended before it. */
function codeAt(text: IndexedText, index: Value, node: ts.Node, outside: Block, context: LoweringContext): IrValue {
  if (text.kind === 'constant') return codeOfConstant(text.text, index, node, outside, context);
  const { size } = text.type;
  const at = toScalar(index, node, context);
  const units = () => text.units ?? decodeForNow(text, context);
  if (index.kind !== 'static') return unitAt(units(), at.value, outside, context);
  const position = Number(at.range.min);
  if (position < 0 || position >= size) context.refuse(indexOutOfRange(node, String(index.value), size));
  if (position >= NEAR || text.units) return unitAt(units(), at.value, outside, context);
  return nearUnit(text, position, outside, context);
}

/** Where all bytes until there are ASCII, it is the byte. */
function nearUnit(text: Reference, position: number, outside: Block, context: LoweringContext): IrValue {
  const { builder } = context;
  const bytes = Array.from({ length: position + 1 }, (_, index) =>
    builder.load(i8, builder.offset(text.address, index), 1),
  );
  // Of a NUL, and of what is beyond ASCII, one of the two has the highest bit.
  const marks = bytes.map((byte) => builder.binary('or', byte, builder.binary('sub', byte, constant(i8, 1))));
  const mark = marks.reduce((all, each) => builder.binary('or', all, each));
  const [plain, other, done] = ['ascii', 'other', 'character'].map((name) => builder.createBlock(name)) as [
    Block,
    Block,
    Block,
  ];
  const unit = builder.allocate(8);
  builder.branch(builder.compare('sge', mark, constant(i8, 0)), plain, other);
  builder.start(other);
  builder.store(unitAt(decodeForNow(text, context), constant64(position), outside, context), unit, 8);
  builder.jump(done);
  builder.start(plain);
  builder.store(builder.cast('zext', bytes.at(-1)!, i64), unit, 8);
  builder.jump(done);
  builder.start(done);
  return builder.load(i64, unit, 8);
}

/** A constant's units lie in `.rodata` one by one. */
function codeOfConstant(text: string, index: Value, node: ts.Node, outside: Block, context: LoweringContext): IrValue {
  const { builder } = context;
  const units = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
  const at = toScalar(index, node, context);
  if (index.kind === 'static') {
    const unit = units[Number(index.value)];
    return unit === undefined
      ? context.refuse(indexOutOfRange(node, String(index.value), units.length))
      : constant64(unit);
  }
  const element = units.some((unit) => unit > 0xff) ? integers.u16 : integers.u8;
  const address = context.module.constantBytes(encode(arrayOf(element, units.length), units), element.size);
  // As for arrays: LLVM would test what the index was made of, or compute the address before the test.
  const tested = builder.opaqueApart(at.value);
  const inside = builder.createBlock('index');
  builder.branch(builder.compare('ult', tested, constant64(units.length)), inside, outside);
  builder.start(inside);
  const offset = builder.binary('mul', builder.opaque(tested, true), constant64(element.size));
  const width = integerOfSize(element.size);
  return builder.cast('zext', builder.load(width, builder.offset(address, offset), element.size), i64);
}
