/** The headers of a packet that a function refers to: where each lies has to be found anew when the packet has moved. */
import type { FunctionBuilder } from '../../ir/builder.js';
import { constant64, nullPointer, type IrValue } from '../../ir/values.js';
import type { LoweringContext } from '../context.js';

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
export function headersOf({ builder }: LoweringContext): readonly Header[] {
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
  return header;
}
