/** Binary operators and assignments. */
import { ts } from '../../typescript.js';
import {
  comparisonNeverEqual,
  objectComparison,
  operatorUnsupported,
  stringAtRunTime,
  unsupportedSyntax,
  wrappingComparison,
} from '../../diagnostics/index.js';
import type { AtomicOperator } from '../../ir/instructions.js';
import { i1, i64, integerOfSize } from '../../ir/types.js';
import { constant, type IrValue } from '../../ir/values.js';
import { isScalar } from '../../types/types.js';
import { arithmetic, compareScalars, operands, type ArithmeticOperator, type Comparison } from '../arithmetic.js';
import { compareText } from '../builtins/text.js';
import type { LoweringContext } from '../context.js';
import { divide, remainder } from '../division.js';
import { Merge } from '../merge.js';
import { SIGNED_32, UNSIGNED_32 } from '../range.js';
import { bits64, boolean, convertTo, isPresent, narrow, number, scalar, toScalar, truth } from '../scalars.js';
import { nothing, type Place, type Scalar, type Value } from '../values.js';
import { skipParentheses } from '../parentheses.js';
import { lowerPlace } from './access.js';
import { propertyName } from './literals.js';
import { memberOf } from './variables.js';
import { lowerExpression } from './index.js';

const { SyntaxKind } = ts;

const ARITHMETIC: Partial<Record<ts.SyntaxKind, ArithmeticOperator>> = {
  [SyntaxKind.PlusToken]: '+',
  [SyntaxKind.MinusToken]: '-',
  [SyntaxKind.AsteriskToken]: '*',
  [SyntaxKind.SlashToken]: '/',
  [SyntaxKind.PercentToken]: '%',
  [SyntaxKind.AsteriskAsteriskToken]: '**',
  [SyntaxKind.AmpersandToken]: '&',
  [SyntaxKind.BarToken]: '|',
  [SyntaxKind.CaretToken]: '^',
  [SyntaxKind.LessThanLessThanToken]: '<<',
  [SyntaxKind.GreaterThanGreaterThanToken]: '>>',
  [SyntaxKind.GreaterThanGreaterThanGreaterThanToken]: '>>>',
};

const COMPOUND: Partial<Record<ts.SyntaxKind, ArithmeticOperator>> = {
  [SyntaxKind.PlusEqualsToken]: '+',
  [SyntaxKind.MinusEqualsToken]: '-',
  [SyntaxKind.AsteriskEqualsToken]: '*',
  [SyntaxKind.SlashEqualsToken]: '/',
  [SyntaxKind.PercentEqualsToken]: '%',
  [SyntaxKind.AsteriskAsteriskEqualsToken]: '**',
  [SyntaxKind.AmpersandEqualsToken]: '&',
  [SyntaxKind.BarEqualsToken]: '|',
  [SyntaxKind.CaretEqualsToken]: '^',
  [SyntaxKind.LessThanLessThanEqualsToken]: '<<',
  [SyntaxKind.GreaterThanGreaterThanEqualsToken]: '>>',
  [SyntaxKind.GreaterThanGreaterThanGreaterThanEqualsToken]: '>>>',
};

const COMPARISONS: Partial<Record<ts.SyntaxKind, Comparison>> = {
  [SyntaxKind.EqualsEqualsEqualsToken]: '===',
  [SyntaxKind.EqualsEqualsToken]: '===',
  [SyntaxKind.ExclamationEqualsEqualsToken]: '!==',
  [SyntaxKind.ExclamationEqualsToken]: '!==',
  [SyntaxKind.LessThanToken]: '<',
  [SyntaxKind.LessThanEqualsToken]: '<=',
  [SyntaxKind.GreaterThanToken]: '>',
  [SyntaxKind.GreaterThanEqualsToken]: '>=',
};

const ATOMIC: Partial<Record<ArithmeticOperator, AtomicOperator>> = {
  '+': 'add',
  '-': 'sub',
  '&': 'and',
  '|': 'or',
  '^': 'xor',
};

export function lowerBinary(node: ts.BinaryExpression, context: LoweringContext): Value {
  const kind = node.operatorToken.kind;
  const operator = ARITHMETIC[kind];
  if (operator) return lowerArithmetic(operator, node, context);
  const comparison = COMPARISONS[kind];
  if (comparison) return boolean(lowerComparison(comparison, node, context));
  const compound = COMPOUND[kind];
  if (compound) return assignCompound(compound, node, context);
  switch (kind) {
    case SyntaxKind.EqualsToken:
      return assign(node, context);
    case SyntaxKind.CommaToken:
      lowerExpression(node.left, context);
      return lowerExpression(node.right, context);
    case SyntaxKind.AmpersandAmpersandToken:
    case SyntaxKind.BarBarToken:
    case SyntaxKind.QuestionQuestionToken:
      return lowerLogical(node, context);
    case SyntaxKind.AmpersandAmpersandEqualsToken:
    case SyntaxKind.BarBarEqualsToken:
    case SyntaxKind.QuestionQuestionEqualsToken:
      return assignLogical(node, context);
    default:
      return context.refuse(operatorUnsupported(node.operatorToken, node.operatorToken.getText()));
  }
}

/** `a / b` and `a % b` where what is around them makes an integer of any result: `| 0`, `>>> 0`, `u32(…)`. */
export function lowerRounded(
  node: ts.Expression,
  byZero: 'exit' | 'zero',
  round: 'truncate' | 'floor',
  context: LoweringContext,
): Scalar | undefined {
  const inner = skipParentheses(node);
  if (!ts.isBinaryExpression(inner)) return undefined;
  const kind = inner.operatorToken.kind;
  if (kind !== SyntaxKind.SlashToken && kind !== SyntaxKind.PercentToken) return undefined;
  const [a, b] = operands(lowerExpression(inner.left, context), lowerExpression(inner.right, context), inner, context);
  const plain = (value: Scalar) =>
    value.type.kind === 'boolean' || (value.type.kind === 'integer' && !value.type.bigint);
  if (!plain(a) || !plain(b)) return arithmetic(kind === SyntaxKind.SlashToken ? '/' : '%', a, b, inner, context);
  const left = { ...a, value: bits64(a, context) };
  const right = { ...b, value: bits64(b, context) };
  if (kind === SyntaxKind.PercentToken) return number(remainder(left, right, byZero, context));
  const positive = a.range.min >= 0n && b.range.min >= 0n;
  return number(divide(left, right, { byZero, round }, context), positive ? { min: 0n, max: a.range.max } : undefined);
}

function lowerArithmetic(operator: ArithmeticOperator, node: ts.BinaryExpression, context: LoweringContext): Value {
  const bitwise =
    operator === '|' ||
    operator === '&' ||
    operator === '^' ||
    operator === '>>>' ||
    operator === '>>' ||
    operator === '<<';
  const rounded = bitwise ? lowerRounded(node.left, 'zero', 'truncate', context) : undefined;
  const left = rounded ?? lowerExpression(node.left, context);
  const right = lowerExpression(node.right, context);
  if (operator === '+' && (isText(left) || isText(right))) return context.refuse(stringAtRunTime(node));
  context.at(node);
  return arithmetic(operator, left, right, node, context);
}

function isText(value: Value): boolean {
  return (
    (value.kind === 'static' && typeof value.value === 'string') ||
    (value.kind === 'reference' && value.type.kind === 'chars') ||
    (value.kind === 'optional' && value.inner.kind === 'reference' && value.inner.type.kind === 'chars')
  );
}

/** A comparison as one bit. */
function lowerComparison(operator: Comparison, node: ts.BinaryExpression, context: LoweringContext): IrValue {
  const left = lowerExpression(node.left, context);
  const right = lowerExpression(node.right, context);
  context.at(node);
  const equality = operator === '===' || operator === '!==';
  if (equality) {
    const undefinedTest = compareWithUndefined(operator, left, right, context);
    if (undefinedTest) return undefinedTest;
    if (isText(left) || isText(right)) return compareText(operator === '===', left, right, node, context);
    if (left.kind === 'reference' || right.kind === 'reference' || left.kind === 'literal' || right.kind === 'literal')
      context.refuse(objectComparison(node));
    const mixed = compareOptional(operator, left, right, node, context);
    if (mixed) return mixed;
  }
  const [a, b] = operands(left, right, node, context);
  refuseConstantComparison(operator, a, b, node, context);
  return compareScalars(operator, a, b, context);
}

function compareWithUndefined(
  operator: Comparison,
  left: Value,
  right: Value,
  context: LoweringContext,
): IrValue | undefined {
  const isUndefined = (value: Value) =>
    value.kind === 'nothing' || (value.kind === 'static' && (value.value === undefined || value.value === null));
  const other = isUndefined(right) ? left : isUndefined(left) ? right : undefined;
  if (!other) return undefined;
  const { builder } = context;
  if (other.kind !== 'optional') return constant(i1, isUndefined(other) === (operator === '===') ? 1 : 0);
  const present = isPresent(other, context);
  return operator === '===' ? builder.binary('xor', present, constant(i1, 1)) : present;
}

/** An undefined value equals no number. */
function compareOptional(
  operator: Comparison,
  left: Value,
  right: Value,
  node: ts.Node,
  context: LoweringContext,
): IrValue | undefined {
  const optional = [left, right].filter((value) => value.kind === 'optional');
  if (optional.length === 0) return undefined;
  const { builder } = context;
  const [a, b] = operands(left, right, node, context);
  let both = compareScalars('===', a, b, context);
  for (const value of optional) both = builder.binary('and', isPresent(value, context), both);
  return operator === '===' ? both : builder.binary('xor', both, constant(i1, 1));
}

/** What is always false by the rules of JavaScript's 32-bit operators, or by wrapping, was not meant. */
function refuseConstantComparison(
  operator: Comparison,
  a: Scalar,
  b: Scalar,
  node: ts.BinaryExpression,
  context: LoweringContext,
): void {
  const isBitwise = (side: ts.Expression) => {
    const inner = skipParentheses(side);
    const kind = ts.isBinaryExpression(inner) ? ARITHMETIC[inner.operatorToken.kind] : undefined;
    return kind === '&' || kind === '|' || kind === '^' || kind === '<<' || kind === '>>';
  };
  const outside = (value: Scalar) =>
    value.value.kind === 'constant' && value.range.min > SIGNED_32.max && value.range.max <= UNSIGNED_32.max;
  if (
    (operator === '===' || operator === '!==') &&
    ((isBitwise(node.left) && outside(b)) || (isBitwise(node.right) && outside(a)))
  ) {
    const wide = a.type.kind === 'integer' && a.type.bigint;
    if (!wide) context.refuse(comparisonNeverEqual(node));
  }
  const isDifference = (side: ts.Expression) => {
    const inner = skipParentheses(side);
    return ts.isBinaryExpression(inner) && inner.operatorToken.kind === SyntaxKind.MinusToken;
  };
  const unsigned64 = (value: Scalar) => value.type.kind === 'integer' && value.type.bigint && !value.type.signed;
  const isZero = (value: Scalar) => value.value.kind === 'constant' && value.range.min === 0n && value.range.max === 0n;
  const leftNegative = (operator === '<' || operator === '>=') && isDifference(node.left) && unsigned64(a) && isZero(b);
  const rightNegative =
    (operator === '>' || operator === '<=') && isDifference(node.right) && unsigned64(b) && isZero(a);
  if (leftNegative || rightNegative) context.refuse(wrappingComparison(node, 'u64'));
}

function lowerLogical(node: ts.BinaryExpression, context: LoweringContext): Value {
  const { builder } = context;
  const kind = node.operatorToken.kind;
  const left = lowerExpression(node.left, context);
  const decided = decideLogical(kind, left);
  if (decided !== undefined) return decided ? left : lowerExpression(node.right, context);
  const other = builder.createBlock('other');
  const keep = builder.createBlock('keep');
  const merge = new Merge(context);
  if (kind === SyntaxKind.QuestionQuestionToken) {
    if (left.kind !== 'optional') return left;
    builder.branch(isPresent(left, context), keep, other);
  } else {
    const isTrue = truth(left, node.left, context);
    if (kind === SyntaxKind.AmpersandAmpersandToken) builder.branch(isTrue, other, keep);
    else builder.branch(isTrue, keep, other);
  }
  builder.start(keep);
  merge.arrive(
    kind === SyntaxKind.QuestionQuestionToken && left.kind === 'optional' ? left.inner : falsyResult(kind, left, node),
    node.left,
  );
  builder.start(other);
  merge.arrive(lowerExpression(node.right, context), node.right);
  return merge.finish();
}

/** `undefined && x` where only its truth is asked: JavaScript gives `undefined`, which tests as false does. */
function falsyResult(kind: ts.SyntaxKind, left: Value, node: ts.BinaryExpression): Value {
  if (kind !== SyntaxKind.AmpersandAmpersandToken || !usedAsCondition(node)) {
    return kind === SyntaxKind.BarBarToken && left.kind === 'optional' ? left.inner : left;
  }
  return boolean(constant(i1, 0));
}

function usedAsCondition(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isParenthesizedExpression(parent)) return usedAsCondition(parent);
  if (ts.isIfStatement(parent) || ts.isWhileStatement(parent) || ts.isDoStatement(parent))
    return parent.expression === node;
  if (ts.isConditionalExpression(parent)) return parent.condition === node || usedAsCondition(parent);
  if (ts.isForStatement(parent)) return parent.condition === node;
  if (ts.isPrefixUnaryExpression(parent)) return parent.operator === SyntaxKind.ExclamationToken;
  if (!ts.isBinaryExpression(parent)) return false;
  const kind = parent.operatorToken.kind;
  return (kind === SyntaxKind.AmpersandAmpersandToken || kind === SyntaxKind.BarBarToken) && usedAsCondition(parent);
}

/** Whether a constant left side is the result; undefined where it is no constant. */
function decideLogical(kind: ts.SyntaxKind, left: Value): boolean | undefined {
  if (left.kind === 'nothing') return kind === SyntaxKind.AmpersandAmpersandToken;
  if (left.kind !== 'static') return undefined;
  if (kind === SyntaxKind.QuestionQuestionToken) return left.value !== undefined && left.value !== null;
  return kind === SyntaxKind.AmpersandAmpersandToken ? !left.value : Boolean(left.value);
}

/**
 * Branches on a condition, without making a value of `&&`, `||` and `!`.
 */
export function lowerCondition(
  node: ts.Expression,
  whenTrue: Parameters<LoweringContext['builder']['jump']>[0],
  whenFalse: typeof whenTrue,
  context: LoweringContext,
): void {
  const { builder } = context;
  const inner = skipParentheses(node);
  if (ts.isPrefixUnaryExpression(inner) && inner.operator === SyntaxKind.ExclamationToken)
    return lowerCondition(inner.operand, whenFalse, whenTrue, context);
  if (ts.isBinaryExpression(inner)) {
    const kind = inner.operatorToken.kind;
    if (kind === SyntaxKind.AmpersandAmpersandToken || kind === SyntaxKind.BarBarToken) {
      const next = builder.createBlock('and');
      if (kind === SyntaxKind.AmpersandAmpersandToken) lowerCondition(inner.left, next, whenFalse, context);
      else lowerCondition(inner.left, whenTrue, next, context);
      builder.start(next);
      return lowerCondition(inner.right, whenTrue, whenFalse, context);
    }
  }
  const value = lowerExpression(inner as ts.Expression, context);
  builder.branch(truth(value, inner, context), whenTrue, whenFalse);
}

function assign(node: ts.BinaryExpression, context: LoweringContext): Value {
  if (ts.isObjectLiteralExpression(node.left) || ts.isArrayLiteralExpression(node.left))
    return assignParts(node.left, node, context);
  const place = lowerPlace(node.left, context);
  const value = lowerExpression(node.right, context);
  context.at(node);
  place.store(value, node.right);
  return value;
}

/** `[a, b] = [b, a]`, `({ x, y: z } = point)`: all parts are read before the first is written. */
function assignParts(
  pattern: ts.ObjectLiteralExpression | ts.ArrayLiteralExpression,
  node: ts.BinaryExpression,
  context: LoweringContext,
): Value {
  const value = lowerExpression(node.right, context);
  const targets = ts.isArrayLiteralExpression(pattern)
    ? pattern.elements.map((target, index) => ({ target, name: index }))
    : pattern.properties.map((property) => {
        if (ts.isShorthandPropertyAssignment(property)) return { target: property.name, name: property.name.text };
        if (ts.isPropertyAssignment(property))
          return { target: property.initializer, name: propertyName(property.name, context) };
        return context.refuse(unsupportedSyntax(property, 'This part of a pattern'));
      });
  const parts = targets
    .filter(({ target }) => !ts.isOmittedExpression(target))
    .map(({ target, name }) => ({ target, part: memberOf(value, name, target, context) }));
  for (const { target, part } of parts) lowerPlace(target, context).store(part, target);
  return value;
}

function assignCompound(operator: ArithmeticOperator, node: ts.BinaryExpression, context: LoweringContext): Value {
  const place = lowerPlace(node.left, context);
  const by = lowerExpression(node.right, context);
  context.at(node);
  return update(place, operator, by, node, context).after;
}

/** Changes a place by an operator: one atomic instruction where that is promised, else a read and a write. */
export function update(
  place: Place,
  operator: ArithmeticOperator,
  by: Value,
  node: ts.Node,
  context: LoweringContext,
): { before: Value; after: Value } {
  if (place.ensure) return update(place.ensure(), operator, by, node, context);
  const atomic = ATOMIC[operator];
  if (place.atomic && place.address && atomic && canBeAtomic(atomic, node, context))
    return updateAtomically(place, place.address, operator, atomic, by, node, context);
  const before = place.load();
  const computed = arithmetic(operator, before, by, node, context);
  const after =
    isScalar(place.type) && place.type.kind !== 'boolean' ? convertTo(place.type, computed, node, context) : computed;
  place.store(after, node);
  return { before, after };
}

/** Below v3 the kernel has an atomic addition only, which gives nothing back. */
function canBeAtomic(operator: AtomicOperator, node: ts.Node, context: LoweringContext): boolean {
  const old = context.module.options.cpu === 'v1' || context.module.options.cpu === 'v2';
  return !old || ((operator === 'add' || operator === 'sub') && isStatement(node));
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
  const old = builder.atomic(atomic, address, builder.resize(bits64(amount, context), unit, false));
  if (isStatement(node)) return { before: nothing, after: nothing };
  const before = scalar(type, builder.resize(old, i64, type.signed));
  const after = arithmetic(operator, before, by, node, context);
  return { before, after: type.size === 8 ? after : narrow(type, after.value, after.range, context) };
}

function assignLogical(node: ts.BinaryExpression, context: LoweringContext): Value {
  const { builder } = context;
  const place = lowerPlace(node.left, context);
  const before = place.load();
  const kind = node.operatorToken.kind;
  const store = builder.createBlock('assign');
  const done = builder.createBlock('assigned');
  if (kind === SyntaxKind.QuestionQuestionEqualsToken) {
    if (before.kind !== 'optional') return before;
    builder.branch(isPresent(before, context), done, store);
  } else {
    const isTrue = truth(before, node.left, context);
    if (kind === SyntaxKind.AmpersandAmpersandEqualsToken) builder.branch(isTrue, store, done);
    else builder.branch(isTrue, done, store);
  }
  builder.start(store);
  place.store(lowerExpression(node.right, context), node.right);
  builder.jump(done);
  builder.start(done);
  return place.load();
}
