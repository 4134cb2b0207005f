/**
 * The packet's length in XDP, which is the distance of two pointers. A test of it against a constant is made as the test
 * of pointers that the verifier learns from; what has been found so needs no test again (`FunctionBuilder.packetBytes`).
 */
import { i64 } from '../ir/types.js';
import { constant64, nullPointer, type IrValue } from '../ir/values.js';
import { packetBounds, type PacketBounds } from './packet-bounds.js';
import type { LoweringContext } from './context.js';
import { mayMovePackets } from './packet-moves.js';
import type { Reference } from './values.js';

/** The verifier knows packet offsets up to here (MAX_PACKET_OFF, kernel/bpf/verifier.c). */
export const MAX_OFFSET = 0xffff;

const bounds = new WeakMap<IrValue, PacketBounds>();

/** The distance of the packet's end from its beginning, in bytes. */
export function distance(context: LoweringContext): IrValue {
  const { builder } = context;
  const found = packetBounds(context);
  const { data, end } = found;
  const difference = builder.binary('sub', builder.cast('ptrtoint', end, i64), builder.cast('ptrtoint', data, i64));
  // Of the 32 low bits alone LLVM would make a subtraction of 32 bits, which the verifier forbids on pointers.
  const length = builder.opaque(difference);
  if (!mayMovePackets(context.module.discovery)) bounds.set(length, found);
  return length;
}

/** Whether the packet has this many bytes, as the verifier wants it asked. */
export function hasBytes(count: number, { data, end }: PacketBounds, context: LoweringContext): IrValue {
  const { builder } = context;
  const condition = builder.compare('ule', builder.offset(data, count), end);
  if (!mayMovePackets(context.module.discovery)) builder.impliesLength(condition, { whenTrue: count, whenFalse: 0 });
  return condition;
}

/** Whether tests before have found that the packet has this many bytes. */
export function isKnownToHave(count: number, context: LoweringContext): boolean {
  return context.type.packet === 'direct' && context.builder.packetBytes >= count;
}

/**
 * A comparison of the packet's length with a constant, as one of pointers.
 *
 * @returns undefined for any other comparison.
 */
export function compareLength(
  operator: string,
  left: IrValue,
  right: IrValue,
  context: LoweringContext,
): IrValue | undefined {
  const found = bounds.get(left);
  if (!found || right.kind !== 'constant')
    return bounds.has(right) ? mirrored(operator, left, right, context) : undefined;
  const limit = Number(BigInt.asIntN(64, right.value));
  // At least so many bytes are asked for, or the opposite of that.
  const least = operator === '>=' || operator === '<' ? limit : limit + 1;
  if (least < 1 || least > MAX_OFFSET) return undefined;
  const { builder } = context;
  if (operator === '>=' || operator === '>') return hasBytes(least, found, context);
  if (operator !== '<' && operator !== '<=') return undefined;
  const condition = builder.compare('ugt', builder.offset(found.data, least), found.end);
  builder.impliesLength(condition, { whenTrue: 0, whenFalse: least });
  return condition;
}

const MIRRORED: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

function mirrored(operator: string, left: IrValue, right: IrValue, context: LoweringContext): IrValue | undefined {
  const other = MIRRORED[operator];
  return other !== undefined && left.kind === 'constant' ? compareLength(other, right, left, context) : undefined;
}

const covered = new WeakMap<Reference, number>();

/** Notes up to which byte the packet reaches where a header is in it. */
export function coversBytes(header: Reference, bytes: number): void {
  covered.set(header, bytes);
}

/** Whether a header is in the packet, and that the packet then has its bytes. */
export function isInPacket(header: Reference, { builder, module }: LoweringContext): IrValue {
  const condition = builder.compare('ne', header.address, nullPointer);
  const bytes = covered.get(header);
  if (bytes !== undefined && !mayMovePackets(module.discovery))
    builder.impliesLength(condition, { whenTrue: bytes, whenFalse: 0 });
  return condition;
}

/** Whether a length, however the program type has it, is at least a number of bytes. */
export function isAtLeast(length: IrValue, count: number, context: LoweringContext): IrValue {
  return (
    compareLength('>=', length, constant64(count), context) ?? context.builder.compare('uge', length, constant64(count))
  );
}
