/** The headers of a packet that a function refers to: where each lies has to be found anew when the packet has moved. */
import type { ts } from '@ts-morph/bootstrap';
import { packetMovedInCallback } from '../../diagnostics/index.js';
import type { FunctionBuilder } from '../../ir/builder.js';
import { i32, i64 } from '../../ir/types.js';
import { constant64, nullPointer, type IrValue } from '../../ir/values.js';
import type { LoweringContext } from '../context.js';
import { noteHeader, noteMove } from '../moved-headers.js';
import { reloadPacketBounds } from '../packet-bounds.js';
import { MAX_OFFSET } from '../packet-length.js';
import { mayMovePackets, type PacketMove } from '../packet-moves.js';
import { number } from '../scalars.js';
import { atMost, packetAddress } from './packet.js';

/** Slots of 8 bytes, which LLVM turns into registers. */
export interface Header {
  /** The header's address; NULL where it is not known, or lies past the end. */
  readonly address: IrValue;
  /** Its offset in the packet. */
  readonly offset: IrValue;
  /** 1 where the address is one of the packet, 0 where it is NULL or that of a copy. */
  readonly direct: IrValue;
  /** In bytes. */
  readonly size: number;
}

const headers = new WeakMap<FunctionBuilder, Header[]>();

/** The headers that were asked for before, in the function that is being lowered. */
function headersOf({ builder }: LoweringContext): readonly Header[] {
  return headers.get(builder) ?? [];
}

/** Slots for a header more, which is at no address at first. */
export function trackHeader(size: number, context: LoweringContext): Header {
  const { builder } = context;
  const slot = () => context.allocatePointer();
  const header = { address: slot(), offset: slot(), direct: slot(), size };
  // A header is renewed also where it has not been asked for yet on the way that was taken.
  builder.atEntry(() => {
    builder.store(nullPointer, header.address, 8);
    builder.store(constant64(0), header.offset, 8);
    builder.store(constant64(0), header.direct, 8);
  });
  headers.set(builder, [...headersOf(context), header]);
  noteHeader(header.address, context);
  return header;
}

/** Puts an address into a header's slots. */
export function holdHeader(
  header: Header,
  { address, direct }: { readonly address: IrValue; readonly direct: IrValue },
  { builder }: LoweringContext,
): void {
  builder.store(address, header.address, 8);
  builder.store(direct, header.direct, 8);
}

/**
 * After a helper that gave `status`: the packet's bounds are loaded anew, and each header is found again, where what the
 * helper did tells where it is now. One that the packet no longer has is at NULL.
 *
 * @param parameters what the helper was given.
 */
export function packetMoved(
  helper: string,
  move: PacketMove,
  parameters: readonly IrValue[],
  status: IrValue,
  node: ts.Node,
  context: LoweringContext,
): void {
  const { builder } = context;
  context.keepInline();
  if (move.kind !== 'stays' && builder.function_.internal) context.refuse(packetMovedInCallback(node, helper));
  noteMove(`bpf.${helper}`, move.kind === 'shifts', context);
  if (move.kind === 'stays') return renewHeaders(context);
  if (move.kind === 'shifts') {
    reloadPacketBounds(context);
    for (const header of headersOf(context))
      holdHeader(header, { address: nullPointer, direct: constant64(0) }, context);
    return;
  }
  // The helpers take 32 bits: with a sign where bytes may go as well as come.
  const low = builder.resize(parameters[move.parameter]!, i32, false);
  const by = builder.resize(low, i64, move.sign < 0);
  const signed = move.sign < 0 ? builder.binary('sub', constant64(0), by) : by;
  const shift = builder.select(builder.compare('eq', status, constant64(0)), signed, constant64(0));
  renewHeaders(context, undefined, shift);
}

/** Behind a helper that calls functions back, which may have stored into the packet. */
export function renewAfterCallback(context: LoweringContext): void {
  if (
    context.type.packet === 'linear' ||
    (context.type.packet === 'direct' && mayMovePackets(context.module.discovery))
  )
    renewHeaders(context);
}

/**
 * After the packet may have moved: finds all headers that were seen again.
 *
 * @param except the one that is being looked for.
 * @param shift bytes that have come before the first.
 */
export function renewHeaders(context: LoweringContext, except?: Header, shift?: IrValue): void {
  const { builder } = context;
  reloadPacketBounds(context);
  const moves = mayMovePackets(context.module.discovery);
  for (const header of headersOf(context)) {
    if (header === except) continue;
    const renew = builder.createBlock('renew');
    const goOn = builder.createBlock('on');
    const lost = moves ? builder.createBlock('lost') : context.exitBlock();
    builder.branch(builder.compare('ne', builder.load(i64, header.direct, 8), constant64(0)), renew, goOn);
    builder.start(renew);
    const before = builder.load(i64, header.offset, 8);
    const now = shift ? builder.binary('add', before, shift) : before;
    if (shift) builder.store(now, header.offset, 8);
    const at = atMost(number(now), MAX_OFFSET - header.size, lost, context);
    builder.store(packetAddress(at, header.size, lost, context), header.address, 8);
    builder.jump(goOn);
    if (moves) {
      builder.start(lost);
      holdHeader(header, { address: nullPointer, direct: constant64(0) }, context);
      builder.jump(goOn);
    }
    builder.start(goOn);
  }
}
