/** Calls back for records of a ring where they lie. The loop over them is generated for each ring. */
import { codeScope, compile, DECLARE_INDEXES, expression, newCode, typedArraysOver } from '../maps/decoder.js';
import type { Layout } from '../maps/layout.js';
import { decodedLayout, type EventDecoder } from './decoder.js';
import { RecordCopy } from './record-copy.js';
import { createRecordView, RecordCursor, type AnyCallback } from './record-view.js';
import { DISCARD, HEADER, LENGTH } from './ring-batch.js';

interface Progress {
  /** The position behind the record that the callback has, or had last. */
  reached: number;
  /** The position to stop at. */
  stop: number;
}

type Loop = (from: number, callback: AnyCallback) => number;

/** Positions are their low 32 bits, signed. */
export class RingConsumer {
  readonly #cursor = new RecordCursor();
  readonly #progress: Progress = { reached: 0, stop: 0 };
  readonly #loop: Loop;
  #copy: RecordCopy | undefined;

  /**
   * @param decode makes a value of a record; where it is that of a struct, callbacks get a view in its place.
   * @param headers over the ring's data, as words.
   * @param data the same as bytes.
   * @param mask the ring's size less one.
   * @param name of the ring, for error messages.
   */
  constructor(
    private readonly decode: EventDecoder<any>,
    private readonly headers: Int32Array,
    private readonly data: DataView,
    private readonly mask: number,
    private readonly name: string,
  ) {
    this.#loop = this.#generate();
  }

  /**
   * Calls back for records that are whole, in order.
   *
   * @param from the position of the first.
   * @param to the position behind the last.
   * @returns how many there were.
   */
  consume(from: number, to: number, callback: AnyCallback): number {
    this.#progress.reached = from;
    this.#progress.stop = to;
    try {
      return this.#loop(from, callback);
    } finally {
      this.#cursor.end();
    }
  }

  /** Up to where `consume` has come, the record that the callback has or that it threw on included. */
  get reached(): number {
    return this.#progress.reached;
  }

  /** For a callback: no record comes after the one that it has. */
  stop(): void {
    this.#progress.stop = this.#progress.reached;
  }

  /** For a callback: as `stop`, and from here on nothing is read of the memory. */
  end(): void {
    this.stop();
    this.#cursor.end();
    this.#copy?.end();
  }

  #generate(): Loop {
    const { decode, headers, data, mask, name } = this;
    const cursor = this.#cursor;
    const layout = decodedLayout(decode);
    const buffer = data.buffer as ArrayBuffer;
    const start = data.byteOffset;
    const inPlace =
      layout?.kind === 'struct' || layout?.kind === 'union'
        ? createRecordView(layout, buffer, start, cursor, name)
        : undefined;
    const code = newCode(true);
    // A header that is as the one before is compared rather than taken apart, as in ring-batch.ts.
    const text = `(from, callback) => {
      let position = from | 0, count = 0, usual = -1, step = 0;
      while (position !== progress.stop) {
        const start = position & mask;
        const header = headers[start >>> 2];
        if (header !== usual) {
          const length = header & ${LENGTH};
          const next = (position + ((${HEADER} + 7 + length) & ~7)) | 0;
          if ((header & ${DISCARD}) !== 0) {
            position = next;
            continue;
          }
          if (length < least) {
            progress.reached = position = next;
            count = (count + 1) | 0;
            other(start + ${HEADER}, length, callback);
            continue;
          }
          usual = header;
          step = (next - position) | 0;
        }
        position = (position + step) | 0;
        progress.reached = position;
        count = (count + 1) | 0;
        const offset = start + ${HEADER};
        ${
          inPlace
            ? `${inPlace.move} callback(event);`
            : layout
              ? `${DECLARE_INDEXES} callback(${expression(layout, 0, code)});`
              : ''
        }
      }
      progress.reached = position;
      return count;
    }`;
    const scope = {
      ...(layout ? typedArraysOver(buffer, start) : {}),
      ...codeScope(code),
      ...(inPlace ? { event: inPlace.view } : {}),
      cursor,
      progress: this.#progress,
      headers,
      mask,
      least: layout?.size ?? Infinity,
      other: this.#other(layout),
    };
    return compile(text, scope) as Loop;
  }

  /** For a record that is shorter than its type, and for all of which nothing is known. */
  #other(layout: Layout | undefined): (offset: number, length: number, callback: AnyCallback) => void {
    const { decode, data, name } = this;
    if (layout?.kind !== 'struct' && layout?.kind !== 'union')
      return (offset, length, callback) => callback(decode(data, offset, length));
    return (offset, length, callback) => {
      const copy = (this.#copy ??= new RecordCopy(layout, name));
      const bytes = new Uint8Array(copy.words.buffer);
      bytes.fill(0);
      for (let index = 0; index < length; index++) bytes[index] = data.getUint8(offset + index);
      copy.show(callback);
    };
  }
}
