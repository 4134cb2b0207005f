/** `ctx.packet.at<Header>(offset)`: a typed view of a header, or undefined where the packet ends before the header does. */
import { ts } from '../../typescript.js';
import type { Block } from '../../ir/instructions.js';
import { i64, pointer } from '../../ir/types.js';
import { constant64, nullPointer, type IrValue } from '../../ir/values.js';
import { isScalar, type BpfType } from '../../types/types.js';
import type { LoweringContext } from '../context.js';
import { Merge } from '../merge.js';
import { noteMove } from '../moved-headers.js';
import { coversBytes } from '../packet-length.js';
import { mayMovePackets } from '../packet-moves.js';
import { optionalReference, toScalar } from '../scalars.js';
import { nothing, type Reference, type Scalar, type Value } from '../values.js';
import { layoutOf } from '../visitors/variables.js';
import { lowerArgument } from './arguments.js';
import { warnOfGaps } from './header-gaps.js';
import { boundedOffset, loadBytes, packetAddress } from './packet.js';
import { holdHeader, renewHeaders, trackHeader, type Header } from './packet-headers.js';

const SKB_PULL_DATA = 39;

export function lowerAt(node: ts.CallExpression, context: LoweringContext): Value {
  const type = headerType(node, context);
  const offset = toScalar(lowerArgument(node, 0, context), node, context);
  if (context.type.packet === 'linear') return lowerLinearHeader(type, offset, isWritten(node, context), context);
  if (context.type.packet === 'direct' && mayMovePackets(context.module.discovery))
    return lowerMovedHeader(type, offset, context);
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

/** A header in an XDP program that moves packets: its address is kept in a slot, to be made anew. */
function lowerMovedHeader(type: BpfType, offset: Scalar, context: LoweringContext): Value {
  const { builder } = context;
  const header = trackHeader(type.size, context);
  const outside = builder.createBlock('outside');
  const found = builder.createBlock('header');
  holdHeader(header, { address: nullPointer, direct: constant64(0) }, context);
  const at = boundedOffset(offset, type.size, outside, context);
  builder.store(at, header.offset, 8);
  holdHeader(header, { address: packetAddress(at, type.size, outside, context), direct: constant64(1) }, context);
  builder.jump(found);
  return foundHeader(header, { type, writable: true, found, outside }, context);
}

/**
 * A header in the linear part of the packet; or in a copy on the stack, where it is only read and lies beyond. One that
 * is written to is pulled into the linear part, and so is the first to be seen, since there are no addresses yet that
 * have to be made anew. The address is kept in a slot, for it has to be made anew when the packet has moved.
 *
 * No helper pulls buffers of XDP together: there a header that is written to is in the first, or is not there.
 */
function lowerLinearHeader(type: BpfType, offset: Scalar, writable: boolean, context: LoweringContext): Value {
  const { builder } = context;
  const isXdp = context.type.context === 'XdpContext';
  const pulled = !isXdp && (writable || isFirstView(context));
  const header = trackHeader(type.size, context);
  const outside = builder.createBlock('outside');
  const beyond = isXdp && writable ? outside : builder.createBlock('beyond');
  const found = builder.createBlock('header');
  const hold = (address: IrValue, direct: IrValue) => {
    holdHeader(header, { address, direct }, context);
    builder.jump(found);
  };
  holdHeader(header, { address: nullPointer, direct: constant64(0) }, context);
  const at = boundedOffset(offset, type.size, outside, context);
  builder.store(at, header.offset, 8);
  const inLinearPart = packetAddress(at, type.size, beyond, context);
  // LLVM would find out which of the two it is by comparing addresses, which are no longer valid when the packet has moved.
  hold(inLinearPart, pulled || writable ? constant64(1) : builder.opaque(constant64(1)));
  if (beyond === outside) return foundHeader(header, { type, writable, found, outside }, context);
  const lookBeyond = () => {
    builder.start(beyond);
    if (!pulled) return hold(loadBytes(type, at, outside, context), constant64(0));
    const end = builder.binary('add', at, constant64(type.size));
    builder.callHelper(SKB_PULL_DATA, i64, [context.contextPointer, end]);
    noteMove('ctx.packet.at', false, context);
    renewHeaders(context, header);
    hold(packetAddress(at, type.size, outside, context), constant64(1));
  };
  // In loops the verifier would walk far more ways: what it has seen there counts when it has come to the end of them.
  if (context.isInLoop()) lookBeyond();
  else builder.aside(lookBeyond);
  return foundHeader(header, { type, writable, found, outside }, context);
}

interface Found {
  readonly type: BpfType;
  readonly writable: boolean;
  /** Where its slots hold the header. */
  readonly found: Block;
  readonly outside: Block;
}

/** The header in its slots as a value, which asks for the address anew wherever it is used. */
function foundHeader(header: Header, { type, writable, found, outside }: Found, context: LoweringContext): Value {
  const { builder } = context;
  const moves = mayMovePackets(context.module.discovery);
  const done = builder.createBlock('done');
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
  const reference: Reference = {
    kind: 'reference',
    type: aggregate(type),
    origin: writable ? 'packet' : 'copy',
    renewed: true,
    packetOffset: () => builder.load(i64, header.offset, 8),
    get address() {
      // A callback has slots of its own: it takes the address as it was.
      if (context.builder !== builder) return then;
      const address = builder.load(pointer, header.address, 8);
      if (!moves) return address;
      // The packet may have become too short for it since.
      const there = builder.createBlock('there');
      builder.branch(builder.compare('ne', address, nullPointer), there, context.exitBlock());
      builder.start(there);
      if (writable) builder.needsNoAlignment(address);
      return address;
    },
  };
  if (!moves) return optionalReference(reference);
  return { kind: 'optional', plain: true, inner: reference, present: builder.compare('ne', then, nullPointer) };
}

/** Whether no address into the packet was given to the program before, by an earlier round of a loop either. */
function isFirstView(context: LoweringContext): boolean {
  return !context.functionState.viewsPacket && !context.isInLoop();
}

function aggregate(type: BpfType) {
  return isScalar(type) ? ({ kind: 'array', element: type, length: 1, size: type.size, bytes: false } as const) : type;
}

function headerType(node: ts.CallExpression, context: LoweringContext): BpfType {
  const written = node.typeArguments?.[0];
  const type = written ? context.checker.getTypeFromTypeNode(written) : context.checker.getTypeAtLocation(node);
  const layout = layoutOf(type, node, context);
  warnOfGaps(layout, written ?? node, context);
  return layout;
}
