/** Functions that the language knows by name: conversions, `Math`, `BigInt`, byte order, `console.log`. */
import { ts } from '../../typescript.js';
import { argumentMissing, notCallable } from '../../diagnostics/index.js';
import { i16, i32, i64, type IrInteger } from '../../ir/types.js';
import { constant, constant64, type IrValue } from '../../ir/values.js';
import { fixedType, integers, type IntegerName, type IntegerType } from '../../types/types.js';
import { compareScalars } from '../arithmetic.js';
import type { LoweringContext } from '../context.js';
import { divide } from '../division.js';
import { swap } from '../memory.js';
import { greatest, isNonNegative, least, rangeOf, SIGNED_32, within, wrap, type Range } from '../range.js';
import { bits64, boolean, convertTo, narrow, number, scalar, toScalar, truthBit } from '../scalars.js';
import type { Scalar, Value } from '../values.js';
import { lowerRounded } from '../visitors/binary.js';
import { lowerArguments } from '../visitors/call.js';
import { lowerArgument } from './arguments.js';
import { lowerPcapFilter } from './pcap-filter.js';
import { lowerChecksum, lowerUpdateChecksum } from './checksum.js';
import { lowerPrint } from './print.js';
import { compareBytes } from './text.js';

type Builtin = (node: ts.CallExpression, context: LoweringContext) => Value;

const one = (node: ts.CallExpression, context: LoweringContext): Scalar =>
  toScalar(lowerArgument(node, 0, context), node, context);

const BUILTINS: Readonly<Record<string, Builtin>> = {
  Number: (node, context) => toNumber(one(node, context), context),
  BigInt: (node, context) => toBigInt(one(node, context), context),
  Boolean: (node, context) => boolean(truthBit(lowerArgument(node, 0, context), node, context)),
  'BigInt.asUintN': (node, context) => wrapBigInt(integers.u64, node, context),
  'BigInt.asIntN': (node, context) => wrapBigInt(integers.i64, node, context),
  'Number.isInteger': () => ({ kind: 'static', value: true }),
  'Math.trunc': (node, context) => lowerRound(node, 'truncate', context),
  'Math.floor': (node, context) => lowerRound(node, 'floor', context),
  'Math.abs': lowerAbs,
  'Math.min': (node, context) => lowerExtreme(node, '<', context),
  'Math.max': (node, context) => lowerExtreme(node, '>', context),
  'Math.sign': lowerSign,
  'Math.imul': lowerMultiply32,
  'Math.clz32': lowerLeadingZeros,
  'console.log': lowerPrint,
  equal: (node, context) =>
    boolean(compareBytes(lowerArgument(node, 0, context), lowerArgument(node, 1, context), node, context)),
  pcapFilter: lowerPcapFilter,
  checksum: lowerChecksum,
  updateChecksum: lowerUpdateChecksum,
  fixed: (node, context) => convertTo(fixedType, lowerArgument(node, 0, context), node, context),
  htons: (node, context) => swapBytes(i16, node, context),
  ntohs: (node, context) => swapBytes(i16, node, context),
  htonl: (node, context) => swapBytes(i32, node, context),
  ntohl: (node, context) => swapBytes(i32, node, context),
};

const CONVERSIONS = new Set<string>(['u8', 'u16', 'u32', 'u64', 'i8', 'i16', 'i32', 'i64', 'be16', 'be32', 'be64']);

export function callNamespace(name: string, node: ts.CallExpression, context: LoweringContext): Value {
  if (CONVERSIONS.has(name)) return convert(name as IntegerName, node, context);
  const builtin = Object.hasOwn(BUILTINS, name) ? BUILTINS[name] : undefined;
  return builtin ? builtin(node, context) : context.refuse(notCallable(node.expression, name));
}

/** `u32(x)`: the low bits of the truncated value. A `be16(x)` holds host order, as all values do. */
function convert(name: IntegerName, node: ts.CallExpression, context: LoweringContext): Value {
  const type = integers[name];
  const host: IntegerType = type.bigEndian ? integers[`u${type.size * 8}` as IntegerName] : type;
  const argument = node.arguments[0];
  const rounded = argument && lowerRounded(argument, 'zero', 'truncate', context);
  const value = rounded ?? toScalar(lowerArgument(node, 0, context), node, context);
  const whole = value.type.kind === 'fixed' ? truncateFixed(value, context) : value;
  const bits = bits64(whole, context);
  if (host.size === 8) return scalar(host, bits, within(whole.range, rangeOf(host)) ? whole.range : rangeOf(host));
  return narrow(host, bits, whole.range, context);
}

function toNumber(value: Scalar, context: LoweringContext): Scalar {
  return number(bits64(value, context), wrap(value.range, rangeOf(integers.number)));
}

function toBigInt(value: Scalar, context: LoweringContext): Scalar {
  if (value.type.kind === 'integer' && value.type.bigint) return value;
  return scalar(integers.i64, bits64(value, context), wrap(value.range, rangeOf(integers.i64)));
}

function wrapBigInt(type: IntegerType, node: ts.CallExpression, context: LoweringContext): Value {
  const { builder } = context;
  const width = lowerArgument(node, 0, context);
  if (width.kind !== 'static')
    return context.refuse(notCallable(node.arguments[0] ?? node, 'A width that is not a constant'));
  const bits = BigInt(Math.min(64, Math.max(0, Number(width.value))));
  const value = bits64(toScalar(lowerArgument(node, 1, context), node, context, type), context);
  if (bits === 0n) return scalar(type, constant64(0), { min: 0n, max: 0n });
  const up = constant64(64n - bits);
  const shifted = builder.binary('shl', value, up);
  const range: Range = type.signed
    ? { min: -(1n << (bits - 1n)), max: (1n << (bits - 1n)) - 1n }
    : { min: 0n, max: (1n << bits) - 1n };
  return scalar(type, builder.binary(type.signed ? 'ashr' : 'lshr', shifted, up), range);
}

function lowerRound(node: ts.CallExpression, round: 'truncate' | 'floor', context: LoweringContext): Value {
  const rounded = node.arguments[0] && lowerRounded(node.arguments[0], 'exit', round, context);
  if (rounded && rounded.type.kind !== 'fixed') return rounded;
  const value = rounded ?? one(node, context);
  if (value.type.kind !== 'fixed') return value;
  return round === 'truncate' ? truncateFixed(value, context) : floorFixed(value, context);
}

const SCALE = { min: 100000n, max: 100000n };

function truncateFixed(value: Scalar, context: LoweringContext): Scalar {
  return number(
    divide(value, scalar(integers.i64, constant64(SCALE.min), SCALE), { byZero: 'exit', round: 'truncate' }, context),
  );
}

function floorFixed(value: Scalar, context: LoweringContext): Scalar {
  return number(
    divide(value, scalar(integers.i64, constant64(SCALE.min), SCALE), { byZero: 'exit', round: 'floor' }, context),
  );
}

function lowerAbs(node: ts.CallExpression, context: LoweringContext): Value {
  const value = one(node, context);
  if (isNonNegative(value.range)) return value;
  const { builder } = context;
  const bits = bits64(value, context);
  const negative = builder.compare('slt', bits, constant64(0));
  const magnitude = builder.select(negative, builder.binary('sub', constant64(0), bits), bits);
  const range = { min: 0n, max: greatest([-value.range.min, value.range.max]) };
  return scalar(value.type, magnitude, wrap(range, rangeOf(value.type)));
}

function lowerExtreme(node: ts.CallExpression, operator: '<' | '>', context: LoweringContext): Value {
  const values = lowerArguments(node, context).map((value) => toScalar(value, node, context));
  if (values.length === 0) return context.refuse(argumentMissing(node, node.expression.getText(), 1));
  return values.reduce((a, b) => {
    const chosen = context.builder.select(
      compareScalars(operator, a, b, context),
      bits64(a, context),
      bits64(b, context),
    );
    const range: Range =
      operator === '<'
        ? { min: least([a.range.min, b.range.min]), max: least([a.range.max, b.range.max]) }
        : { min: greatest([a.range.min, b.range.min]), max: greatest([a.range.max, b.range.max]) };
    return number(chosen, range);
  });
}

function lowerSign(node: ts.CallExpression, context: LoweringContext): Value {
  const { builder } = context;
  const bits = bits64(one(node, context), context);
  const positive = builder.cast('zext', builder.compare('sgt', bits, constant64(0)), i64);
  const value = builder.select(builder.compare('slt', bits, constant64(0)), constant64(-1), positive);
  return number(value, { min: -1n, max: 1n });
}

function lowerMultiply32(node: ts.CallExpression, context: LoweringContext): Value {
  const { builder } = context;
  const low = (index: number): IrValue =>
    builder.resize(bits64(toScalar(lowerArgument(node, index, context), node, context), context), i32, false);
  return number(builder.resize(builder.binary('mul', low(0), low(1)), i64, true), SIGNED_32);
}

/**
 * By halves, since BPF has no such instruction: each step shifts the half that is known to be empty out of the word. What
 * is left at last is 1 for the lowest bit alone, and 2 or 3 for the one above it.
 */
function lowerLeadingZeros(node: ts.CallExpression, context: LoweringContext): Value {
  const { builder } = context;
  const int = (value: number) => constant(i32, value);
  const word = builder.resize(bits64(one(node, context), context), i32, false);
  let rest = word;
  let found: IrValue = int(0);
  for (const step of [4, 3, 2, 1]) {
    const some = builder.cast('zext', builder.compare('ugt', rest, int(2 ** (2 ** step) - 1)), i32);
    const shift = builder.binary('shl', some, int(step));
    rest = builder.binary('lshr', rest, shift);
    found = builder.binary('or', found, shift);
  }
  const highest = builder.binary('or', found, builder.binary('lshr', rest, int(1)));
  const zeros = builder.binary('sub', int(31), highest);
  const all = builder.select(builder.compare('eq', word, int(0)), int(32), zeros);
  return number(builder.resize(all, i64, false), { min: 0n, max: 32n });
}

function swapBytes(type: IrInteger, node: ts.CallExpression, context: LoweringContext): Value {
  const { builder } = context;
  const low = builder.resize(bits64(one(node, context), context), type, false);
  const range = rangeOf(type.bits === 16 ? integers.u16 : integers.u32);
  return number(builder.resize(swap(low, context), i64, false), range);
}
