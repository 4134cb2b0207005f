/** Numbers, bigints and fixed point: operators with TypeScript's meaning on 64-bit registers. */
import { ts } from '../typescript.js';
import {
  divisionNeedsRounding,
  mixedBigints,
  numberAndBigint,
  operatorUnsupported,
  fixedOperator,
  exponentNotConstant,
} from '../diagnostics/index.js';
import type { Predicate } from '../ir/instructions.js';
import { i1, i32, i64 } from '../ir/types.js';
import { constant, constant64, type IrValue } from '../ir/values.js';
import { fixedType, integers, typeName, type IntegerType, type ScalarType } from '../types/types.js';
import type { LoweringContext } from './context.js';
import { compareLength } from './packet-length.js';
import { divide, remainder } from './division.js';
import {
  addRanges,
  bitsUpTo,
  isNonNegative,
  multiplyRanges,
  quotientRange,
  rangeOf,
  remainderRange,
  SIGNED_32,
  subtractRanges,
  UNSIGNED_32,
  within,
  wrap,
  type Range,
} from './range.js';
import { bits64, number, scalar, toScalar } from './scalars.js';
import type { Scalar, Value } from './values.js';
import { whyNotKnown } from './visitors/fold.js';

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | '**' | '&' | '|' | '^' | '<<' | '>>' | '>>>';

/** One binary operator on two values, of which at most one is a constant. */
export function arithmetic(
  operator: ArithmeticOperator,
  left: Value,
  right: Value,
  node: ts.Node,
  context: LoweringContext,
): Scalar {
  const [a, b] = operands(left, right, node, context);
  if (a.type.kind === 'fixed' || b.type.kind === 'fixed') return fixedArithmetic(operator, a, b, node, context);
  const type = commonType(operator, a, b, node, context);
  return type ? bigintArithmetic(operator, type, a, b, node, context) : numberArithmetic(operator, a, b, node, context);
}

/** Both sides as scalars, a constant taking the type that the other side has. */
export function operands(left: Value, right: Value, node: ts.Node, context: LoweringContext): [Scalar, Scalar] {
  if (left.kind === 'static') {
    const b = toScalar(right, node, context);
    return [toScalar(left, node, context, b.type), b];
  }
  const a = toScalar(left, node, context);
  return [a, toScalar(right, node, context, a.type)];
}

/** Both sides of a comparison, which is of their values: a negative constant is not wrapped to the unsigned type beside it. */
export function comparedOperands(left: Value, right: Value, node: ts.Node, context: LoweringContext): [Scalar, Scalar] {
  const [a, b] = operands(left, right, node, context);
  return [exactConstant(left, a, node, context), exactConstant(right, b, node, context)];
}

function exactConstant(value: Value, made: Scalar, node: ts.Node, context: LoweringContext): Scalar {
  const isWrapped =
    value.kind === 'static' && typeof value.value === 'bigint' && value.value < 0n && isNonNegative(made.range);
  return isWrapped ? toScalar(value, node, context) : made;
}

/** The bigint type of an operation, or undefined for numbers. */
function commonType(
  operator: ArithmeticOperator,
  a: Scalar,
  b: Scalar,
  node: ts.Node,
  context: LoweringContext,
): IntegerType | undefined {
  const left = bigintType(a.type);
  const right = bigintType(b.type);
  if (!left && !right) return undefined;
  if (!left || !right) return context.refuse(numberAndBigint(node));
  if (operator === '<<' || operator === '>>') return left;
  if (left !== right && !fitsBoth(a) && !fitsBoth(b))
    return context.refuse(mixedBigints(node, typeName(left), typeName(right)));
  return fitsBoth(a) && !fitsBoth(b) ? right : fitsBoth(a) && a.value.kind === 'constant' ? right : left;
}

/** A value that both 64-bit types hold takes the type of the other side. */
function fitsBoth({ range }: Scalar): boolean {
  return range.min >= 0n && range.max <= rangeOf(integers.i64).max;
}

/** `be64` counts as `u64`: only its storage differs. */
function bigintType(type: ScalarType): IntegerType | undefined {
  if (type.kind !== 'integer' || !type.bigint) return undefined;
  return type.signed ? integers.i64 : integers.u64;
}

function bigintArithmetic(
  operator: ArithmeticOperator,
  type: IntegerType,
  a: Scalar,
  b: Scalar,
  node: ts.Node,
  context: LoweringContext,
): Scalar {
  const { builder } = context;
  const whole = rangeOf(type);
  const result = (value: IrValue, range: Range) => scalar(type, value, wrap(range, whole));
  switch (operator) {
    case '+':
      return result(builder.binary('add', a.value, b.value), addRanges(a.range, b.range));
    case '-':
      return result(builder.binary('sub', a.value, b.value), subtractRanges(a.range, b.range));
    case '*':
      return result(builder.binary('mul', a.value, b.value), multiplyRanges(a.range, b.range));
    case '/':
      return result(
        divide(a, b, { byZero: 'exit', round: 'truncate' }, context),
        isNonNegative(a.range) && isNonNegative(b.range) ? quotientRange(a.range, b.range) : whole,
      );
    case '%':
      return result(remainder(a, b, 'exit', context), remainderRange(a.range, b.range));
    case '**':
      return power(type, a, b, node, context);
    case '&':
      return result(builder.binary('and', a.value, b.value), andRange(a.range, b.range, whole));
    case '|':
    case '^':
      return result(
        builder.binary(operator === '|' ? 'or' : 'xor', a.value, b.value),
        isNonNegative(a.range) && isNonNegative(b.range) ? bitsUpTo(a.range, b.range) : whole,
      );
    case '<<':
      return shift(type, a, b, 'left', context);
    case '>>':
      return shift(type, a, b, 'right', context);
    case '>>>':
      return context.refuse(operatorUnsupported(node, '>>> on bigint'));
  }
}

/** Shifts by 64 and more leave nothing but the sign; a negative count shifts the other way. */
function shift(type: IntegerType, a: Scalar, b: Scalar, direction: 'left' | 'right', context: LoweringContext): Scalar {
  const { builder } = context;
  const once = (way: 'left' | 'right', count: IrValue, range: Range): IrValue => {
    const operator = way === 'left' ? 'shl' : type.signed && !isNonNegative(a.range) ? 'ashr' : 'lshr';
    const safe = within(range, { min: 0n, max: 63n });
    if (operator === 'ashr') {
      const clamped = safe
        ? count
        : builder.select(builder.compare('ult', count, constant64(63)), count, constant64(63));
      return builder.binary('ashr', a.value, clamped);
    }
    if (safe) return builder.binary(operator, a.value, count);
    const shifted = builder.binary(operator, a.value, builder.binary('and', count, constant64(63)));
    return builder.select(builder.compare('ult', count, constant64(64)), shifted, constant64(0));
  };
  let value: IrValue;
  if (isNonNegative(b.range)) value = once(direction, b.value, b.range);
  else {
    const back = builder.binary('sub', constant64(0), b.value);
    const other = direction === 'left' ? 'right' : 'left';
    const negative = builder.compare('slt', b.value, constant64(0));
    value = builder.select(
      negative,
      once(other, back, rangeOf(integers.u64)),
      once(direction, b.value, rangeOf(integers.u64)),
    );
  }
  const shrinks = direction === 'right' && isNonNegative(b.range);
  if (!shrinks) return scalar(type, value);
  const by = b.range.min > 64n ? 64n : b.range.min;
  const { min, max } = a.range;
  // Towards zero is where a negative value goes that is shifted further, and a positive one too.
  return scalar(type, value, { min: min < 0n ? min >> by : 0n, max: max < 0n ? -1n : max >> by });
}

function numberArithmetic(
  operator: ArithmeticOperator,
  left: Scalar,
  right: Scalar,
  node: ts.Node,
  context: LoweringContext,
): Scalar {
  const { builder } = context;
  const a = { ...left, value: bits64(left, context) };
  const b = { ...right, value: bits64(right, context) };
  const result = (value: IrValue, range: Range) => number(value, wrap(range, rangeOf(integers.number)));
  const isExact = (side: Scalar) => side.counted === true || side.value.kind === 'constant';
  const linear = (value: IrValue, range: Range): Scalar => ({
    ...result(value, range),
    ...(isExact(a) && isExact(b) && { counted: true }),
  });
  switch (operator) {
    case '+':
      return linear(builder.binary('add', a.value, b.value), addRanges(a.range, b.range));
    case '-':
      return linear(builder.binary('sub', a.value, b.value), subtractRanges(a.range, b.range));
    case '*':
      return linear(builder.binary('mul', a.value, b.value), multiplyRanges(a.range, b.range));
    case '/':
      return context.refuse(divisionNeedsRounding(node));
    case '%':
      return result(remainder(a, b, 'exit', context), remainderRange(a.range, b.range));
    case '**':
      return power(integers.number, a, b, node, context);
    default:
      return bitwise(operator, a, b, context);
  }
}

/** JavaScript's bitwise operators: 32 bits in, 32 signed bits out (`>>>`: unsigned). */
export function bitwise(
  operator: '&' | '|' | '^' | '<<' | '>>' | '>>>',
  a: Scalar,
  b: Scalar,
  context: LoweringContext,
): Scalar {
  const { builder } = context;
  const small = { min: 0n, max: SIGNED_32.max };
  if (operator === '&' && (within(a.range, small) || within(b.range, small))) {
    const masks = [a, b].filter(({ range }) => within(range, small)).map(({ range }) => range.max);
    return number(builder.binary('and', a.value, b.value), { min: 0n, max: masks.reduce((x, y) => (x < y ? x : y)) });
  }
  if ((operator === '|' || operator === '^') && within(a.range, small) && within(b.range, small)) {
    return number(builder.binary(operator === '|' ? 'or' : 'xor', a.value, b.value), bitsUpTo(a.range, b.range));
  }
  const count = () => builder.binary('and', b.value, constant64(31));
  const least = b.value.kind === 'constant' ? b.value.value & 31n : 0n;
  if (operator === '>>' && within(a.range, small))
    return number(builder.binary('lshr', a.value, count()), { min: 0n, max: a.range.max >> least });
  if (operator === '>>>' && within(a.range, UNSIGNED_32))
    return number(builder.binary('lshr', a.value, count()), { min: 0n, max: a.range.max >> least });
  const low = (value: IrValue) => builder.resize(value, i32, false);
  const by = () => low(count());
  const signed = (value: IrValue) => number(builder.resize(value, i64, true), SIGNED_32);
  switch (operator) {
    case '&':
      return signed(builder.binary('and', low(a.value), low(b.value)));
    case '|':
      return signed(builder.binary('or', low(a.value), low(b.value)));
    case '^':
      return signed(builder.binary('xor', low(a.value), low(b.value)));
    case '<<':
      return signed(builder.binary('shl', low(a.value), by()));
    case '>>':
      return signed(builder.binary('ashr', low(a.value), by()));
    case '>>>':
      return number(builder.resize(builder.binary('lshr', low(a.value), by()), i64, false), {
        min: 0n,
        max: UNSIGNED_32.max >> least,
      });
  }
}

function andRange(a: Range, b: Range, whole: Range): Range {
  if (isNonNegative(a) && isNonNegative(b)) return { min: 0n, max: a.max < b.max ? a.max : b.max };
  if (isNonNegative(a)) return { min: 0n, max: a.max };
  return isNonNegative(b) ? { min: 0n, max: b.max } : whole;
}

function exponentReason(node: ts.Node, context: LoweringContext): string | undefined {
  const exponent = ts.isBinaryExpression(node) ? node.right : undefined;
  return exponent && whyNotKnown(exponent, context);
}

function power(type: IntegerType, a: Scalar, b: Scalar, node: ts.Node, context: LoweringContext): Scalar {
  if (b.value.kind !== 'constant' || b.range.min < 0n || b.range.min > 64n)
    return context.refuse(exponentNotConstant(node, exponentReason(node, context)));
  let value: IrValue = constant64(1);
  for (let count = b.range.min; count > 0n; count--) value = context.builder.binary('mul', value, a.value);
  return scalar(type, value);
}

const FIXED_SCALE = 100000n;

function fixedArithmetic(
  operator: ArithmeticOperator,
  a: Scalar,
  b: Scalar,
  node: ts.Node,
  context: LoweringContext,
): Scalar {
  const { builder } = context;
  const scaled = ({ type, value, range }: Scalar): IrValue =>
    type.kind === 'fixed'
      ? value
      : builder.binary('mul', bits64({ kind: 'scalar', type, value, range }, context), constant64(FIXED_SCALE));
  const plain = (value: IrValue) => scalar(fixedType, value);
  const scale = scalar(integers.i64, constant64(FIXED_SCALE), { min: FIXED_SCALE, max: FIXED_SCALE });
  const wide = (value: IrValue) => scalar(integers.i64, value);
  const mixed = a.type.kind !== b.type.kind;
  switch (operator) {
    case '+':
      return plain(builder.binary('add', scaled(a), scaled(b)));
    case '-':
      return plain(builder.binary('sub', scaled(a), scaled(b)));
    case '*':
      if (mixed) return plain(builder.binary('mul', a.value, b.value));
      return plain(
        divide(wide(builder.binary('mul', a.value, b.value)), scale, { byZero: 'exit', round: 'truncate' }, context),
      );
    case '/':
      if (b.type.kind !== 'fixed')
        return plain(
          divide(wide(a.value), { ...b, value: bits64(b, context) }, { byZero: 'exit', round: 'truncate' }, context),
        );
      return plain(
        divide(
          wide(builder.binary('mul', scaled(a), constant64(FIXED_SCALE))),
          wide(b.value),
          { byZero: 'exit', round: 'truncate' },
          context,
        ),
      );
    case '%':
      return plain(remainder(wide(scaled(a)), wide(scaled(b)), 'exit', context));
    default:
      return context.refuse(fixedOperator(node, operator));
  }
}

export type Comparison = '===' | '!==' | '<' | '<=' | '>' | '>=';

const SIGNED: Readonly<Record<Comparison, Predicate>> = {
  '===': 'eq',
  '!==': 'ne',
  '<': 'slt',
  '<=': 'sle',
  '>': 'sgt',
  '>=': 'sge',
};
const UNSIGNED: Readonly<Record<Comparison, Predicate>> = {
  '===': 'eq',
  '!==': 'ne',
  '<': 'ult',
  '<=': 'ule',
  '>': 'ugt',
  '>=': 'uge',
};

/** Compares two numbers by their mathematical values, whatever their types. */
export function compareScalars(operator: Comparison, left: Scalar, right: Scalar, context: LoweringContext): IrValue {
  const { builder } = context;
  let a = { ...left, value: bits64(left, context) };
  let b = { ...right, value: bits64(right, context) };
  if (a.type.kind === 'fixed' && b.type.kind !== 'fixed')
    b = { ...b, value: builder.binary('mul', b.value, constant64(FIXED_SCALE)), range: rangeOf(fixedType) };
  if (b.type.kind === 'fixed' && a.type.kind !== 'fixed')
    a = { ...a, value: builder.binary('mul', a.value, constant64(FIXED_SCALE)), range: rangeOf(fixedType) };
  const signed64 = rangeOf(integers.i64);
  const length = compareLength(operator, a.value, b.value, context);
  if (length) return length;
  if (isNonNegative(a.range) && isNonNegative(b.range)) return builder.compare(UNSIGNED[operator], a.value, b.value);
  if (within(a.range, signed64) && within(b.range, signed64))
    return builder.compare(SIGNED[operator], a.value, b.value);
  return compareAcrossSigns(operator, a, b, context);
}

/** One side may be negative and the other above 2^63: a negative one is less than any other. */
function compareAcrossSigns(operator: Comparison, a: Scalar, b: Scalar, context: LoweringContext): IrValue {
  const { builder } = context;
  const leftMayBeNegative = !isNonNegative(a.range);
  const negative = builder.compare('slt', leftMayBeNegative ? a.value : b.value, constant64(0));
  const whenNegative = leftMayBeNegative ? ['<', '<=', '!=='] : ['>', '>=', '!=='];
  const answer = constant(i1, whenNegative.includes(operator) ? 1 : 0);
  return builder.select(negative, answer, builder.compare(UNSIGNED[operator], a.value, b.value));
}
