/** Making scalars, and changing what they are: widths, byte order, truth. */
import { ts } from '../typescript.js';
import {
  closureEscapes,
  constantDoesNotFit,
  fractionHasNoInteger,
  notAScalar,
  stringAtRunTime,
} from '../diagnostics/index.js';
import { i1, i64, integerOfSize } from '../ir/types.js';
import { constant, constant64, nullPointer, type IrValue } from '../ir/values.js';
import { fixedBits, NotEncodable, scalarBits } from '../types/encode.js';
import { booleanType, fixedType, integers, typeName, type IntegerType, type ScalarType } from '../types/types.js';
import type { LoweringContext } from './context.js';
import { BIT, exactly, rangeOf, within, type Range } from './range.js';
import type { Optional, Reference, Scalar, Value } from './values.js';

export function scalar(type: ScalarType, value: IrValue, range: Range = rangeOf(type)): Scalar {
  return { kind: 'scalar', type, value, range };
}

export function boolean(value: IrValue): Scalar {
  return scalar(booleanType, value, BIT);
}

export function number(value: IrValue, range: Range = rangeOf(integers.number)): Scalar {
  return scalar(integers.number, value, range);
}

/** A number known at build. */
export function numberConstant(value: bigint | number): Scalar {
  return number(constant64(value), exactly(BigInt(value)));
}

/**
 * A value as a scalar; a constant gets the type that its other side has.
 *
 * @param beside the other operand's type, if there is one.
 */
export function toScalar(value: Value, node: ts.Node, context: LoweringContext, beside?: ScalarType): Scalar {
  switch (value.kind) {
    case 'scalar':
      return value;
    case 'optional':
      if (value.inner.kind === 'scalar') return value.inner;
      break;
    case 'static':
      return constantScalar(value.value, node, context, beside);
  }
  if (value.kind === 'reference' && value.type.kind === 'chars') context.refuse(stringAtRunTime(node));
  if (value.kind === 'function') context.refuse(closureEscapes(node));
  return context.refuse(notAScalar(node));
}

function constantScalar(value: unknown, node: ts.Node, context: LoweringContext, beside?: ScalarType): Scalar {
  switch (typeof value) {
    case 'boolean':
      return boolean(constant(i1, value ? 1 : 0));
    case 'number':
      if (beside?.kind === 'fixed') return fixedConstant(value);
      if (!Number.isInteger(value)) context.refuse(fractionHasNoInteger(node, value));
      if (!within(exactly(BigInt(value)), { min: -(1n << 63n), max: (1n << 64n) - 1n }))
        context.refuse(constantDoesNotFit(node, String(value), 'number'));
      return numberConstant(value);
    case 'bigint': {
      if (beside?.kind === 'fixed') return fixedScalar(constant64(value * 100000n));
      const type =
        beside?.kind === 'integer' && beside.bigint
          ? beside
          : value > rangeOf(integers.i64).max
            ? integers.u64
            : integers.i64;
      if (!within(exactly(value), rangeOf(type))) {
        if (type.signed || value > rangeOf(type).max)
          context.refuse(constantDoesNotFit(node, `${value}n`, typeName(type)));
      }
      return scalar(type, constant64(value), exactly(type.signed ? value : BigInt.asUintN(64, value)));
    }
    case 'string':
      return context.refuse(stringAtRunTime(node));
    default:
      return context.refuse(notAScalar(node));
  }
}

function fixedScalar(value: IrValue): Scalar {
  return scalar(fixedType, value);
}

export function fixedConstant(value: number): Scalar {
  return fixedScalar(constant64(fixedBits(value)));
}

/** A boolean as 64 bits, anything else as it is. */
export function bits64(value: Scalar, context: LoweringContext): IrValue {
  return value.type.kind === 'boolean' ? context.builder.cast('zext', value.value, i64) : value.value;
}

/** JavaScript's truth of a value: what `if` tests. */
export function truth(value: Value, node: ts.Node, context: LoweringContext): IrValue {
  const { builder } = context;
  switch (value.kind) {
    case 'scalar':
      return value.type.kind === 'boolean' ? value.value : builder.compare('ne', value.value, constant64(0));
    case 'optional':
      if (value.inner.kind === 'reference') return isPresent(value, context);
      return builder.select(value.present, truth(value.inner, node, context), constant(i1, 0));
    case 'static':
      return constant(i1, value.value ? 1 : 0);
    case 'nothing':
      return constant(i1, 0);
    case 'kernel':
      return builder.compare('ne', value.root, nullPointer);
    case 'reference':
      if (value.type.kind === 'chars')
        return builder.compare(
          'ne',
          context.builder.load(integerOfSize(1), value.address, 1),
          constant(integerOfSize(1), 0),
        );
      return constant(i1, 1);
    default:
      return constant(i1, 1);
  }
}

/** Whether an optional value is there. */
export function isPresent(value: Optional, context: LoweringContext): IrValue {
  return value.inner.kind === 'reference' ? isAddress(value.inner.address, context) : value.present;
}

/** A bit of which LLVM does not see that it tells of an address; the verifier does not see it either. */
export function hidden(bit: IrValue, { builder }: LoweringContext): IrValue {
  return builder.compare('ne', builder.opaque(builder.cast('zext', bit, i64)), constant64(0));
}

/** Whether an address is not NULL. LLVM would join two such tests to one of `a | b`, which the verifier forbids. */
export function isAddress(address: IrValue, { builder }: LoweringContext): IrValue {
  builder.barrier();
  return builder.compare('ne', address, nullPointer);
}

/** A reference whose address may be NULL. */
export function optionalReference(inner: Reference): Optional {
  return { kind: 'optional', inner, present: constant(i1, 1) };
}

/** The low bits that a store into `type` keeps, as a value of that type again. */
export function convertTo(type: ScalarType, value: Value, node: ts.Node, context: LoweringContext): Scalar {
  if (value.kind === 'static') return convertConstant(type, value.value, node, context);
  const from = toScalar(value, node, context, type);
  if (type.kind === 'boolean') return boolean(truth(from, node, context));
  if (type.kind === 'fixed')
    return from.type.kind === 'fixed' ? from : scalar(fixedType, scaleUp(bits64(from, context), context));
  const whole = from.type.kind === 'fixed' ? refuseFixed(node, context) : bits64(from, context);
  if (type.size === 8) return scalar(type, whole, within(from.range, rangeOf(type)) ? from.range : rangeOf(type));
  return narrow(type, whole, from.range, context);
}

function refuseFixed(node: ts.Node, context: LoweringContext): never {
  return context.refuse(fractionHasNoInteger(node, 'A fixed-point value'));
}

function scaleUp(value: IrValue, context: LoweringContext): IrValue {
  return context.builder.binary('mul', value, constant64(100000));
}

function convertConstant(type: ScalarType, value: unknown, node: ts.Node, context: LoweringContext): Scalar {
  try {
    const bits = scalarBits(type, value);
    if (type.kind === 'boolean') return boolean(constant(i1, bits));
    const range = type.kind === 'integer' && type.signed ? BigInt.asIntN(64, bits) : bits;
    return scalar(type, constant64(bits), type.kind === 'fixed' ? rangeOf(type) : exactly(range));
  } catch (error) {
    if (!(error instanceof NotEncodable)) throw error;
    return context.refuse(
      constantDoesNotFit(node, typeof value === 'bigint' ? `${value}n` : String(value), typeName(type)),
    );
  }
}

/** Keeps the low bits of 64, unless the value is known to fit. */
export function narrow(type: IntegerType, value: IrValue, range: Range, context: LoweringContext): Scalar {
  if (within(range, rangeOf(type))) return scalar(type, value, range);
  const { builder } = context;
  const narrowed = builder.resize(value, integerOfSize(type.size), false);
  return scalar(type, builder.resize(narrowed, i64, type.signed));
}
