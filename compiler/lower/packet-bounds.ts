/**
 * `data` and `data_end` of XDP and tc, which the verifier knows by where they are loaded from. They are loaded where the
 * function begins and kept in slots, which LLVM turns into registers, so that all accesses test the same two pointers.
 */
import { i32, i64, pointer } from '../ir/types.js';
import type { IrValue } from '../ir/values.js';
import type { FunctionState, LoweringContext } from './context.js';
import { mayMovePackets } from './packet-moves.js';

export interface PacketBounds {
  readonly data: IrValue;
  readonly end: IrValue;
}

/** The two pointers as they are now. */
export function packetBounds(context: LoweringContext): PacketBounds {
  const { builder } = context;
  const slots = slotsOf(context);
  return { data: builder.load(pointer, slots.data, 8), end: builder.load(pointer, slots.end, 8) };
}

/**
 * To be called behind every helper that may move the packet: the verifier forgets all pointers into it there. An XDP
 * program that moves nothing keeps its pointers, and what is known of them.
 */
export function reloadPacketBounds(context: LoweringContext): void {
  if (context.type.packet === 'direct' && !mayMovePackets(context.module.discovery)) return;
  if (context.type.packet === 'direct' || context.type.packet === 'linear') fill(slotsOf(context), context);
}

function slotsOf(context: LoweringContext): PacketBounds {
  const state: FunctionState = context.functionState;
  if (state.packetBounds) return state.packetBounds;
  const slots = { data: context.allocatePointer(), end: context.allocatePointer() };
  state.packetBounds = slots;
  context.builder.atEntry(() => fill(slots, context));
  return slots;
}

/** Offsets of `struct xdp_md` and `struct __sk_buff` (linux/bpf.h). */
function fill(slots: PacketBounds, context: LoweringContext): void {
  const { builder } = context;
  const [dataOffset, endOffset] = context.type.context === 'XdpContext' ? [0, 4] : [76, 80];
  const { contextPointer } = context;
  const load = (offset: number) =>
    builder.cast(
      'inttoptr',
      builder.resize(builder.load(i32, builder.offset(contextPointer, offset), 4), i64, false),
      pointer,
    );
  builder.store(load(dataOffset), slots.data, 8);
  builder.store(load(endOffset), slots.end, 8);
}
