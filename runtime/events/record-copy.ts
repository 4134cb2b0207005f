/** A place for one record, for those that do not lie in the ring as their view needs it. */
import type { StructLayout } from '../maps/layout.js';
import { createRecordView, RecordCursor, type AnyCallback } from './record-view.js';

/** A record that is shorter than its type, does not lie at a multiple of 8, or wraps. */
export class RecordCopy {
  /** As many bytes as the type has, rounded up to 8. */
  readonly words: Int32Array;
  readonly #view: object;
  readonly #cursor = new RecordCursor();

  constructor(layout: StructLayout, name: string) {
    const buffer = new ArrayBuffer(Math.ceil(layout.size / 8) * 8);
    this.words = new Int32Array(buffer);
    this.#view = createRecordView(layout, buffer, 0, this.#cursor, name).view;
  }

  /** Calls back with what stands in `words`. */
  show(callback: AnyCallback): void {
    this.#cursor.move(0);
    try {
      callback(this.#view);
    } finally {
      this.#cursor.end();
    }
  }

  /** Ends the validity of what a callback has now. */
  end(): void {
    this.#cursor.end();
  }
}
