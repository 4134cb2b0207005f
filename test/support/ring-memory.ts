/** Memory laid out by hand as the kernel lays out a ring buffer's data (kernel/bpf/ringbuf.c). */
import type { Layout, StructLayout } from '../../runtime/maps/layout.js';

export const RING_SIZE = 4096;
export const BUSY = 0x80000000;
export const DISCARD = 0x40000000;

/** A ring whose data pages lie twice in a row. */
export class RingMemory {
  readonly view = new DataView(new ArrayBuffer(2 * RING_SIZE));
  readonly headers = new Int32Array(this.view.buffer);
  position: number;

  /** @param start where the first record is to lie. */
  constructor(start = 0) {
    this.position = start;
  }

  /** Writes a record, with bits of its header set. */
  push(data: Uint8Array, bits = 0): void {
    const start = this.position % RING_SIZE;
    this.#both(start, (at) => this.view.setUint32(at, (data.length | bits) >>> 0, true));
    data.forEach((byte, index) => this.#both(start + 8 + index, (at) => this.view.setUint8(at, byte)));
    this.position += 8 + Math.ceil(data.length / 8) * 8;
  }

  #both(at: number, store: (at: number) => void): void {
    store(at);
    store(at < RING_SIZE ? at + RING_SIZE : at - RING_SIZE);
  }
}

/** Bytes by their digits; blanks are for the eye. */
export function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
}

/** @param fields the place of each in bytes, and its type. */
export function struct(size: number, fields: Record<string, readonly [number, Layout]>): StructLayout {
  const list = Object.entries(fields).map(([name, [offset, layout]]) => ({ name, offset, layout }));
  return { kind: 'struct', name: 'event', size, fields: list };
}
