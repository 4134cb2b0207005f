/**
 * `ctx.packet`: a `DataView` over the packet, by whatever access the program type has. A read past the end ends the
 * program with its default result; `at<Header>()` gives undefined there.
 */
import { ts } from '../../typescript.js';
import { notCallable, packetReadOnly, unknownMember } from '../../diagnostics/index.js';
import type { Block } from '../../ir/instructions.js';
import { i64, integerOfSize, pointer } from '../../ir/types.js';
import { constant64, type IrValue } from '../../ir/values.js';
import { integers, type BpfType, type IntegerName, type IntegerType } from '../../types/types.js';
import type { LoweringContext } from '../context.js';
import { loadScalar, swap } from '../memory.js';
import { noteMove } from '../moved-headers.js';
import { packetBounds } from '../packet-bounds.js';
import { copyFromPacket, copyToPacket, lengthOfBuffers } from '../packet-helpers.js';
import { distance, hasBytes, isKnownToHave, MAX_OFFSET } from '../packet-length.js';
import { isNonNegative, UNSIGNED_32, within } from '../range.js';
import { bits64, convertTo, number, scalar, toScalar } from '../scalars.js';
import { isOlderThan } from '../target.js';
import { nothing, type Scalar, type Value } from '../values.js';
import { lowerArgument } from './arguments.js';
import { lowerAt } from './packet-view.js';
import { renewHeaders } from './packet-headers.js';

/** Helpers take 32 bits of an offset, and refuse what is above this. */
export const MAX_HELPER_OFFSET = 0x7fffffff;

interface Accessor {
  readonly type: IntegerType;
  readonly set: boolean;
}

function accessor(name: string): Accessor | undefined {
  const [, verb, big, sign, bits] = /^(get|set)(Big)?(Int|Uint)(8|16|32|64)$/.exec(name) ?? [];
  if (!verb || (big !== undefined) !== (bits === '64')) return undefined;
  return { type: integers[`${sign === 'Int' ? 'i' : 'u'}${bits}` as IntegerName], set: verb === 'set' };
}

export function packetMember(name: string, node: ts.Node, context: LoweringContext): Value {
  context.keepInline();
  if (name === 'byteLength') return number(packetLength(context), UNSIGNED_32);
  return context.refuse(unknownMember(node, name, 'a packet'));
}

export function callPacketMethod(name: string, node: ts.CallExpression, context: LoweringContext): Value {
  context.keepInline();
  if (name === 'at') return lowerAt(node, context);
  const found = accessor(name);
  if (!found) return context.refuse(notCallable(node.expression, `packet.${name}`));
  const offset = toScalar(lowerArgument(node, 0, context), node, context);
  if (found.set) {
    lowerSetter(found.type, offset, node, context);
    return nothing;
  }
  return inOrder(lowerGetter(found.type, offset, context), isLittleEndian(node, 1, context), found.type, context);
}

function isLittleEndian(node: ts.CallExpression, index: number, context: LoweringContext): boolean {
  if (!node.arguments[index]) return false;
  const value = lowerArgument(node, index, context);
  return value.kind === 'static' && Boolean(value.value);
}

/** The raw bits of the machine's order as the number they mean on the wire. */
function inOrder(raw: IrValue, littleEndian: boolean, type: IntegerType, context: LoweringContext): Scalar {
  const value = littleEndian ? raw : swap(raw, context);
  const wide = context.builder.resize(value, i64, type.signed);
  return scalar(type.bigint ? type : integers.number, wide, scalar(type, wide).range);
}

export function packetLength(context: LoweringContext): IrValue {
  if (context.type.packet === 'linear' && context.type.context === 'XdpContext') return lengthOfBuffers(context);
  if (context.type.packet !== 'direct')
    return bits64(loadScalar(integers.u32, context.contextPointer, context), context);
  return distance(context);
}

/** Goes `outside` unless the offset is one at which the verifier can follow `size` bytes. */
export function boundedOffset(offset: Scalar, size: number, outside: Block, context: LoweringContext): IrValue {
  return atMost(offset, MAX_OFFSET - size, outside, context);
}

export function atMost(offset: Scalar, most: number, outside: Block, context: LoweringContext): IrValue {
  const value = bits64(offset, context);
  const { builder } = context;
  if (isNonNegative(offset.range) && within(offset.range, { min: 0n, max: BigInt(most) })) {
    // Helpers and instructions take any number.
    if (value.kind !== 'register' || most > MAX_OFFSET) return value;
    const mask = 2 ** offset.range.max.toString(2).length - 1;
    // What fits into a byte LLVM takes out of the bytes as they are.
    if (!builder.isUnfollowed(value) && (!builder.isReordered(value) || mask <= 0xff)) return value;
    if (mask <= most) return builder.binary('and', builder.opaque(value), constant64(mask));
  }
  const goOn = builder.createBlock('offset');
  // Of `length - 1` LLVM would add the length to the address, and then -1, which the verifier allows no address to have. Of 16
  // bits it would test as many, before their bytes are put in order or behind that: older kernels learn nothing there of 64.
  const tested = value.kind === 'register' ? builder.opaqueUnlessFollowed(value) : value;
  builder.branch(builder.compare('ule', tested, constant64(most)), goOn, outside);
  builder.start(goOn);
  return tested;
}

/** The address of `size` bytes of the packet, with the test that the verifier asks for; `outside` where they are not there. */
export function packetAddress(offset: IrValue, size: number, outside: Block, context: LoweringContext): IrValue {
  const { builder } = context;
  const bounds = packetBounds(context);
  const sum = builder.offset(bounds.data, offset);
  const last = offset.kind === 'constant' ? Number(offset.value) + size : undefined;
  if (last !== undefined && isKnownToHave(last, context)) return sum;
  // LLVM would make one number of `n - 1` and the size that the test adds: then the test is of another address.
  const address = last !== undefined ? sum : builder.opaque(sum);
  const inside = builder.createBlock('inside');
  const isInside =
    last !== undefined
      ? hasBytes(last, bounds, context)
      : builder.compare('ule', builder.offset(address, size), bounds.end);
  builder.branch(isInside, inside, outside);
  builder.start(inside);
  return address;
}

function lowerGetter(type: IntegerType, offset: Scalar, context: LoweringContext): IrValue {
  const { builder } = context;
  const unit = integerOfSize(type.size);
  if (isLoadable(type, offset, context)) return loadByInstruction(type, offset, context);
  switch (context.type.packet) {
    case 'direct': {
      const at = boundedOffset(offset, type.size, context.exitBlock(), context);
      return builder.load(unit, packetAddress(at, type.size, context.exitBlock(), context), type.size);
    }
    case 'linear':
      return loadLinear(type, offset, context);
    default: {
      const at = atMost(offset, MAX_HELPER_OFFSET, context.exitBlock(), context);
      return builder.load(unit, loadBytes(type, at, context.exitBlock(), context), type.size);
    }
  }
}

const LOADS: Readonly<Record<number, string>> = { 1: 'byte', 2: 'half', 4: 'word' };

/**
 * Whether one instruction reads this, LD_ABS or LD_IND: it ends the program with 0 where the packet is too short. What lies
 * in the linear part is read as fast without it, where the test is one of several or is made in each round of a loop.
 */
function isLoadable({ size }: IntegerType, offset: Scalar, context: LoweringContext): boolean {
  const { type, options, module, builder } = context;
  if (type.context !== 'SkBuff' || !(size in LOADS)) return false;
  if (options.defaultResult !== 0 || builder.function_.internal) return false;
  // Beside functions of their own the verifier takes these instructions since 5.10.
  if (isOlderThan(5, 10, module.options)) return false;
  return (
    type.packet === 'load' || (type.packet === 'linear' && offset.value.kind !== 'constant' && !context.isInLoop())
  );
}

/** The bits as they lie in the packet, by LD_ABS or LD_IND, which give them in the order of the machine. */
function loadByInstruction(type: IntegerType, offset: Scalar, context: LoweringContext): IrValue {
  const { builder } = context;
  const at = atMost(offset, MAX_HELPER_OFFSET, context.exitBlock(), context);
  const name = `llvm.bpf.load.${LOADS[type.size]}`;
  context.module.ir.declare({ name, returns: i64, parameters: [pointer, i64] });
  const loaded = builder.call({ kind: 'global', type: pointer, name }, i64, [context.contextPointer, at])!;
  // LLVM knows nothing of the end, and would drop a read that nobody uses, or make it later.
  const value = builder.opaque(loaded, true);
  context.assume(builder.compare('ule', value, constant64(2 ** (8 * type.size) - 1)));
  return swap(builder.resize(value, integerOfSize(type.size), false), context);
}

/** A copy of packet bytes on the stack, by a helper. */
export function loadBytes(type: BpfType, offset: IrValue, outside: Block, context: LoweringContext): IrValue {
  const { builder } = context;
  const copy = context.allocate(type);
  const status = copyFromPacket(offset, copy, type.size, context);
  const loaded = builder.createBlock('loaded');
  builder.branch(builder.compare('eq', status, constant64(0)), loaded, outside);
  builder.start(loaded);
  return copy;
}

/** From the linear part where it is there, else through the helper. */
function loadLinear(type: IntegerType, offset: Scalar, context: LoweringContext): IrValue {
  const { builder } = context;
  const unit = integerOfSize(type.size);
  const slow = builder.createBlock('beyond');
  const join = builder.createBlock('read');
  const at = boundedOffset(offset, type.size, context.exitBlock(), context);
  const direct = builder.load(unit, packetAddress(at, type.size, slow, context), type.size);
  const fromDirect = builder.block;
  builder.jump(join);
  builder.start(slow);
  const copied = builder.load(unit, loadBytes(type, at, context.exitBlock(), context), type.size);
  const fromCopy = builder.block;
  builder.jump(join);
  builder.start(join);
  return builder.phi(unit, [
    { value: direct, block: fromDirect },
    { value: copied, block: fromCopy },
  ]);
}

function lowerSetter(type: IntegerType, offset: Scalar, node: ts.CallExpression, context: LoweringContext): void {
  const { builder } = context;
  if (context.type.packet === 'load') context.refuse(packetReadOnly(node, context.type.kind));
  const value = bits64(convertTo(type, lowerArgument(node, 1, context), node, context), context);
  const low = builder.resize(value, integerOfSize(type.size), false);
  const raw = isLittleEndian(node, 2, context) ? low : swap(low, context);
  if (context.type.packet === 'direct') {
    const at = boundedOffset(offset, type.size, context.exitBlock(), context);
    builder.store(raw, packetAddress(at, type.size, context.exitBlock(), context), type.size);
    return;
  }
  const copy = context.allocate(type);
  builder.store(raw, copy, type.size);
  const at = atMost(offset, MAX_HELPER_OFFSET, context.exitBlock(), context);
  const status = copyToPacket(at, copy, type.size, context);
  noteMove(`ctx.packet.set…`, false, context);
  renewHeaders(context);
  const stored = builder.createBlock('stored');
  builder.branch(builder.compare('eq', status, constant64(0)), stored, context.exitBlock());
  builder.start(stored);
}
