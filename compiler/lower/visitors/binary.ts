/** Binary operators: arithmetic and comparisons; logical ones and assignments stand in files of their own. */
import { ts } from '../../typescript.js';
import {
  comparisonNeverEqual,
  nullOrUndefined,
  objectComparison,
  operatorUnsupported,
  stringAtRunTime,
  wrappingComparison,
} from '../../diagnostics/index.js';
import { i1 } from '../../ir/types.js';
import { constant, type IrValue } from '../../ir/values.js';
import {
  arithmetic,
  comparedOperands,
  compareScalars,
  operands,
  type ArithmeticOperator,
  type Comparison,
} from '../arithmetic.js';
import { unwrap } from '../../discover/symbols.js';
import { assignedSymbols } from '../assigned.js';
import { compareText } from '../builtins/text.js';
import type { LoweringContext } from '../context.js';
import { divide, remainder } from '../division.js';
import { isKernelPresent, kernelAddress } from '../kernel-memory.js';
import { isNonNegative, quotientRange, remainderRange, SIGNED_32, UNSIGNED_32, within } from '../range.js';
import { bits64, boolean, fixedConstant, isPresent, number, presenceBit } from '../scalars.js';
import type { Scalar, Value } from '../values.js';
import { comparedAfterStep, countedTo, keepLoopBound } from '../loop-bound.js';
import { skipParentheses } from '../parentheses.js';
import { assign, assignCompound, assignLogical } from './assignment.js';
import { fold } from './fold.js';
import { lowerExpression } from './index.js';
import { lowerLogical } from './logical.js';

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

export function lowerBinary(node: ts.BinaryExpression, context: LoweringContext): Value {
  const kind = node.operatorToken.kind;
  const operator = ARITHMETIC[kind];
  if (operator) return lowerArithmetic(operator, node, context);
  const comparison = COMPARISONS[kind];
  if (comparison) return boolean(lowerComparison(comparison, node, false, context));
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
  const [a, b] = operands(lowerOperand(inner.left, context), lowerOperand(inner.right, context), inner, context);
  const plain = (value: Scalar) =>
    value.type.kind === 'boolean' || (value.type.kind === 'integer' && !value.type.bigint);
  if (!plain(a) || !plain(b)) return arithmetic(kind === SyntaxKind.SlashToken ? '/' : '%', a, b, inner, context);
  const left = { ...a, value: bits64(a, context) };
  const right = { ...b, value: bits64(b, context) };
  if (kind === SyntaxKind.PercentToken)
    return number(remainder(left, right, byZero, context), remainderRange(a.range, b.range));
  const positive = isNonNegative(a.range) && isNonNegative(b.range);
  return number(
    divide(left, right, { byZero, round }, context),
    positive ? quotientRange(a.range, b.range) : undefined,
  );
}

/** A constant that is `fixed` by its type is one beside integers, too: computed at build, it is a number like any other. */
function lowerOperand(node: ts.Expression, context: LoweringContext): Value {
  const value = lowerExpression(node, context);
  if (value.kind !== 'static' || typeof value.value !== 'number' || ts.isNumericLiteral(node)) return value;
  const type = context.module.types.tryConvert(context.checker.getTypeAtLocation(node));
  return type?.kind === 'fixed' && Number.isFinite(value.value) ? fixedConstant(value.value) : value;
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
  const left = rounded ?? lowerOperand(node.left, context);
  const right = lowerOperand(node.right, context);
  if (operator === '+' && (isText(left) || isText(right))) return context.refuse(stringAtRunTime(node));
  context.at(node);
  return arithmetic(operator, left, right, node, context);
}

/** A text, constant or not, that may be undefined. */
export function isText(value: Value): boolean {
  return (
    (value.kind === 'static' && typeof value.value === 'string') ||
    (value.kind === 'reference' && value.type.kind === 'chars') ||
    (value.kind === 'optional' && value.inner.kind === 'reference' && value.inner.type.kind === 'chars')
  );
}

/** A comparison for a branch to follow; undefined where the expression is none. */
export function lowerTest(node: ts.Expression, context: LoweringContext): IrValue | undefined {
  const operator = ts.isBinaryExpression(node) ? COMPARISONS[node.operatorToken.kind] : undefined;
  if (!operator || !ts.isBinaryExpression(node)) return undefined;
  context.at(node);
  const known = fold(node, context);
  return known ? constant(i1, known.value ? 1 : 0) : lowerComparison(operator, node, true, context);
}

/** A comparison as one bit. */
function lowerComparison(
  operator: Comparison,
  node: ts.BinaryExpression,
  branching: boolean,
  context: LoweringContext,
): IrValue {
  const left = lowerOperand(node.left, context);
  const right = lowerOperand(node.right, context);
  context.at(node);
  const equality = operator === '===' || operator === '!==';
  if (equality) {
    const never = comparedWithOther(node, left, right, context);
    if (never) return constant(i1, operator === '===' ? 0 : 1);
    const undefinedTest = compareWithUndefined(operator, left, right, branching, context);
    if (undefinedTest) return undefinedTest;
    if (left.kind === 'kernel' && right.kind === 'kernel') {
      const predicate = operator === '===' ? 'eq' : 'ne';
      return context.builder.compare(predicate, kernelAddress(left, context), kernelAddress(right, context));
    }
    if (isText(left) || isText(right)) return compareText(operator === '===', left, right, node, context);
    if (left.kind === 'reference' || right.kind === 'reference' || left.kind === 'literal' || right.kind === 'literal')
      context.refuse(objectComparison(node));
    const mixed = compareOptional(operator, left, right, node, context);
    if (mixed) return mixed;
  }
  let [a, b] = comparedOperands(left, right, node, context);
  refuseConstantComparison(operator, a, b, node, context);
  const counted = countedTo(operator, node);
  if (counted === 'left') a = keepLoopBound(a, context);
  if (counted === 'right') b = keepLoopBound(b, context);
  const after = comparedAfterStep(operator, a, b);
  if (after) [a, b] = after;
  if (equality && a.value.kind !== 'constant' && b.value.kind !== 'constant') {
    if (changesInLoop(node.left, context)) a = hidden(a, context);
    else if (changesInLoop(node.right, context)) b = hidden(b, context);
  }
  if (!context.keepsBounds || a.value.kind === 'constant') return compareScalars(operator, a, b, context);
  return compareScalars(operator, { ...a, value: context.builder.opaque(bits64(a, context)) }, b, context);
}

/**
 * Whether an operand is made of a variable that a loop may change. Where it equals what does not change, LLVM would go on with that,
 * and the verifier would see a loop that counts no more.
 */
function changesInLoop(node: ts.Node, context: LoweringContext): boolean {
  if (context.frame.targets.length === 0) return false;
  if (!ts.isIdentifier(node)) return ts.forEachChild(node, (child) => changesInLoop(child, context)) ?? false;
  const symbol = context.checker.getSymbolAtLocation(node);
  return symbol !== undefined && context.scope.find(symbol)?.kind === 'place';
}

function hidden(value: Scalar, context: LoweringContext): Scalar {
  return { ...value, value: context.builder.opaque(bits64(value, context)) };
}

/**
 * Whether `x === null` can never hold, since `x` is undefined where it is none, or the other way round.
 *
 * @throws Refused where `x` may be both.
 */
function comparedWithOther(node: ts.BinaryExpression, left: Value, right: Value, context: LoweringContext): boolean {
  const { EqualsEqualsEqualsToken, ExclamationEqualsEqualsToken } = SyntaxKind;
  const { kind } = node.operatorToken;
  if (kind !== EqualsEqualsEqualsToken && kind !== ExclamationEqualsEqualsToken) return false;
  const isNull = (value: Value) => value.kind === 'static' && value.value === null;
  const isUndefined = (value: Value) =>
    value.kind === 'nothing' || (value.kind === 'static' && value.value === undefined);
  const side = isNull(right) || isUndefined(right) ? node.left : node.right;
  const none = side === node.left ? right : left;
  if ((side === node.left ? left : right).kind !== 'optional' || !(isNull(none) || isUndefined(none))) return false;
  const type = context.checker.getTypeAtLocation(side);
  const has = (flag: ts.TypeFlags) => type.isUnion() && type.types.some(({ flags }) => flags & flag);
  if (has(ts.TypeFlags.Null) && has(ts.TypeFlags.Undefined)) context.refuse(nullOrUndefined(node));
  return has(ts.TypeFlags.Null) ? isUndefined(none) : isNull(none);
}

/** `===` and `!==` where one side is known to be undefined. */
export function compareWithUndefined(
  operator: Comparison,
  left: Value,
  right: Value,
  branching: boolean,
  context: LoweringContext,
): IrValue | undefined {
  const isUndefined = (value: Value) =>
    value.kind === 'nothing' || (value.kind === 'static' && (value.value === undefined || value.value === null));
  const other = isUndefined(right) ? left : isUndefined(left) ? right : undefined;
  if (!other) return undefined;
  const { builder } = context;
  if (other.kind === 'kernel') {
    const there = isKernelPresent(other, context);
    return operator === '===' ? builder.binary('xor', there, constant(i1, 1)) : there;
  }
  if (other.kind !== 'optional') return constant(i1, isUndefined(other) === (operator === '===') ? 1 : 0);
  const present = branching ? isPresent(other, context) : presenceBit(other, context);
  return operator === '===' ? builder.binary('xor', present, constant(i1, 1)) : present;
}

/** An undefined value equals no number. */
export function compareOptional(
  operator: Comparison,
  left: Value,
  right: Value,
  node: ts.Node,
  context: LoweringContext,
): IrValue | undefined {
  const optional = [left, right].filter((value) => value.kind === 'optional');
  if (optional.length === 0) return undefined;
  const { builder } = context;
  const [a, b] = comparedOperands(left, right, node, context);
  let both = compareScalars('===', a, b, context);
  for (const value of optional) both = builder.binary('and', isPresent(value, context), both);
  return operator === '===' ? both : builder.binary('xor', both, constant(i1, 1));
}

/** The expression that a value is made by: a name stands for its initializer, where nothing else is ever assigned to it. */
function madeBy(node: ts.Expression, context: LoweringContext): ts.Expression {
  const inner = unwrap(node) as ts.Expression;
  const symbol = ts.isIdentifier(inner) ? context.symbolOf(inner) : undefined;
  const declaration = symbol?.valueDeclaration;
  if (!symbol || !declaration || !ts.isVariableDeclaration(declaration) || !declaration.initializer) return inner;
  const changes = context.isReassigned(symbol, context.frame.function, (within) =>
    assignedSymbols(within, context.checker),
  );
  return changes || contains(declaration.initializer, inner) ? inner : madeBy(declaration.initializer, context);
}

function contains(outer: ts.Node, inner: ts.Node): boolean {
  return outer.getSourceFile() === inner.getSourceFile() && outer.pos <= inner.pos && inner.end <= outer.end;
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
    const inner = madeBy(side, context);
    const kind = ts.isBinaryExpression(inner) ? ARITHMETIC[inner.operatorToken.kind] : undefined;
    return kind === '&' || kind === '|' || kind === '^' || kind === '<<' || kind === '>>';
  };
  const outside = (value: Scalar) =>
    value.value.kind === 'constant' && value.range.min > SIGNED_32.max && value.range.max <= UNSIGNED_32.max;
  if (
    (operator === '===' || operator === '!==') &&
    ((isBitwise(node.left) && within(a.range, SIGNED_32) && outside(b)) ||
      (isBitwise(node.right) && within(b.range, SIGNED_32) && outside(a)))
  ) {
    const wide = a.type.kind === 'integer' && a.type.bigint;
    if (!wide) context.refuse(comparisonNeverEqual(node));
  }
  const isDifference = (side: ts.Expression) => {
    const inner = madeBy(side, context);
    if (ts.isPrefixUnaryExpression(inner)) return inner.operator === SyntaxKind.MinusToken;
    return ts.isBinaryExpression(inner) && inner.operatorToken.kind === SyntaxKind.MinusToken;
  };
  const unsigned64 = (value: Scalar) => value.type.kind === 'integer' && value.type.bigint && !value.type.signed;
  const isZero = (value: Scalar) => value.value.kind === 'constant' && value.range.min === 0n && value.range.max === 0n;
  const leftNegative = (operator === '<' || operator === '>=') && isDifference(node.left) && unsigned64(a) && isZero(b);
  const rightNegative =
    (operator === '>' || operator === '<=') && isDifference(node.right) && unsigned64(b) && isZero(a);
  if (leftNegative || rightNegative) context.refuse(wrappingComparison(node, 'u64'));
}
