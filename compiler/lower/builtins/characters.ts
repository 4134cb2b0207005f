/**
 * The characters of a text: `text[i]`, `charCodeAt`, `charAt`, and `for-of`. A character is a byte; past the end of
 * the text, where JavaScript has an `undefined` that the type does not admit, or NaN, the program ends.
 */
import type { ts } from '@ts-morph/bootstrap';
import { characterBeyondAscii, indexOutOfRange } from '../../diagnostics/index.js';
import type { Block } from '../../ir/instructions.js';
import { i64, i8 } from '../../ir/types.js';
import { constant, constant64, type IrValue } from '../../ir/values.js';
import { encode } from '../../types/encode.js';
import { arrayOf, charsOf, integers } from '../../types/types.js';
import type { LoweringContext } from '../context.js';
import { number, toScalar } from '../scalars.js';
import type { Reference, Value } from '../values.js';
import { elementAt } from '../visitors/access.js';

/** A text in memory, a constant one in `.rodata`; undefined for what is no text. */
export function textInMemory(value: Value, context: LoweringContext): Reference | undefined {
  if (value.kind === 'reference') return value.type.kind === 'chars' ? value : undefined;
  if (value.kind !== 'static' || typeof value.value !== 'string') return undefined;
  const type = charsOf(Math.max(1, new TextEncoder().encode(value.value).length));
  return {
    kind: 'reference',
    type,
    address: context.module.constantBytes(encode(type, value.value), 1),
    origin: 'constant',
  };
}

/** `text.charCodeAt(i)`. */
export function characterCode(text: Reference, index: Value, node: ts.Node, context: LoweringContext): Value {
  const byte = byteAt(text, index, node, context.exitBlock(), context);
  return number(context.builder.resize(byte, i64, false), { min: 0n, max: 255n });
}

/** `TEXT.charCodeAt(i)` of a constant: its UTF-16 units, which beyond ASCII are no bytes. */
export function constantCharacterCode(text: string, index: Value, node: ts.Node, context: LoweringContext): Value {
  const units = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
  const type = arrayOf(integers.u16, units.length);
  const address = context.module.constantBytes(encode(type, units), 2);
  return elementAt({ kind: 'reference', type, address, origin: 'constant' }, type, index, node, context).load();
}

/** A character of a constant text, which has to be ASCII: others are several bytes, or half of several. */
export function refuseBeyondAscii(text: Value, node: ts.Node, context: LoweringContext): void {
  if (text.kind === 'static' && typeof text.value === 'string' && isBeyondAscii(text.value))
    context.refuse(characterBeyondAscii(node, text.value));
}

export function isBeyondAscii(text: string): boolean {
  return Buffer.byteLength(text) !== text.length;
}

/** `text[i]`: a text of one character. */
export function characterAt(text: Reference, index: Value, node: ts.Node, context: LoweringContext): Value {
  return asText(byteAt(text, index, node, context.exitBlock(), context), context);
}

/** `text.charAt(i)`: the empty text past the end. */
export function characterOrNone(text: Reference, index: Value, node: ts.Node, context: LoweringContext): Value {
  const { builder } = context;
  const found = builder.allocate(1);
  builder.store(constant(i8, 0), found, 1);
  const done = builder.createBlock('character');
  builder.store(byteAt(text, index, node, done, context), found, 1);
  builder.jump(done);
  builder.start(done);
  return asText(builder.load(i8, found, 1), context);
}

/** A byte as a text, with a NUL behind it for those who print it. */
export function asText(byte: IrValue, context: LoweringContext): Reference {
  const { builder } = context;
  const address = builder.allocate(2);
  builder.store(byte, address, 1);
  builder.store(constant(i8, 0), builder.offset(address, 1), 1);
  return { kind: 'reference', type: charsOf(1), address, origin: 'copy' };
}

/** The byte at an index; goes `outside` where the text has ended before it. */
function byteAt(text: Reference, index: Value, node: ts.Node, outside: Block, context: LoweringContext): IrValue {
  const { builder } = context;
  const { size } = text.type;
  const at = toScalar(index, node, context);
  if (index.kind === 'static' && (at.range.min < 0n || at.range.max >= BigInt(size)))
    context.refuse(indexOutOfRange(node, String(index.value), size));
  let offset = at.value;
  if (index.kind !== 'static') {
    // As for arrays: LLVM would test what the index was made of, or compute the address before the test.
    const tested = builder.opaque(at.value);
    const inside = builder.createBlock('index');
    builder.branch(builder.compare('ult', tested, constant64(size)), inside, outside);
    builder.start(inside);
    offset = builder.opaque(tested, true);
  }
  // As for arrays: LLVM must not add the index by `or`, which the verifier refuses on pointers.
  const known = index.kind === 'static' || (text.origin !== 'stack' && text.origin !== 'shared');
  const base = known ? text.address : builder.opaque(text.address);
  const byte = builder.load(i8, builder.offset(base, offset), 1);
  const there = builder.createBlock('character');
  builder.branch(builder.compare('ne', byte, constant(i8, 0)), there, outside);
  builder.start(there);
  return byte;
}
