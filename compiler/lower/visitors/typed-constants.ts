/**
 * Operators on constants of `u64`, `i64` and `fixed`. The evaluator computes as JavaScript does, with bigints of any
 * size and with fractions; the kernel wraps at 64 bits, and `fixed` counts 1/100000. In a program function constants
 * mean what they would as variables, so that these operators are computed here, as the kernel does.
 */
import { ts } from '../../typescript.js';
import { unwrap } from '../../discover/symbols.js';
import { fixedBits } from '../../types/encode.js';
import { fixedType, integers, type ScalarType } from '../../types/types.js';
import type { LoweringContext } from '../context.js';
import { rangeOf } from '../range.js';
import type { Static } from '../values.js';

const { SyntaxKind } = ts;
const FIXED_SCALE = 100000n;

/** What the evaluator says of a part of an expression; undefined where it has no value at build. */
export type ValueOf = (node: ts.Expression) => { readonly value: unknown } | undefined;

/** A constant with the type that it would have as a variable, where it is one of those that this is about. */
interface Typed {
  readonly value: unknown;
  readonly type?: ScalarType | undefined;
}

/**
 * @param value what the evaluator computed.
 * @returns the constant as the kernel has it; undefined where parts of the expression have to be lowered one by one.
 */
export function withTypes(
  node: ts.Expression,
  value: unknown,
  valueOf: ValueOf,
  context: LoweringContext,
): Static | undefined {
  const inner = unwrap(node) as ts.Expression;
  const about = new Map<ts.Node, ScalarType | undefined>();
  if (isOperator(inner)) {
    if (!noteFlavours(inner, about, context)) return { kind: 'static', value };
    const typed = compute(inner, valueOf, about);
    return typed && { kind: 'static', value: typed.value, ...(typed.type && { type: typed.type }) };
  }
  const isPlain = operatorsIn(inner).every((one) => {
    const known = noteFlavours(one, about, context) ? valueOf(one) : undefined;
    const typed = known && compute(one, valueOf, about);
    return !known || (typed !== undefined && Object.is(typed.value, known.value));
  });
  return isPlain ? { kind: 'static', value } : undefined;
}

/** The flavours of what operators are about, and the operators above them. */
type Flavours = Map<ts.Node, ScalarType | undefined>;

/** @returns whether there is any below a node. */
function noteFlavours(node: ts.Expression, about: Flavours, context: LoweringContext): boolean {
  const inner = unwrap(node) as ts.Expression;
  if (!isOperator(inner)) {
    const flavour = flavourOf(inner, context);
    if (flavour) about.set(inner, flavour);
    return flavour !== undefined;
  }
  const found = sidesOf(inner).filter((side) => noteFlavours(side, about, context));
  if (found.length > 0) about.set(inner, undefined);
  return found.length > 0;
}

function sidesOf(node: Operator): readonly ts.Expression[] {
  return ts.isBinaryExpression(node) ? [node.left, node.right] : [node.operand];
}

type Operator = ts.BinaryExpression | ts.PrefixUnaryExpression;

function isOperator(node: ts.Node): node is Operator {
  if (ts.isPrefixUnaryExpression(node))
    return node.operator === SyntaxKind.MinusToken || node.operator === SyntaxKind.TildeToken;
  return ts.isBinaryExpression(node) && (node.operatorToken.kind in bigintOperators || isComparison(node));
}

function isComparison({ operatorToken: { kind } }: ts.BinaryExpression): boolean {
  return kind in comparisons;
}

/** The outermost operators below a node; those of functions in it are computed by running them. */
function operatorsIn(node: ts.Node): Operator[] {
  const found: Operator[] = [];
  const visit = (child: ts.Node): void => {
    if (ts.isFunctionLike(child) || ts.isTypeNode(child)) return;
    if (isOperator(child)) found.push(child);
    else ts.forEachChild(child, visit);
  };
  ts.forEachChild(node, visit);
  return found;
}

/** @returns undefined where the kernel would not come to a value. */
function compute(node: ts.Expression, valueOf: ValueOf, about: Flavours): Typed | undefined {
  const inner = unwrap(node) as ts.Expression;
  if (!about.has(inner)) return { value: valueOf(inner)?.value };
  if (!isOperator(inner)) return leaf(valueOf(inner)?.value, about.get(inner));
  const [left, right] = sidesOf(inner).map((side) => compute(side, valueOf, about));
  if (!left || (ts.isBinaryExpression(inner) && !right)) return undefined;
  if (left.type?.kind === 'fixed' || right?.type?.kind === 'fixed') return fixedOperation(inner, left, right);
  return typeof left.value === 'bigint' ? bigintOperation(inner, left, right) : plainOperation(inner, left, right);
}

function leaf(value: unknown, type: ScalarType | undefined): Typed | undefined {
  if (type?.kind !== 'fixed' || typeof value !== 'number') return { value, type };
  return Number.isFinite(value) ? { value: unscaled(fixedBits(value)), type } : undefined;
}

const flavours: readonly (readonly [string, ScalarType])[] = [
  ['__u64', integers.u64],
  ['__be64', integers.u64],
  ['__i64', integers.i64],
  ['__fixed', fixedType],
];

function flavourOf(node: ts.Expression, context: LoweringContext): ScalarType | undefined {
  if (ts.isLiteralExpression(node)) return undefined;
  const symbol = ts.isIdentifier(node) ? context.symbolOf(node) : undefined;
  const variable = symbol && context.scope.find(symbol);
  if (variable?.kind === 'value' && variable.value.kind === 'static' && variable.value.type) return variable.value.type;
  const type = context.checker.getTypeAtLocation(node);
  if (!type.isIntersection()) return undefined;
  return flavours.find(([name]) => context.checker.getPropertyOfType(type, name))?.[1];
}

function bigintOperation(node: Operator, left: Typed, right: Typed | undefined): Typed | undefined {
  const a = left.value as bigint;
  if (!right)
    return wrapped(ts.isPrefixUnaryExpression(node) && node.operator === SyntaxKind.MinusToken ? -a : ~a, left.type);
  if (!ts.isBinaryExpression(node) || typeof right.value !== 'bigint') return plainOperation(node, left, right);
  const { kind } = node.operatorToken;
  if (isComparison(node)) return plainOperation(node, left, right);
  const isShift = kind === SyntaxKind.LessThanLessThanToken || kind === SyntaxKind.GreaterThanGreaterThanToken;
  const type = isShift ? (left.type ?? right.type) : commonType(left, right);
  return wrapped(bigintOperators[kind]!(a, right.value), type);
}

/** As lowering finds the type of an operation: what both types hold takes the type of the other side. */
function commonType(left: Typed, right: Typed): ScalarType | undefined {
  if (!left.type || !right.type || left.type === right.type) return left.type ?? right.type;
  const { max } = rangeOf(integers.i64);
  const value = left.value as bigint;
  return value >= 0n && value <= max ? right.type : left.type;
}

function wrapped(value: bigint, type: ScalarType | undefined): Typed {
  if (!type) return { value };
  return { value: type === integers.u64 ? BigInt.asUintN(64, value) : BigInt.asIntN(64, value), type };
}

function plainOperation(node: Operator, left: Typed, right: Typed | undefined): Typed | undefined {
  if (!ts.isBinaryExpression(node) || !right) return undefined;
  const compare = comparisons[node.operatorToken.kind];
  return compare && { value: compare(left.value as never, right.value as never) };
}

function fixedOperation(node: Operator, left: Typed, right: Typed | undefined): Typed | undefined {
  const a = scaled(left);
  if (a === undefined) return undefined;
  if (!right)
    return ts.isPrefixUnaryExpression(node) && node.operator === SyntaxKind.MinusToken ? counted(-a) : undefined;
  const b = scaled(right);
  if (b === undefined || !ts.isBinaryExpression(node)) return undefined;
  const compare = comparisons[node.operatorToken.kind];
  if (compare) return { value: compare(a as never, b as never) };
  switch (node.operatorToken.kind) {
    case SyntaxKind.PlusToken:
      return counted(a + b);
    case SyntaxKind.MinusToken:
      return counted(a - b);
    case SyntaxKind.AsteriskToken:
      if (isWhole(left)) return counted((a / FIXED_SCALE) * b);
      if (isWhole(right)) return counted(a * (b / FIXED_SCALE));
      return counted(BigInt.asIntN(64, a * b) / FIXED_SCALE);
    case SyntaxKind.SlashToken:
      return b === 0n ? undefined : counted(BigInt.asIntN(64, a * FIXED_SCALE) / b);
    case SyntaxKind.PercentToken:
      return b === 0n ? undefined : counted(a % b);
    default:
      return undefined;
  }
}

function isWhole({ value, type }: Typed): boolean {
  return type?.kind !== 'fixed' && (typeof value === 'bigint' || Number.isInteger(value));
}

/** In 1/100000; undefined for what is no number, or an integer operand with a fraction. */
function scaled({ value, type }: Typed): bigint | undefined {
  if (typeof value === 'bigint') return value * FIXED_SCALE;
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  return type?.kind === 'fixed' || !Number.isInteger(value) ? fixedBits(value) : BigInt(value) * FIXED_SCALE;
}

function counted(bits: bigint): Typed {
  return { value: unscaled(BigInt.asIntN(64, bits)), type: fixedType };
}

/** The number that user space sees. */
function unscaled(bits: bigint): number {
  return Number(bits) / Number(FIXED_SCALE);
}

const bigintOperators: { readonly [operator: number]: (left: bigint, right: bigint) => bigint } = {
  [SyntaxKind.PlusToken]: (left, right) => left + right,
  [SyntaxKind.MinusToken]: (left, right) => left - right,
  [SyntaxKind.AsteriskToken]: (left, right) => left * right,
  [SyntaxKind.AsteriskAsteriskToken]: (left, right) => left ** right,
  [SyntaxKind.SlashToken]: (left, right) => left / right,
  [SyntaxKind.PercentToken]: (left, right) => left % right,
  [SyntaxKind.AmpersandToken]: (left, right) => left & right,
  [SyntaxKind.BarToken]: (left, right) => left | right,
  [SyntaxKind.CaretToken]: (left, right) => left ^ right,
  [SyntaxKind.LessThanLessThanToken]: (left, right) => left << right,
  [SyntaxKind.GreaterThanGreaterThanToken]: (left, right) => left >> right,
};

const comparisons: { readonly [operator: number]: (left: never, right: never) => boolean } = {
  [SyntaxKind.EqualsEqualsEqualsToken]: (left: unknown, right: unknown) => left === right,
  [SyntaxKind.ExclamationEqualsEqualsToken]: (left: unknown, right: unknown) => left !== right,
  [SyntaxKind.LessThanToken]: (left: number, right: number) => left < right,
  [SyntaxKind.LessThanEqualsToken]: (left: number, right: number) => left <= right,
  [SyntaxKind.GreaterThanToken]: (left: number, right: number) => left > right,
  [SyntaxKind.GreaterThanEqualsToken]: (left: number, right: number) => left >= right,
};
