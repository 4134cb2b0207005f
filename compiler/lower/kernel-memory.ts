/**
 * Memory of the kernel: members of its structs, read by a helper from where they lie on the running kernel. Offset, width
 * and shifts are numbers that the loader fills in, so that a program is right where a member moved, grew, or became a
 * bit field. A read that fails gives zeros, as the helper does.
 */
import type { ts } from '@ts-morph/bootstrap';
import { indexOutOfRange, kernelMemberUnknown, structsDiffer, typeHasNoLayout } from '../diagnostics/index.js';
import type { FunctionBuilder } from '../ir/builder.js';
import { i64, integerOfSize, pointer } from '../ir/types.js';
import { constant64, nullPointer, type IrValue } from '../ir/values.js';
import { NoLayout } from '../types/convert.js';
import { kernelTypeName } from '../types/kernel.js';
import type { KernelArray, KernelField, KernelStructType, KernelType } from '../types/kernel.js';
import { hasPadding } from '../types/layout.js';
import { integers, isScalar, typeName, type AggregateType, type ScalarType } from '../types/types.js';
import type { LoweringContext } from './context.js';
import { addressBehind, askField } from './kernel-fields.js';
import { fieldPlace, swap, zero } from './memory.js';
import { within } from './range.js';
import { boolean, narrow, scalar, toScalar } from './scalars.js';
import { rangeOf } from './range.js';
import type { KernelStep, KernelValue, Reference, Scalar, Value } from './values.js';

const PROBE_READ_KERNEL = 113;

/** A struct at an address, which may be NULL. */
export function kernelStruct(type: KernelStructType, address: IrValue): KernelValue {
  return { kind: 'kernel', type, root: address, path: [] };
}

/** A struct at an address that is an integer of 64 bits. */
export function kernelStructAt(type: KernelStructType, bits: IrValue, context: LoweringContext): KernelValue {
  return kernelStruct(type, context.builder.cast('inttoptr', bits, pointer));
}

/** The address of a struct or array, inside another one or not. */
export function kernelAddress(value: KernelValue, context: LoweringContext): IrValue {
  return addressBehind(value.root, value.path, context);
}

/** Whether there is a struct: a part of another one is as much there as that one is. */
export function isKernelPresent(value: KernelValue, context: LoweringContext): IrValue {
  return context.builder.compare('ne', value.root, nullPointer);
}

/**
 * A member: read at once where it is an integer, a text or an address; a struct inside the struct stays where it is.
 *
 * @param whole whether an array is read whole, since more than an element is asked for.
 */
export function kernelMember(
  value: KernelValue,
  name: string,
  whole: boolean,
  node: ts.Node,
  context: LoweringContext,
): Value {
  const step = kernelStep(value.type, name, node, context);
  return readPart(value.root, [...value.path, step], step.field.type, whole, node, context);
}

/** The way to a member. */
export function kernelStep(
  type: KernelStructType | KernelArray,
  name: string,
  node: ts.Node,
  context: LoweringContext,
): Extract<KernelStep, { into: 'struct' }> {
  const field = type.kind === 'kernelStruct' ? declaredField(type, name, node, context) : undefined;
  if (type.kind !== 'kernelStruct' || !field)
    return context.refuse(kernelMemberUnknown(node, name, kernelTypeName(type)));
  if (context.module.kernelDebug.indexOf(type, field) === undefined)
    return context.refuse(typeHasNoLayout(node, kernelTypeName(type), `it contains itself by '${name}'`));
  return { into: 'struct', type, field };
}

function declaredField(
  type: KernelStructType,
  name: string,
  node: ts.Node,
  context: LoweringContext,
): KernelField | undefined {
  try {
    return type.field(name);
  } catch (error) {
    if (!(error instanceof NoLayout)) throw error;
    return context.refuse(typeHasNoLayout(node, error.typeText, error.reason));
  }
}

/** An element; an index past the declared length ends the program. */
export function kernelElement(value: KernelValue, index: Value, node: ts.Node, context: LoweringContext): Value {
  const { builder } = context;
  const { type, path, root } = value;
  if (type.kind !== 'kernelArray')
    return context.refuse(kernelMemberUnknown(node, node.getText(), kernelTypeName(type)));
  const at = toScalar(index, node, context);
  const step = (number: number): KernelStep => ({ into: 'array', type, index: number });
  if (index.kind === 'static') {
    if (!within(at.range, { min: 0n, max: BigInt(type.length - 1) }))
      context.refuse(indexOutOfRange(node, String(index.value), type.length));
    return readPart(root, [...path, step(Number(index.value))], type.element, false, node, context);
  }
  const goOn = builder.createBlock('index');
  builder.branch(builder.compare('ult', at.value, constant64(type.length)), goOn, context.exitBlock());
  builder.start(goOn);
  // All that follows is about the first element, in a struct that is moved by as many of the kernel's own elements.
  const first = [...path, step(0)];
  const by = builder.binary('mul', at.value, askField(first, 'byteSize', context));
  return readPart(builder.offset(root, by), first, type.element, false, node, context);
}

function readPart(
  root: IrValue,
  path: readonly KernelStep[],
  type: KernelType,
  whole: boolean,
  node: ts.Node,
  context: LoweringContext,
): Value {
  context.at(node);
  switch (type.kind) {
    case 'kernelStruct':
      return { kind: 'kernel', type, root, path };
    case 'kernelArray':
      if (whole && type.copied && !isScalar(type.copied)) return readMemory(root, path, type.copied, context);
      return { kind: 'kernel', type, root, path };
    case 'chars':
      return readMemory(root, path, type, context);
    case 'pointer': {
      const address = readAddress(root, path, context);
      return type.to ? kernelStructAt(type.to, address, context) : scalar(integers.u64, address);
    }
    case 'enum':
      return readScalar(root, path, type.type, context);
    default:
      return readScalar(root, path, type, context);
  }
}

function readMemory(
  root: IrValue,
  path: readonly KernelStep[],
  type: AggregateType,
  context: LoweringContext,
): Reference {
  const address = context.allocate(type);
  probeRead(address, constant64(type.size), addressBehind(root, path, context), context);
  return { kind: 'reference', type, address, origin: 'copy' };
}

function readAddress(root: IrValue, path: readonly KernelStep[], context: LoweringContext): IrValue {
  const slot = scratch(context);
  probeRead(slot, constant64(8), addressBehind(root, path, context), context);
  return context.builder.load(i64, slot, 8);
}

/** As many bytes as the kernel's field has, then the shifts that take a bit field out, or extend what is narrower. */
function readScalar(root: IrValue, path: readonly KernelStep[], type: ScalarType, context: LoweringContext): Scalar {
  const { builder } = context;
  const slot = scratch(context);
  builder.store(constant64(0), slot, 8);
  const size = askField(path, 'byteSize', context);
  probeRead(slot, size, addressBehind(root, path, context), context);
  const read = builder.load(i64, slot, 8);
  const extend = type.kind === 'integer' && type.signed ? 'ashr' : 'lshr';
  // Of elements no loader tells shifts; they are never bit fields.
  const isElement = path.at(-1)?.into === 'array';
  const up = isElement ? unusedBits(size, context) : askField(path, 'leftShift', context);
  const down = isElement ? up : askField(path, 'rightShift', context);
  const bits = builder.binary(extend, builder.binary('shl', read, up), down);
  return declaredScalar(bits, type, widthOf(path), context);
}

/** @param size in bytes. @returns how many bits of 64 it leaves. */
function unusedBits(size: IrValue, { builder }: LoweringContext): IrValue {
  return builder.binary('sub', constant64(64), builder.binary('shl', size, constant64(3)));
}

function widthOf(path: readonly KernelStep[]): number | undefined {
  const last = path.at(-1);
  return last?.into === 'struct' ? last.field.bits : undefined;
}

/** The low bits that the declared type has, whatever the kernel's has. */
function declaredScalar(bits: IrValue, type: ScalarType, width: number | undefined, context: LoweringContext): Scalar {
  const { builder } = context;
  if (type.kind === 'boolean') return boolean(builder.compare('ne', bits, constant64(0)));
  if (type.kind === 'fixed') return scalar(type, bits);
  if (type.bigEndian)
    return scalar(
      type,
      builder.resize(swap(builder.resize(bits, integerOfSize(type.size), false), context), i64, false),
    );
  if (width === undefined || type.signed)
    return narrow(type, bits, rangeOf(type.signed ? integers.i64 : integers.u64), context);
  const mask = (1n << BigInt(width)) - 1n;
  return scalar(type, builder.binary('and', bits, constant64(mask)), { min: 0n, max: mask });
}

/** Eight bytes of a function's stack that serve one read after the other. */
function scratch({ builder }: LoweringContext): IrValue {
  let slot = slots.get(builder);
  if (!slot) slots.set(builder, (slot = builder.allocate(8)));
  return slot;
}
const slots = new WeakMap<FunctionBuilder, IrValue>();

function probeRead(to: IrValue, size: IrValue, from: IrValue, context: LoweringContext): void {
  context.builder.callHelper(PROBE_READ_KERNEL, i64, [to, size, from]);
}

/** Copies a struct of the kernel member by member to where a struct of the user's is laid out, or a whole array. */
export function copyKernel(
  type: AggregateType,
  address: IrValue,
  from: KernelValue,
  node: ts.Node,
  context: LoweringContext,
): void {
  if (type.kind !== 'struct') return context.refuse(structsDiffer(node, kernelTypeName(from.type), typeName(type)));
  if (hasPadding(type) || type.fields.some((field) => field.bits)) zero(type, address, context);
  for (const field of type.fields) {
    const value = kernelMember(from, field.name, true, node, context);
    fieldPlace(field, address, 'stack', context).store(value, node);
  }
}
