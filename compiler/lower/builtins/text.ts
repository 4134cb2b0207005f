/** `CharArray<N>` and constants: the comparisons that strings have in the kernel. */
import { ts } from '../../typescript.js';
import { constantDoesNotFit, notCallable, stringAtRunTime } from '../../diagnostics/index.js';
import type { Block } from '../../ir/instructions.js';
import { i1, i8 } from '../../ir/types.js';
import { constant, constant64, trueValue, type IrValue } from '../../ir/values.js';
import { typeName } from '../../types/types.js';
import type { LoweringContext } from '../context.js';
import { boolean, isPresent, presenceBit } from '../scalars.js';
import type { Optional, Reference, Value } from '../values.js';
import { lowerArgument } from './arguments.js';
import { characterCode, characterOrNone, inMemory, type IndexedText } from './characters.js';

/** `a === b` of texts, of which at most one is a constant. */
export function compareText(
  equal: boolean,
  left: Value,
  right: Value,
  node: ts.Node,
  context: LoweringContext,
): IrValue {
  const [a, b] = [left, right].map((value) => (value.kind === 'optional' ? value.inner : value)) as [Value, Value];
  const optional = [left, right].filter((value) => value.kind === 'optional');
  const same =
    optional.length > 0
      ? samePresence(optional, () => sameText(a, b, node, context), context)
      : sameText(a, b, node, context);
  return equal ? same : context.builder.binary('xor', same, constant(i1, 1));
}

/** What is undefined equals no text, and is not read; two that are undefined are equal. */
function samePresence([first, second]: readonly Optional[], compare: () => IrValue, context: LoweringContext): IrValue {
  const { builder } = context;
  const result = builder.allocate(1);
  const store = (value: IrValue) => builder.store(builder.cast('zext', value, i8), result, 1);
  store(constant(i1, 0));
  const [there, missing, compared] = ['there', 'missing', 'compared'].map((name) => builder.createBlock(name)) as [
    Block,
    Block,
    Block,
  ];
  builder.branch(isPresent(first!, context), there, missing);
  builder.start(missing);
  if (second) store(builder.binary('xor', presenceBit(second, context), trueValue));
  builder.jump(compared);
  builder.start(there);
  if (second) {
    const both = builder.createBlock('both');
    builder.branch(isPresent(second, context), both, compared);
    builder.start(both);
  }
  store(compare());
  builder.jump(compared);
  builder.start(compared);
  return builder.compare('ne', builder.load(i8, result, 1), constant(i8, 0));
}

function sameText(a: Value, b: Value, node: ts.Node, context: LoweringContext): IrValue {
  if (a.kind === 'static')
    return b.kind === 'static' ? constant(i1, a.value === b.value ? 1 : 0) : sameText(b, a, node, context);
  if (a.kind !== 'reference' || a.type.kind !== 'chars') return context.refuse(stringAtRunTime(node));
  const known = a.character && sameCharacter(a.character, b, context);
  if (known) return known;
  if (b.kind === 'static' && typeof b.value === 'string')
    return startsWith(a, encode(b.value, a, node, context), true, context);
  if (b.kind !== 'reference' || b.type.kind !== 'chars') return context.refuse(stringAtRunTime(node));
  const shorter = Math.min(a.type.length, b.type.length);
  const pairs = Array.from({ length: shorter }, (_, index): [IrValue, IrValue] => [
    byte(a, index, context),
    byte(b, index, context),
  ]);
  const longer = a.type.length > b.type.length ? a : b;
  for (let index = shorter; index < longer.type.size; index++)
    pairs.push([byte(longer, index, context), constant(i8, 0)]);
  return allEqual(pairs, context);
}

/** Of a character that is known as a number; undefined where the other side is none. */
function sameCharacter(character: IrValue, other: Value, { builder }: LoweringContext): IrValue | undefined {
  if (other.kind === 'reference') return other.character && builder.compare('eq', character, other.character);
  if (other.kind !== 'static' || typeof other.value !== 'string') return undefined;
  const [wanted = 0, ...more] = Array.from(other.value, (each) => each.codePointAt(0)!);
  return more.length > 0 ? constant(i1, 0) : builder.compare('eq', character, constant64(wanted));
}

function encode(text: string, reference: Reference, node: ts.Node, context: LoweringContext): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length > reference.type.size)
    context.refuse(constantDoesNotFit(node, JSON.stringify(text), typeName(reference.type)));
  return bytes;
}

function startsWith(reference: Reference, bytes: Uint8Array, whole: boolean, context: LoweringContext): IrValue {
  const pairs = [...bytes].map((expected, index): [IrValue, IrValue] => [
    byte(reference, index, context),
    constant(i8, expected),
  ]);
  if (whole && bytes.length < reference.type.size)
    pairs.push([byte(reference, bytes.length, context), constant(i8, 0)]);
  return allEqual(pairs, context);
}

function byte(reference: Reference, index: number, { builder }: LoweringContext): IrValue {
  return builder.load(i8, builder.offset(reference.address, index), 1);
}

/** Without branches: the differences of all pairs are none. */
function allEqual(pairs: readonly [IrValue, IrValue][], { builder }: LoweringContext): IrValue {
  if (pairs.length === 0) return trueValue;
  const difference = pairs.map(([a, b]) => builder.binary('xor', a, b)).reduce((a, b) => builder.binary('or', a, b));
  return builder.compare('eq', difference, constant(i8, 0));
}

export function callTextMethod(
  receiver: IndexedText,
  name: string,
  node: ts.CallExpression,
  context: LoweringContext,
): Value {
  const [first, second] = node.arguments;
  if (name === 'charCodeAt') return characterCode(receiver, positionOf(node, context), first ?? node, context);
  if (name === 'charAt') return characterOrNone(receiver, positionOf(node, context), first ?? node, context);
  if (name !== 'startsWith' || second) return context.refuse(notCallable(second ?? node.expression, name));
  const text = inMemory(receiver, context);
  const prefix = lowerArgument(node, 0, context);
  if (prefix.kind === 'static' && typeof prefix.value === 'string')
    return boolean(startsWith(text, encode(prefix.value, text, node, context), false, context));
  if (prefix.kind === 'reference' && prefix.type.kind === 'chars')
    return boolean(startsWithText(text, prefix, context));
  return context.refuse(stringAtRunTime(node));
}

/** Without an argument JavaScript takes 0. */
function positionOf(node: ts.CallExpression, context: LoweringContext): Value {
  return node.arguments.length === 0 ? { kind: 'static', value: 0 } : lowerArgument(node, 0, context);
}

/** Whether the bytes before the prefix's NUL, or its end, are the text's own. */
function startsWithText(text: Reference, prefix: Reference, context: LoweringContext): IrValue {
  const { builder } = context;
  let going: IrValue = trueValue;
  let difference: IrValue = constant(i8, 0);
  for (let index = 0; index < prefix.type.size; index++) {
    const wanted = byte(prefix, index, context);
    const found = index < text.type.size ? byte(text, index, context) : constant(i8, 0);
    going = builder.binary('and', going, builder.compare('ne', wanted, constant(i8, 0)));
    const differs = builder.select(going, builder.binary('xor', found, wanted), constant(i8, 0));
    difference = builder.binary('or', difference, differs);
  }
  return builder.compare('eq', difference, constant(i8, 0));
}

/** `equal(a, b)` of byte arrays. */
export function compareBytes(a: Value, b: Value, node: ts.Node, context: LoweringContext): IrValue {
  const left = a.kind === 'optional' ? a.inner : a;
  const right = b.kind === 'optional' ? b.inner : b;
  if (left.kind === 'static')
    return right.kind === 'static'
      ? constant(i1, sameBytes(left.value, right.value) ? 1 : 0)
      : compareBytes(right, left, node, context);
  if (left.kind !== 'reference') return context.refuse(notCallable(node, 'equal'));
  const { size } = left.type;
  if (right.kind === 'static') {
    const bytes = Array.from(right.value as ArrayLike<number>);
    if (bytes.length !== size) return constant(i1, 0);
    return allEqual(
      bytes.map((value, index) => [byte(left, index, context), constant(i8, value)]),
      context,
    );
  }
  if (right.kind !== 'reference') return context.refuse(notCallable(node, 'equal'));
  if (right.type.size !== size) return constant(i1, 0);
  return allEqual(
    Array.from({ length: size }, (_, index) => [byte(left, index, context), byte(right, index, context)]),
    context,
  );
}

function sameBytes(a: unknown, b: unknown): boolean {
  const [left, right] = [Array.from(a as ArrayLike<number>), Array.from(b as ArrayLike<number>)];
  return left.length === right.length && left.every((value, index) => value === right[index]);
}
