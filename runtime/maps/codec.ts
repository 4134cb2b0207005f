/**
 * Bytes to values and back, by a layout. Decoders are generated code, made once per type: a read of a field is one
 * DataView call at a constant offset.
 */
import { TsbpfError } from '../errors.js';
import { generateDecoder, type Decode } from './decoder.js';
import { createEncoder, EncodeProblem, type Encode } from './encoder.js';
import type { Layout } from './layout.js';

export interface Codec<T> {
  readonly layout: Layout;
  /** Bytes that a value takes. */
  readonly size: number;
  /**
   * Reads a value.
   *
   * @param view the memory; nothing in the result refers to it.
   * @param offset in bytes from the start of the view.
   */
  decode(view: DataView, offset: number): T;
  /** Reads a value that begins at the first of these bytes. */
  decodeBytes(bytes: Uint8Array): T;
  /**
   * The value's bytes, padding zeroed.
   *
   * @param subject begins the path in messages: `'stats'` in `stats.count`.
   * @throws TsbpfError (TSBPF2010) for a value that does not fit, with the path of the field.
   */
  encode(value: T, subject?: string): Uint8Array;
  /** As `encode`, into memory that the caller has; padding stays as it is. */
  encodeInto(value: T, view: DataView, offset: number, subject?: string): void;
}

const codecs = new WeakMap<Layout, Codec<unknown>>();

/** The codec of a layout. The same layout object gives the same codec. */
export function codecOf<T>(layout: Layout): Codec<T> {
  let codec = codecs.get(layout);
  if (!codec) codecs.set(layout, (codec = new LayoutCodec(layout)));
  return codec as Codec<T>;
}

class LayoutCodec implements Codec<unknown> {
  readonly layout: Layout;
  readonly size: number;
  #decode: Decode | undefined;
  #encode: Encode | undefined;

  constructor(layout: Layout) {
    this.layout = layout;
    this.size = layout.size;
  }

  decode(view: DataView, offset: number): unknown {
    return (this.#decode ??= generateDecoder(this.layout))(view, offset);
  }

  decodeBytes(bytes: Uint8Array): unknown {
    return this.decode(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0);
  }

  encode(value: unknown, subject = 'value'): Uint8Array {
    const bytes = new Uint8Array(this.size);
    this.encodeInto(value, new DataView(bytes.buffer), 0, subject);
    return bytes;
  }

  encodeInto(value: unknown, view: DataView, offset: number, subject = 'value'): void {
    try {
      (this.#encode ??= createEncoder(this.layout))(value, view, offset);
    } catch (problem) {
      if (!(problem instanceof EncodeProblem)) throw problem;
      throw new TsbpfError(problem.describe(subject), {
        code: 'TSBPF2010',
        operation: 'encode',
        subject,
        hint: problem.hint,
      });
    }
  }
}
