/**
 * How a reader makes a value of the bytes of one event.
 */

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
