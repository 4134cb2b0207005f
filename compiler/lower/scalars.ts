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
import { isInPacket } from './packet-length.js';
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
      return constantScalar(value.value, node, context, value.type ?? beside);
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
      if (beside?.kind === 'fixed' && Number.isFinite(value)) return fixedConstant(value);
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

/** JavaScript's truth of a value as a bit to be kept: `!x`, `Boolean(x)`. */
export function truthBit(value: Value, node: ts.Node, context: LoweringContext): IrValue {
  if (value.kind !== 'optional') return truth(value, node, context);
  const present = presenceBit(value, context);
  if (value.inner.kind === 'reference' && value.inner.type.kind !== 'chars') return present;
  return context.builder.select(present, truth(value.inner, node, context), constant(i1, 0));
}

/** JavaScript's truth of a value, for a branch to follow: what `if` tests. */
export function truth(value: Value, node: ts.Node, context: LoweringContext): IrValue {
  const { builder } = context;
  switch (value.kind) {
    case 'scalar':
      return value.type.kind === 'boolean' ? value.value : builder.compare('ne', value.value, constant64(0));
    case 'optional':
      if (value.inner.kind === 'reference') return isPresent(value, context);
      return builder.select(isPresent(value, context), truth(value.inner, node, context), constant(i1, 0));
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

/**
 * Whether an optional value is there, for a branch to follow. LLVM would join two such tests to one of `a | b`, which
 * the verifier forbids on addresses.
 */
export function isPresent({ inner, present, plain }: Optional, context: LoweringContext): IrValue {
  const { builder } = context;
  if (plain || (inner.kind === 'scalar' && present.kind === 'constant')) return present;
  // The verifier knows a packet's address to be none by no test, so that there is none to keep from being joined.
  if (inner.kind === 'reference' && (inner.origin === 'packet' || inner.origin === 'copy'))
    return isInPacket(inner, context);
  builder.barrier();
  return inner.kind === 'reference' ? builder.compare('ne', inner.address, nullPointer) : present;
}

/**
 * The same as a bit to be kept and computed with. A branch decides it, and LLVM does not see how: it would put the
 * test of the address where the bit is used, and the verifier, which walks each way of the branch, knows the address
 * wherever it knows the bit.
 */
export function presenceBit(value: Optional, context: LoweringContext): IrValue {
  const { builder } = context;
  const bit = isPresent(value, context);
  if (bit.kind === 'constant' || value.plain) return bit;
  const there = builder.createBlock('there');
  const known = builder.createBlock('known');
  const before = builder.block;
  builder.branch(bit, there, known);
  builder.start(there);
  const yes = builder.opaque(constant64(1));
  builder.jump(known);
  builder.start(known);
  const kept = builder.phi(i64, [
    { value: constant64(0), block: before },
    { value: yes, block: there },
  ]);
  return builder.compare('ne', kept, constant64(0));
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
  const { stored } = from;
  return { ...narrow(type, whole, from.range, context), ...(stored?.type === type && { stored }) };
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
