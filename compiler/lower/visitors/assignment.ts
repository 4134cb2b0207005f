/** Assignments: plain, through patterns, with an operator, and with a condition. */
import { ts } from '../../typescript.js';
import type { AtomicOperator } from '../../ir/instructions.js';
import { i64, integerOfSize } from '../../ir/types.js';
import { constant, type IrValue } from '../../ir/values.js';
import { isScalar, type AggregateType } from '../../types/types.js';
import { arithmetic, type ArithmeticOperator } from '../arithmetic.js';
import type { LoweringContext } from '../context.js';
import { mayEndInZeros } from '../range.js';
import { bits64, convertTo, isPresent, narrow, scalar, toScalar, truth } from '../scalars.js';
import { keepStep, wrapStep } from '../loop-bound.js';
import { mayLieIn } from '../memory-paths.js';
import { materialize } from '../memory.js';
import { noteStore } from '../overwritten.js';
import { needsFallback } from '../target.js';
import { nothing, type Place, type Value } from '../values.js';
import { lowerPlace } from './access.js';
import { lowerExpression } from './index.js';
import { assignPattern } from './assignment-pattern.js';

const { SyntaxKind } = ts;

const ATOMIC: Partial<Record<ArithmeticOperator, AtomicOperator>> = {
  '+': 'add',
  '-': 'sub',
  '&': 'and',
  '|': 'or',
  '^': 'xor',
};

export function assign(node: ts.BinaryExpression, context: LoweringContext): Value {
  if (ts.isObjectLiteralExpression(node.left) || ts.isArrayLiteralExpression(node.left))
    return assignPattern(node.left, lowerExpression(node.right, context), context);
  const place = lowerPlace(node.left, context);
  const value = lowerExpression(node.right, context);
  context.at(node);
  place.store(detached(place, value, node.right, context), node.right);
  noteStore(place, context);
  return value;
}

/** `pair = { first: pair.second, second: pair.first }`: all of the literal is read before anything is written. */
function detached(place: Place, value: Value, node: ts.Node, context: LoweringContext): Value {
  const { address, type } = place;
  if (value.kind !== 'literal' || !address || isScalar(type)) return value;
  const isInside = (member: Value): boolean => {
    if (member.kind === 'literal') return [...member.members.values()].some(isInside);
    const inner = member.kind === 'optional' ? member.inner : member;
    return inner.kind === 'shared' || (inner.kind === 'reference' && isPartOf(address, inner.address, type, context));
  };
  if (!isInside(value)) return value;
  return { kind: 'reference', type, address: materialize(type, value, node, context), origin: 'stack' };
}

function isPartOf(place: IrValue, part: IrValue, whole: AggregateType, { builder }: LoweringContext): boolean {
  return mayLieIn(place, part, whole, builder.function_);
}

export function assignCompound(
  operator: ArithmeticOperator,
  node: ts.BinaryExpression,
  context: LoweringContext,
): Value {
  const place = lowerPlace(node.left, context);
  // What the right side does to the place comes too late for the value that is changed, as in JavaScript.
  const before = place.ensure || isAtomic(place, operator, node, context) ? undefined : place.load();
  const by = lowerExpression(node.right, context);
  context.at(node);
  return update(place, operator, by, node, context, before).after;
}

/**
 * Changes a place by an operator: one atomic instruction where that is promised, else a read and a write.
 *
 * @param loaded what was read of the place already.
 */
export function update(
  place: Place,
  operator: ArithmeticOperator,
  by: Value,
  node: ts.Node,
  context: LoweringContext,
  loaded?: Value,
): { before: Value; after: Value } {
  if (place.ensure) return update(place.ensure(), operator, by, node, context);
  const atomic = ATOMIC[operator];
  if (atomic && place.address && isAtomic(place, operator, node, context))
    return updateAtomically(place, place.address, operator, atomic, by, node, context);
  const before = loaded ?? place.load();
  const computed = arithmetic(operator, before, by, node, context);
  const converted = (value: Value) =>
    isScalar(place.type) && place.type.kind !== 'boolean' ? convertTo(place.type, value, node, context) : value;
  const isPostfix = ts.isPostfixUnaryExpression(node);
  const changed = isPostfix ? computed : (wrapStep(computed, place, node, context) ?? converted(computed));
  const step = keepStep({ before, after: changed }, place, node, context);
  const after = isPostfix ? converted(step.after) : step.after;
  place.store(after, node);
  return { before: step.before, after };
}

function isAtomic(place: Place, operator: ArithmeticOperator, node: ts.Node, context: LoweringContext): boolean {
  const atomic = ATOMIC[operator];
  return place.atomic && place.address !== undefined && atomic !== undefined && canBeAtomic(atomic, node, context);
}

/** Below v3, and before Linux 5.12, the kernel has an atomic addition only, which gives nothing back. */
function canBeAtomic(operator: AtomicOperator, node: ts.Node, context: LoweringContext): boolean {
  return !isOld(context) || ((operator === 'add' || operator === 'sub') && isStatement(node));
}

function isOld({ module: { options } }: LoweringContext): boolean {
  return options.cpu === 'v1' || options.cpu === 'v2' || needsFallback(5, 12, options);
}

function isStatement(node: ts.Node): boolean {
  return ts.isExpressionStatement(node.parent) || (ts.isForStatement(node.parent) && node.parent.incrementor === node);
}

function updateAtomically(
  place: Place,
  address: IrValue,
  operator: ArithmeticOperator,
  atomic: AtomicOperator,
  by: Value,
  node: ts.Node,
  context: LoweringContext,
): { before: Value; after: Value } {
  const { builder } = context;
  const { type } = place;
  if (type.kind !== 'integer') throw new Error('only integers are changed atomically');
  const amount = toScalar(by, node, context, type);
  const unit = integerOfSize(type.size);
  // LLVM makes an `or` of the addition of 0, for which levels below v3 and kernels before 5.12 have no instruction.
  const mayBeZero = mayEndInZeros(amount.range, 8 * type.size);
  const plain = bits64(amount, context);
  const bits = mayBeZero && (isOld(context) || by.kind === 'static') ? builder.opaque(plain) : plain;
  const raw = builder.resize(bits, unit, false);
  // The kernel has no atomic subtraction, and LLVM finds no instruction for some at v1.
  const old =
    atomic === 'sub'
      ? builder.atomic('add', address, builder.binary('sub', constant(unit, 0), raw))
      : builder.atomic(atomic, address, raw);
  if (isStatement(node)) return { before: nothing, after: nothing };
  const before = scalar(type, builder.resize(old, i64, type.signed));
  const after = arithmetic(operator, before, by, node, context);
  return { before, after: type.size === 8 ? after : narrow(type, after.value, after.range, context) };
}

export function assignLogical(node: ts.BinaryExpression, context: LoweringContext): Value {
  const { builder } = context;
  const place = lowerPlace(node.left, context);
  const before = place.load();
  const kind = node.operatorToken.kind;
  const store = builder.createBlock('assign');
  const done = builder.createBlock('assigned');
  if (kind === SyntaxKind.QuestionQuestionEqualsToken) {
    if (before.kind !== 'optional' && before.kind !== 'kernel') return before;
    const present = before.kind === 'kernel' ? truth(before, node.left, context) : isPresent(before, context);
    builder.branch(present, done, store);
  } else {
    const isTrue = truth(before, node.left, context);
    if (kind === SyntaxKind.AmpersandAmpersandEqualsToken) builder.branch(isTrue, store, done);
    else builder.branch(isTrue, done, store);
  }
  builder.start(store);
  place.store(lowerExpression(node.right, context), node.right);
  noteStore(place, context);
  builder.jump(done);
  builder.start(done);
  return place.load();
}
