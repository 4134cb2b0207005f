/**
 * `ctx.packet`: a `DataView` over the packet, by whatever access the program type has. A read past the end ends the
 * program with its default result; `at<Header>()` gives undefined there.
 */
import { ts } from '../../typescript.js';
import { notCallable, packetReadOnly, unknownMember } from '../../diagnostics/index.js';
import type { Block } from '../../ir/instructions.js';
import { i64, integerOfSize, pointer } from '../../ir/types.js';
import { constant64, nullPointer, type IrValue } from '../../ir/values.js';
import { integers, isScalar, type BpfType, type IntegerName, type IntegerType } from '../../types/types.js';
import type { Frame, LoweringContext } from '../context.js';
import { loadScalar, swap } from '../memory.js';
import { Merge } from '../merge.js';
import { packetBounds, reloadPacketBounds } from '../packet-bounds.js';
import { isNonNegative, UNSIGNED_32, within } from '../range.js';
import { bits64, convertTo, number, optionalReference, scalar, toScalar } from '../scalars.js';
import { nothing, type Scalar, type Value } from '../values.js';
import { layoutOf } from '../visitors/variables.js';
import { lowerArgument } from './arguments.js';

const SKB_STORE_BYTES = 9;
const SKB_LOAD_BYTES = 26;
const SKB_PULL_DATA = 39;
/** The verifier knows packet offsets up to here (MAX_PACKET_OFF, kernel/bpf/verifier.c). */
const MAX_OFFSET = 0xffff;
/** Helpers take 32 bits of an offset, and refuse what is above this. */
const MAX_HELPER_OFFSET = 0x7fffffff;

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
  const { builder } = context;
  if (context.type.packet !== 'direct')
    return bits64(loadScalar(integers.u32, context.contextPointer, context), context);
  const { data, end } = packetBounds(context);
  return builder.binary('sub', builder.cast('ptrtoint', end, i64), builder.cast('ptrtoint', data, i64));
}

/** Goes `outside` unless the offset is one at which the verifier can follow `size` bytes. */
function boundedOffset(offset: Scalar, size: number, outside: Block, context: LoweringContext): IrValue {
  return atMost(offset, MAX_OFFSET - size, outside, context);
}

function atMost(offset: Scalar, most: number, outside: Block, context: LoweringContext): IrValue {
  const value = bits64(offset, context);
  if (isNonNegative(offset.range) && within(offset.range, { min: 0n, max: BigInt(most) })) return value;
  const { builder } = context;
  const goOn = builder.createBlock('offset');
  builder.branch(builder.compare('ule', value, constant64(most)), goOn, outside);
  builder.start(goOn);
  return value;
}

/** The address of `size` bytes of the packet, with the test that the verifier asks for; `outside` where they are not there. */
function packetAddress(offset: IrValue, size: number, outside: Block, context: LoweringContext): IrValue {
  const { builder } = context;
  const { data, end } = packetBounds(context);
  const sum = builder.offset(data, offset);
  // LLVM would make one number of `n - 1` and the size that the test adds: then the test is of another address.
  const address = offset.kind === 'constant' ? sum : builder.opaque(sum);
  const inside = builder.createBlock('inside');
  builder.branch(builder.compare('ule', builder.offset(address, size), end), inside, outside);
  builder.start(inside);
  return address;
}

function lowerGetter(type: IntegerType, offset: Scalar, context: LoweringContext): IrValue {
  const { builder } = context;
  const unit = integerOfSize(type.size);
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

/** A copy of packet bytes on the stack, by bpf_skb_load_bytes. */
function loadBytes(type: BpfType, offset: IrValue, outside: Block, context: LoweringContext): IrValue {
  const { builder } = context;
  const copy = context.allocate(type);
  const status = builder.callHelper(SKB_LOAD_BYTES, i64, [context.contextPointer, offset, copy, constant64(type.size)]);
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
  const parameters = [context.contextPointer, at, copy, constant64(type.size), constant64(0)];
  const status = builder.callHelper(SKB_STORE_BYTES, i64, parameters);
  reloadPacketBounds(context);
  const stored = builder.createBlock('stored');
  builder.branch(builder.compare('eq', status, constant64(0)), stored, context.exitBlock());
  builder.start(stored);
}

/** A typed view of a header, or undefined where the packet ends before it does. */
function lowerAt(node: ts.CallExpression, context: LoweringContext): Value {
  const type = headerType(node, context);
  const offset = toScalar(lowerArgument(node, 0, context), node, context);
  const merge = new Merge(context);
  const { builder } = context;
  const outside = builder.createBlock('outside');
  const writable = context.type.packet === 'direct' || (context.type.packet === 'linear' && isWritten(node, context));
  const address = headerAddress(type, offset, writable, outside, context);
  // LLVM cannot know it of an address that was read from the context.
  context.assume(builder.compare('ne', address, nullPointer));
  merge.arrive({ kind: 'reference', type: aggregate(type), address, origin: writable ? 'packet' : 'copy' }, node);
  builder.start(outside);
  merge.arrive(nothing, node);
  const result = merge.finish();
  const seen = result.kind === 'optional' ? result.inner : result;
  // Machines that we compile for read words at any address, and the verifier lets programs do so in a packet.
  if (seen.kind === 'reference' && context.type.packet === 'direct') builder.needsNoAlignment(seen.address);
  return result.kind === 'reference' ? optionalReference(result) : result;
}

/** Whether the header's fields are assigned to, through the name that holds it or through another. */
function isWritten(node: ts.CallExpression, context: LoweringContext): boolean {
  let outer: ts.Node = node;
  while (ts.isParenthesizedExpression(outer.parent) || ts.isNonNullExpression(outer.parent)) outer = outer.parent;
  if (ts.isPropertyAccessExpression(outer.parent)) return isAssignmentTarget(outer.parent);
  if (!ts.isVariableDeclaration(outer.parent)) return true;
  const symbol = context.checker.getSymbolAtLocation(outer.parent.name);
  return symbol !== undefined && context.module.evaluator.isContentChanged(symbol);
}

function isAssignmentTarget(node: ts.Expression): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) || ts.isElementAccessExpression(parent))
    return parent.expression === node && isAssignmentTarget(parent);
  if (ts.isPrefixUnaryExpression(parent) || ts.isPostfixUnaryExpression(parent)) {
    return parent.operator === ts.SyntaxKind.PlusPlusToken || parent.operator === ts.SyntaxKind.MinusMinusToken;
  }
  const { FirstAssignment, LastAssignment } = ts.SyntaxKind;
  return (
    ts.isBinaryExpression(parent) &&
    parent.left === node &&
    parent.operatorToken.kind >= FirstAssignment &&
    parent.operatorToken.kind <= LastAssignment
  );
}

/**
 * Where a header lies: in the packet, or in a copy on the stack where the packet's linear part ends before it does.
 * A header that is written to is pulled into the linear part, which makes earlier addresses into the packet invalid; one
 * that is the first to be seen is pulled too, since there are none.
 */
function headerAddress(
  type: BpfType,
  offset: Scalar,
  writable: boolean,
  outside: Block,
  context: LoweringContext,
): IrValue {
  const { builder } = context;
  const at = boundedOffset(offset, type.size, outside, context);
  if (context.type.packet === 'direct') return packetAddress(at, type.size, outside, context);
  if (context.type.packet === 'load') return loadBytes(type, at, outside, context);
  const slot = context.allocatePointer();
  const beyond = builder.createBlock('beyond');
  const join = builder.createBlock('header');
  builder.store(packetAddress(at, type.size, beyond, context), slot, 8);
  builder.jump(join);
  builder.start(beyond);
  if (writable || isFirstView(context)) {
    const end = builder.binary('add', at, constant64(type.size));
    builder.callHelper(SKB_PULL_DATA, i64, [context.contextPointer, end]);
    reloadPacketBounds(context);
    builder.store(packetAddress(at, type.size, outside, context), slot, 8);
  } else {
    builder.store(loadBytes(type, at, outside, context), slot, 8);
  }
  builder.jump(join);
  builder.start(join);
  context.functionState.viewsPacket = true;
  return builder.load(pointer, slot, 8);
}

/** Whether no address into the packet was given to the program before, by an earlier round of a loop either. */
function isFirstView(context: LoweringContext): boolean {
  if (context.functionState.viewsPacket) return false;
  for (let frame: Frame | undefined = context.frame; frame; frame = frame.parent)
    if (frame.targets.some(({ continueTo }) => continueTo)) return false;
  return true;
}

function aggregate(type: BpfType) {
  return isScalar(type) ? ({ kind: 'array', element: type, length: 1, size: type.size, bytes: false } as const) : type;
}

function headerType(node: ts.CallExpression, context: LoweringContext): BpfType {
  const written = node.typeArguments?.[0];
  const type = written ? context.checker.getTypeFromTypeNode(written) : context.checker.getTypeAtLocation(node);
  return layoutOf(type, node, context);
}
