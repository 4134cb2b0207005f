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
import { coversBytes, distance, hasBytes, isKnownToHave, MAX_OFFSET } from '../packet-length.js';
import { isNonNegative, UNSIGNED_32, within } from '../range.js';
import { bits64, convertTo, number, optionalReference, scalar, toScalar } from '../scalars.js';
import { nothing, type Scalar, type Value } from '../values.js';
import { layoutOf } from '../visitors/variables.js';
import { lowerArgument } from './arguments.js';
import { headersOf, trackHeader, type Header } from './packet-headers.js';

const SKB_STORE_BYTES = 9;
const SKB_LOAD_BYTES = 26;
const SKB_PULL_DATA = 39;
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
  if (context.type.packet !== 'direct')
    return bits64(loadScalar(integers.u32, context.contextPointer, context), context);
  return distance(context);
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
  renewHeaders(undefined, context);
  const stored = builder.createBlock('stored');
  builder.branch(builder.compare('eq', status, constant64(0)), stored, context.exitBlock());
  builder.start(stored);
}

/** After the packet may have moved: finds all headers that were seen again, but the one that is being looked for. */
function renewHeaders(except: Header | undefined, context: LoweringContext): void {
  const { builder } = context;
  reloadPacketBounds(context);
  for (const header of headersOf(context)) {
    if (header === except) continue;
    const renew = builder.createBlock('renew');
    const goOn = builder.createBlock('on');
    builder.branch(builder.compare('ne', builder.load(i64, header.direct, 8), constant64(0)), renew, goOn);
    builder.start(renew);
    const at = atMost(
      number(builder.load(i64, header.offset, 8)),
      MAX_OFFSET - header.size,
      context.exitBlock(),
      context,
    );
    builder.store(packetAddress(at, header.size, context.exitBlock(), context), header.address, 8);
    builder.jump(goOn);
    builder.start(goOn);
  }
}

/** A typed view of a header, or undefined where the packet ends before it does. */
function lowerAt(node: ts.CallExpression, context: LoweringContext): Value {
  const type = headerType(node, context);
  const offset = toScalar(lowerArgument(node, 0, context), node, context);
  if (context.type.packet === 'linear') return lowerLinearHeader(type, offset, isWritten(node, context), context);
  const merge = new Merge(context);
  const { builder } = context;
  const outside = builder.createBlock('outside');
  const writable = context.type.packet === 'direct';
  const address = headerAddress(type, offset, outside, context);
  // LLVM cannot know it of an address that was read from the context.
  context.assume(builder.compare('ne', address, nullPointer));
  merge.arrive({ kind: 'reference', type: aggregate(type), address, origin: writable ? 'packet' : 'copy' }, node);
  if (outside.reached) {
    builder.start(outside);
    merge.arrive(nothing, node);
  }
  const result = merge.finish();
  const seen = result.kind === 'optional' ? result.inner : result;
  // Machines that we compile for read words at any address, and the verifier lets programs do so in a packet.
  if (seen.kind === 'reference' && writable) {
    builder.needsNoAlignment(seen.address);
    if (offset.value.kind === 'constant') coversBytes(seen, Number(offset.value.value) + type.size);
  }
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

/** Where a header lies: in the packet, or in a copy on the stack where the program type has no packet memory. */
function headerAddress(type: BpfType, offset: Scalar, outside: Block, context: LoweringContext): IrValue {
  const at = boundedOffset(offset, type.size, outside, context);
  return context.type.packet === 'direct'
    ? packetAddress(at, type.size, outside, context)
    : loadBytes(type, at, outside, context);
}

/**
 * A header in the linear part of the packet; or in a copy on the stack, where it is only read and lies beyond. One that
 * is written to is pulled into the linear part, and so is the first to be seen, since there are no addresses yet that
 * have to be made anew. The address is kept in a slot, for it has to be made anew when the packet has moved.
 */
function lowerLinearHeader(type: BpfType, offset: Scalar, writable: boolean, context: LoweringContext): Value {
  const { builder } = context;
  const pulled = writable || isFirstView(context);
  const header = trackHeader(type.size, context);
  const outside = builder.createBlock('outside');
  const beyond = builder.createBlock('beyond');
  const found = builder.createBlock('header');
  const done = builder.createBlock('done');
  const hold = (address: IrValue, direct: IrValue) => {
    builder.store(address, header.address, 8);
    builder.store(direct, header.direct, 8);
    builder.jump(found);
  };
  builder.store(nullPointer, header.address, 8);
  builder.store(constant64(0), header.direct, 8);
  const at = boundedOffset(offset, type.size, outside, context);
  builder.store(at, header.offset, 8);
  const inLinearPart = packetAddress(at, type.size, beyond, context);
  // LLVM would find out which of the two it is by comparing addresses, which are no longer valid when the packet has moved.
  hold(inLinearPart, pulled ? constant64(1) : builder.opaque(constant64(1)));
  builder.start(beyond);
  if (pulled) {
    const end = builder.binary('add', at, constant64(type.size));
    builder.callHelper(SKB_PULL_DATA, i64, [context.contextPointer, end]);
    renewHeaders(header, context);
    hold(packetAddress(at, type.size, outside, context), constant64(1));
  } else {
    hold(loadBytes(type, at, outside, context), constant64(0));
  }
  builder.start(found);
  const first = builder.load(pointer, header.address, 8);
  // LLVM cannot know it of an address that was read from the context.
  context.assume(builder.compare('ne', first, nullPointer));
  builder.jump(done);
  builder.start(outside);
  builder.jump(done);
  builder.start(done);
  const then = builder.phi(pointer, [
    { value: first, block: found },
    { value: nullPointer, block: outside },
  ]);
  context.functionState.viewsPacket = true;
  return optionalReference({
    kind: 'reference',
    type: aggregate(type),
    origin: writable ? 'packet' : 'copy',
    get address() {
      // A callback has slots of its own: it takes the address as it was.
      return context.builder === builder ? builder.load(pointer, header.address, 8) : then;
    },
  });
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
