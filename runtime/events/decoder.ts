/**
 * How a reader makes a value of the bytes of one event.
 */
import { codecOf } from '../maps/codec.js';
import type { Layout } from '../maps/layout.js';

/**
 * @param view over mapped memory, which the kernel may overwrite once the decoder has returned: what outlives the call
 *   must be copied.
 * @param offset of the event's first byte in the view.
 * @param length of the event in bytes; a perf buffer may have padded it.
 */
export type EventDecoder<T> = (view: DataView, offset: number, length: number) => T;

/** The bytes themselves, copied. */
export const decodeBytes: EventDecoder<Uint8Array> = (view, offset, length) =>
  new Uint8Array(view.buffer, view.byteOffset + offset, length).slice();

/**
 * The decoder of a type.
 *
 * @param layout as BTF describes it; without one, events stay bytes.
 */
export function eventDecoder<T>(layout: Layout | undefined): EventDecoder<T> {
  if (layout === undefined) return decodeBytes as EventDecoder<T>;
  const codec = codecOf<T>(layout);
  const decode: EventDecoder<T> = (view, offset, length) =>
    length >= codec.size ? codec.decode(view, offset) : codec.decodeBytes(padded(view, offset, length, codec.size));
  layouts.set(decode, layout);
  return decode;
}

const layouts = new WeakMap<EventDecoder<any>, Layout>();

/** The type that a decoder was made of; undefined where it is somebody's own. */
export function decodedLayout(decode: EventDecoder<any>): Layout | undefined {
  return layouts.get(decode);
}

/** A program may write less than the type; the rest reads as zero, never as what lies behind the event. */
function padded(view: DataView, offset: number, length: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  bytes.set(decodeBytes(view, offset, length));
  return bytes;
}
