/** Copies of packet bytes on the program's stack, from where they are read like the packet itself. */
import { bytesOf } from '../../types/types.js';
import type { IrValue } from '../../ir/values.js';
import type { LoweringContext } from '../../lower/context.js';
import type { Window } from '../analysis.js';

/** A window that spans more is copied in part, and the rest read by read: the stack has 512 bytes. */
const MOST_BYTES = 128;

export interface CopyBuffer {
  readonly address: IrValue;
  /** Where the window's first byte lies in it: chosen so that most reads are aligned, as the verifier asks of the stack. */
  readonly shift: number;
  /** The part of the window that it has room for. */
  readonly from: number;
  readonly to: number;
}

/** The part of a window that is copied as one. */
export function copiedPart({ from, to }: Window): { readonly from: number; readonly to: number } {
  return { from, to: Math.min(to, from + MOST_BYTES) };
}

export class CopyBuffers {
  private readonly buffers = new Map<string, CopyBuffer>();

  constructor(private readonly context: LoweringContext) {}

  of(window: Window): CopyBuffer {
    let buffer = this.buffers.get(window.key);
    if (!buffer) {
      const { from, to } = copiedPart(window);
      const shift = bestShift(window);
      buffer = { address: this.context.allocate(bytesOf(shift + to - from)), shift, from, to };
      this.buffers.set(window.key, buffer);
    }
    return buffer;
  }

  /** The address at which a byte of the window lies. */
  addressOf(window: Window, offset: number): IrValue {
    const { address, shift, from } = this.of(window);
    return this.context.builder.offset(address, offset - from + shift);
  }

  /** How far the copy of a read is aligned, in bytes. */
  alignmentOf(window: Window, offset: number, size: number): number {
    const { shift, from } = this.of(window);
    return alignment(offset - from + shift, size);
  }
}

function alignment(position: number, size: number): number {
  let align = size;
  while (position % align !== 0) align /= 2;
  return align;
}

function bestShift({ from, reads }: Window): number {
  const aligned = (shift: number) => reads.filter(({ offset, size }) => (offset - from + shift) % size === 0).length;
  return [0, 1, 2, 3].reduce((best, shift) => (aligned(shift) > aligned(best) ? shift : best), 0);
}
