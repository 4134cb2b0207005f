/** Values in memory: loads and stores of every type, with byte order, bit fields, and structs copied field by field. */
import { ts } from '../typescript.js';
import { constantDoesNotFit, noSuchField, structsDiffer, textTooLong } from '../diagnostics/index.js';
import { i64, i8, integerOfSize } from '../ir/types.js';
import { constant, constant64, type IrValue } from '../ir/values.js';
import { encode, NotEncodable } from '../types/encode.js';
import { hasPadding } from '../types/layout.js';
import {
  alignOf,
  isScalar,
  sameLayout,
  typeName,
  type AggregateType,
  type ArrayType,
  type BpfType,
  type CharArrayType,
  type ScalarType,
  type StructField,
  type StructType,
} from '../types/types.js';
import type { LoweringContext } from './context.js';
import { countedLoop } from './counted-loop.js';
import { copyKernel } from './kernel-memory.js';
import { rangeOf } from './range.js';
import { boolean, bits64, convertTo, scalar } from './scalars.js';
import { unshared } from './shared.js';
import { isOlderThan } from './target.js';
import type { LiteralValue, Origin, Place, Reference, Scalar, Value } from './values.js';

/** Reads a scalar; anything larger is referred to where it lies. */
export function loadFrom(
  type: BpfType,
  address: IrValue,
  origin: Origin,
  context: LoweringContext,
  volatile = false,
): Value {
  if (!isScalar(type)) return { kind: 'reference', type, address, origin };
  return loadScalar(type, address, context, volatile);
}

export function loadScalar(type: ScalarType, address: IrValue, context: LoweringContext, volatile = false): Scalar {
  const { builder } = context;
  const raw = builder.load(integerOfSize(type.size), address, type.size, volatile);
  if (type.kind === 'boolean') return boolean(builder.compare('ne', raw, constant(i8, 0)));
  if (type.kind === 'fixed') return scalar(type, raw);
  if (!type.bigEndian) return scalar(type, builder.resize(raw, i64, type.signed));
  return { ...scalar(type, builder.resize(swap(raw, context), i64, type.signed)), stored: { type, value: raw } };
}

/** Swaps the bytes of an integer of 16, 32 or 64 bits. */
export function swap(value: IrValue, context: LoweringContext): IrValue {
  const type = value.type;
  if (type.kind !== 'integer' || type.bits < 16) return value;
  const name = `llvm.bswap.i${type.bits}`;
  context.module.ir.declare({ name, returns: type, parameters: [type] });
  return context.builder.call({ kind: 'global', type: { kind: 'pointer' }, name }, type, [value])!;
}

/** Writes a value of any kind as `type`: narrowing scalars, copying aggregates. */
export function storeTo(
  type: BpfType,
  address: IrValue,
  value: Value,
  node: ts.Node,
  context: LoweringContext,
  volatile = false,
): void {
  if (isScalar(type)) return storeScalar(type, address, convertTo(type, value, node, context), context, volatile);
  if (value.kind === 'optional') return storeTo(type, address, value.inner, node, context);
  if (value.kind === 'static') return storeConstant(type, address, value.value, node, context);
  if (value.kind === 'literal') return storeLiteral(type, address, value, node, context);
  if (value.kind === 'kernel') return copyKernel(type, address, value, node, context);
  if (value.kind === 'shared') return storeTo(type, address, unshared(value, context), node, context);
  if (value.kind !== 'reference') return context.refuse(structsDiffer(node, 'this value', typeName(type)));
  copy(type, address, value, node, context);
}

function storeScalar(
  type: ScalarType,
  address: IrValue,
  value: Scalar,
  context: LoweringContext,
  volatile: boolean,
): void {
  const { builder } = context;
  if (value.stored?.type === type) return builder.store(value.stored.value, address, type.size, volatile);
  let raw = builder.resize(bits64(value, context), integerOfSize(type.size), false);
  if (type.kind === 'integer' && type.bigEndian) raw = swap(raw, context);
  builder.store(raw, address, type.size, volatile);
}

function storeConstant(
  type: AggregateType,
  address: IrValue,
  value: unknown,
  node: ts.Node,
  context: LoweringContext,
): void {
  let bytes: Uint8Array;
  try {
    bytes = encode(type, value);
  } catch (error) {
    if (!(error instanceof NotEncodable)) throw error;
    return context.refuse(constantDoesNotFit(node, error.message, typeName(type)));
  }
  storeBytes(bytes, address, alignOf(type), context);
}

/** Writes bytes in the widest units that their alignment allows. */
function storeBytes(bytes: Uint8Array, address: IrValue, align: number, context: LoweringContext): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const words: { offset: number; size: number; word: bigint }[] = [];
  forEachUnit(bytes.length, align, (offset, size) => {
    let word = 0n;
    for (let index = size - 1; index >= 0; index--) word = (word << 8n) | BigInt(view.getUint8(offset + index));
    words.push({ offset, size, word });
  });
  const looped = isLarge(bytes.length, context);
  const stored = looped ? words.filter(({ word }) => word !== 0n) : words;
  if (looped && stored.length * 8 > MOST_UNROLLED) return copyConstant(bytes, address, align, context);
  if (looped) zeroBytes(address, bytes.length, align, context);
  const { builder } = context;
  for (const { offset, size, word } of stored)
    builder.store(constant(integerOfSize(size), word), builder.offset(address, offset), size);
}

function copyConstant(bytes: Uint8Array, address: IrValue, align: number, context: LoweringContext): void {
  const constants = context.builder.opaque(context.module.constantBytes(bytes, 8));
  copyBytes(address, constants, bytes.length, Math.max(align, context.builder.alignmentOf(address)), context);
}

/** Past this many bytes memory is filled and copied by a loop: a store a word would be a program of its own. */
const MOST_UNROLLED = 512;

/** Whether a loop fills and copies this many bytes. Loops are for kernels that walk them: Linux 5.3. */
export function isLarge(size: number, context: LoweringContext): boolean {
  return size > MOST_UNROLLED && !isOlderThan(5, 3, context.module.options);
}

export function zero(type: BpfType, address: IrValue, context: LoweringContext): void {
  zeroBytes(address, type.size, isScalar(type) ? type.size : alignOf(type), context);
}

/** Zeroes memory on our own stack, which is aligned to 8 bytes whatever lies in it. */
export function zeroStack(type: BpfType, address: IrValue, context: LoweringContext): void {
  zeroBytes(address, type.size, isScalar(type) ? type.size : 8, context);
}

function zeroBytes(address: IrValue, size: number, align: number, context: LoweringContext): void {
  const { builder } = context;
  forEachChunk(size, Math.max(align, builder.alignmentOf(address)), context, (offset, unit) =>
    builder.store(constant(integerOfSize(unit), 0), builder.offset(address, offset), unit),
  );
}

export function copyBytes(to: IrValue, from: IrValue, size: number, align: number, context: LoweringContext): void {
  const { builder } = context;
  const known = Math.min(builder.alignmentOf(to), builder.alignmentOf(from));
  forEachChunk(size, Math.max(align, known), context, (offset, unit) => {
    const type = integerOfSize(unit);
    builder.store(builder.load(type, builder.offset(from, offset), unit), builder.offset(to, offset), unit);
  });
}

/** Visits memory unit by unit: in a loop where it is large, and what is left over behind it. */
function forEachChunk(
  size: number,
  align: number,
  context: LoweringContext,
  visit: (offset: IrValue | number, unit: number) => void,
): void {
  const { builder } = context;
  const unit = Math.min(8, align);
  const looped = isLarge(size, context) ? Math.floor(size / unit) * unit : 0;
  if (looped > 0)
    countedLoop(looped / unit, context, (index) => visit(builder.binary('mul', index, constant64(unit)), unit));
  forEachUnit(size - looped, align, (offset, rest) => visit(looped + offset, rest));
}

function forEachUnit(size: number, align: number, visit: (offset: number, size: number) => void): void {
  for (let offset = 0; offset < size;) {
    let unit = Math.min(8, align);
    while (unit > size - offset) unit /= 2;
    visit(offset, unit);
    offset += unit;
  }
}

function storeLiteral(
  type: AggregateType,
  address: IrValue,
  value: LiteralValue,
  node: ts.Node,
  context: LoweringContext,
): void {
  if (type.kind === 'struct') {
    if (hasPadding(type) || type.fields.some((field) => !value.members.has(field.name) || field.bits))
      zero(type, address, context);
    for (const [name, member] of value.members) {
      const field = type.fields.find((candidate) => candidate.name === name);
      if (!field) return context.refuse(noSuchField(node, name, type.name));
      fieldPlace(field, address, 'stack', context).store(member, node);
    }
    return;
  }
  if (type.kind !== 'array') return context.refuse(structsDiffer(node, 'an object', typeName(type)));
  if (value.members.size > type.length)
    return context.refuse(structsDiffer(node, `an array of ${value.members.size} elements`, typeName(type)));
  if (value.members.size < type.length) zero(type, address, context);
  for (const [index, member] of value.members) {
    storeTo(type.element, context.builder.offset(address, Number(index) * type.element.size), member, node, context);
  }
}

function copy(type: AggregateType, address: IrValue, from: Reference, node: ts.Node, context: LoweringContext): void {
  if (sameLayout(type, from.type)) return copyBytes(address, from.address, type.size, alignOf(type), context);
  if (type.kind === 'struct' && from.type.kind === 'struct')
    return copyFields(type, address, from.type, from, node, context);
  if (type.kind === 'array' && from.type.kind === 'array')
    return copyElements(type, address, from.type, from, node, context);
  if (type.kind === 'chars' && from.type.kind === 'chars')
    return copyText(type, address, from.type, from, node, context);
  context.refuse(structsDiffer(node, typeName(from.type), typeName(type)));
}

function copyFields(
  type: StructType,
  address: IrValue,
  fromType: StructType,
  from: Reference,
  node: ts.Node,
  context: LoweringContext,
): void {
  if (hasPadding(type) || type.fields.some((field) => field.bits)) zero(type, address, context);
  for (const field of type.fields) {
    const source = fromType.fields.find((candidate) => candidate.name === field.name);
    if (!source) return context.refuse(noSuchField(node, field.name, fromType.name));
    const value = fieldPlace(source, from.address, from.origin, context).load();
    fieldPlace(field, address, 'stack', context).store(value, node);
  }
}

function copyElements(
  type: ArrayType,
  address: IrValue,
  fromType: ArrayType,
  from: Reference,
  node: ts.Node,
  context: LoweringContext,
): void {
  if (fromType.length > type.length) return context.refuse(structsDiffer(node, typeName(fromType), typeName(type)));
  if (fromType.length < type.length) zero(type, address, context);
  for (let index = 0; index < fromType.length; index++) {
    const value = loadFrom(
      fromType.element,
      context.builder.offset(from.address, index * fromType.element.size),
      from.origin,
      context,
    );
    storeTo(type.element, context.builder.offset(address, index * type.element.size), value, node, context);
  }
}

/** A longer text is cut, a shorter one is padded with NUL. */
function copyText(
  type: CharArrayType,
  address: IrValue,
  fromType: CharArrayType,
  from: Reference,
  node: ts.Node,
  context: LoweringContext,
): void {
  if (fromType.length < type.length) zero(type, address, context);
  if (type.length > 4096) context.refuse(textTooLong(node, type.length));
  copyBytes(address, from.address, Math.min(type.length, fromType.length), 1, context);
}

/** A member of a struct in memory, bit fields included. */
export function fieldPlace(field: StructField, base: IrValue, origin: Origin, context: LoweringContext): Place {
  if (field.bits && isScalar(field.type)) return bitFieldPlace(field.type, field.bits, base, context);
  return memoryPlace(field.type, context.builder.offset(base, field.offset), origin, context);
}

/** A field as a value: a part of memory that may move is found anew with the whole. */
export function loadField(whole: Reference, field: StructField, context: LoweringContext): Value {
  const { type, offset } = field;
  if (field.bits) return fieldPlace(field, whole.address, whole.origin, context).load();
  if (isScalar(type) || !whole.renewed)
    return loadFrom(
      type,
      context.builder.offset(whole.address, offset),
      whole.origin,
      context,
      whole.origin === 'shared',
    );
  return {
    kind: 'reference',
    type,
    origin: whole.origin,
    renewed: true,
    get address() {
      return context.builder.offset(whole.address, offset);
    },
  };
}

export function memoryPlace(type: BpfType, address: IrValue, origin: Origin, context: LoweringContext): Place {
  return {
    type,
    address,
    atomic: (origin === 'map' || origin === 'shared') && type.kind === 'integer' && type.size >= 4 && !type.bigEndian,
    load: () => loadFrom(type, address, origin, context, origin === 'shared'),
    store: (value, node) => storeTo(type, address, value, node, context, origin === 'shared' && isScalar(type)),
    captured: [address],
    rebase: ([other]) => memoryPlace(type, other!, origin, context),
  };
}

function bitFieldPlace(
  type: ScalarType,
  bits: { offset: number; width: number },
  base: IrValue,
  context: LoweringContext,
): Place {
  const { builder } = context;
  const last = bits.offset + bits.width - 1;
  // The smallest aligned word that holds it all: a word from its first byte on may reach beyond the struct.
  const isWithin = (size: number) => Math.floor(bits.offset / (8 * size)) === Math.floor(last / (8 * size));
  const size = [1, 2, 4].find(isWithin) ?? 8;
  const first = Math.floor(bits.offset / (8 * size)) * size;
  const shift = bits.offset - first * 8;
  const unit = integerOfSize(size);
  const mask = (1n << BigInt(bits.width)) - 1n;
  const address = (): IrValue => builder.offset(base, first);
  return {
    type,
    atomic: false,
    load: () => {
      const raw = builder.resize(builder.load(unit, address(), 1), i64, false);
      const low = builder.binary('and', builder.binary('lshr', raw, constant64(shift)), constant64(mask));
      if (type.kind === 'boolean') return boolean(builder.compare('ne', low, constant64(0)));
      if (rangeOf(type).min >= 0n) return scalar(type, low, { min: 0n, max: mask });
      const up = BigInt(64 - bits.width);
      return scalar(type, builder.binary('ashr', builder.binary('shl', low, constant64(up)), constant64(up)));
    },
    store: (value, node) => {
      const wide = bits64(convertTo(type, value, node, context), context);
      const low = builder.binary('shl', builder.binary('and', wide, constant64(mask)), constant64(shift));
      const old = builder.resize(builder.load(unit, address(), 1), i64, false);
      const kept = builder.binary('and', old, constant64(BigInt.asUintN(64, ~(mask << BigInt(shift)))));
      builder.store(builder.resize(builder.binary('or', kept, low), unit, false), address(), 1);
    },
  };
}

/** A value in memory that a helper can read: where it lies already, or in a copy on the stack. */
export function materialize(type: BpfType, value: Value, node: ts.Node, context: LoweringContext): IrValue {
  if (value.kind === 'optional') return materialize(type, value.inner, node, context);
  if (value.kind === 'shared') return materialize(type, unshared(value, context), node, context);
  if (value.kind === 'reference' && sameLayout(value.type, type) && value.origin !== 'packet') return value.address;
  const address = context.allocate(type);
  storeTo(type, address, value, node, context);
  return address;
}
