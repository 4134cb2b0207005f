/** The helpers that reach bytes of a packet wherever they lie; each kind of context has its own. */
import { i64 } from '../ir/types.js';
import { constant64, type IrValue } from '../ir/values.js';
import type { LoweringContext } from './context.js';

const SKB_STORE_BYTES = 9;
const SKB_LOAD_BYTES = 26;
const XDP_GET_BUFF_LEN = 188;
const XDP_LOAD_BYTES = 189;
const XDP_STORE_BYTES = 190;

function isXdp({ type }: LoweringContext): boolean {
  return type.context === 'XdpContext';
}

/** Copies bytes of the packet from an offset to memory. @returns 0, or an error where the packet ends before. */
export function copyFromPacket(offset: IrValue, to: IrValue, size: number, context: LoweringContext): IrValue {
  const helper = isXdp(context) ? XDP_LOAD_BYTES : SKB_LOAD_BYTES;
  return context.builder.callHelper(helper, i64, [context.contextPointer, offset, to, constant64(size)]);
}

/** Copies memory to an offset of the packet. @returns 0, or an error where the packet ends before. */
export function copyToPacket(offset: IrValue, from: IrValue, size: number, context: LoweringContext): IrValue {
  const common = [context.contextPointer, offset, from, constant64(size)];
  return isXdp(context)
    ? context.builder.callHelper(XDP_STORE_BYTES, i64, common)
    : context.builder.callHelper(SKB_STORE_BYTES, i64, [...common, constant64(0)]);
}

/** The length of an XDP packet that may have several buffers, in bytes and 64 bits. */
export function lengthOfBuffers(context: LoweringContext): IrValue {
  return context.builder.callHelper(XDP_GET_BUFF_LEN, i64, [context.contextPointer]);
}
