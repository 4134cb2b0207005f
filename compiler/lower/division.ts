/**
 * Division and remainder. BPF divides unsigned below v4, so signed operands are divided by their magnitudes here, and
 * a zero divisor, which LLVM leaves undefined, is taken out first.
 */
import { i64 } from '../ir/types.js';
import { constant64, type IrValue } from '../ir/values.js';
import type { LoweringContext } from './context.js';
import { isNonNegative } from './range.js';
import type { Scalar } from './values.js';

/** What a zero divisor gives: the end of the program, or 0 where JavaScript itself makes a 0 of it. */
export type ByZero = 'exit' | 'zero';
export type Rounding = 'truncate' | 'floor';

export function divide(
  a: Scalar,
  b: Scalar,
  how: { byZero: ByZero; round: Rounding },
  context: LoweringContext,
): IrValue {
  return guarded(b, how.byZero, context, (divisor) => {
    const { builder } = context;
    if (isNonNegative(a.range) && isNonNegative(b.range)) return unsigned('udiv', a.value, divisor, context);
    const quotient = unsigned('udiv', magnitude(a, a.value, context), magnitude(b, divisor, context), context);
    const opposite = builder.compare('slt', builder.binary('xor', a.value, divisor), constant64(0));
    const negated = builder.binary('sub', constant64(0), quotient);
    const truncated = builder.select(opposite, negated, quotient);
    if (how.round === 'truncate') return truncated;
    const exact = builder.compare('eq', builder.binary('mul', truncated, divisor), a.value);
    const down = builder.select(exact, constant64(0), builder.cast('zext', opposite, i64));
    return builder.binary('sub', truncated, down);
  });
}

/** The remainder has the dividend's sign, as in JavaScript. */
export function remainder(a: Scalar, b: Scalar, byZero: ByZero, context: LoweringContext): IrValue {
  return guarded(b, byZero, context, (divisor) => {
    const { builder } = context;
    if (isNonNegative(a.range) && isNonNegative(b.range)) return unsigned('urem', a.value, divisor, context);
    const rest = unsigned('urem', magnitude(a, a.value, context), magnitude(b, divisor, context), context);
    if (isNonNegative(a.range)) return rest;
    return builder.select(
      builder.compare('slt', a.value, constant64(0)),
      builder.binary('sub', constant64(0), rest),
      rest,
    );
  });
}

/**
 * The verifier knows no bounds of quotients and remainders. LLVM does, and would leave out the tests of an index that
 * the verifier asks for, so that it is not told; by powers of two there are shifts and masks, which both follow.
 */
function unsigned(operator: 'udiv' | 'urem', a: IrValue, b: IrValue, { builder }: LoweringContext): IrValue {
  const result = builder.binary(operator, a, b);
  const isPower = b.kind === 'constant' && (b.value & (b.value - 1n)) === 0n;
  return result.kind === 'constant' || isPower ? result : builder.opaque(result);
}

function guarded(b: Scalar, byZero: ByZero, context: LoweringContext, operate: (divisor: IrValue) => IrValue): IrValue {
  const { builder } = context;
  if (b.range.min > 0n || b.range.max < 0n) return operate(b.value);
  const isZero = builder.compare('eq', b.value, constant64(0));
  if (byZero === 'exit') {
    const goOn = builder.createBlock('divide');
    builder.branch(isZero, context.exitBlock(), goOn);
    builder.start(goOn);
    return operate(b.value);
  }
  const quotient = operate(builder.select(isZero, constant64(1), b.value));
  return builder.select(isZero, constant64(0), quotient);
}

function magnitude({ range }: Scalar, value: IrValue, { builder }: LoweringContext): IrValue {
  if (isNonNegative(range)) return value;
  return builder.select(
    builder.compare('slt', value, constant64(0)),
    builder.binary('sub', constant64(0), value),
    value,
  );
}
