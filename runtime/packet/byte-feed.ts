/**
 * Bytes that come in chunks, taken in the sizes that a parser asks for. A parser is a generator: it yields undefined
 * where it needs more bytes, so that the same parser reads files, buffers and streams.
 */
import { fileCut } from './capture-file-error.js';

/** Asks for more input, then goes on. */
export type Wanting<Result> = Generator<undefined, Result, void>;

export class ByteFeed {
  #chunks: Uint8Array[] = [];
  #available = 0;
  #ended = false;
  #offset = 0;

  /** The place in the file of the next byte that is taken. */
  get offset(): number {
    return this.#offset;
  }

  /** More bytes, which stay as they are. */
  append(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#available += chunk.length;
  }

  /** There are no more. */
  end(): void {
    this.#ended = true;
  }

  /** Whether there is another byte. */
  *more(): Wanting<boolean> {
    while (this.#available === 0 && !this.#ended) yield undefined;
    return this.#available > 0;
  }

  /**
   * Takes bytes; they are valid for as long as what was appended is.
   *
   * @param what it is the middle of, where the file ends before, and where that begins.
   */
  *take(length: number, what: string, start: number): Wanting<Uint8Array> {
    while (this.#available < length) {
      if (this.#ended) throw fileCut(what, start);
      yield undefined;
    }
    const first = this.#join(length);
    const taken = first.subarray(0, length);
    this.#chunks[0] = first.subarray(length);
    this.#advance(length);
    return taken;
  }

  /** Passes over bytes without keeping them. */
  *skip(length: number, what: string, start: number): Wanting<void> {
    for (let left = length; left > 0;) {
      const first = this.#chunks[0];
      if (first === undefined) {
        if (this.#ended) throw fileCut(what, start);
        yield undefined;
        continue;
      }
      const part = Math.min(left, first.length);
      this.#chunks[0] = first.subarray(part);
      this.#advance(part);
      left -= part;
    }
  }

  #advance(length: number): void {
    this.#available -= length;
    this.#offset += length;
    if (this.#chunks[0]?.length === 0) this.#chunks.shift();
  }

  /** The first chunk, made long enough. */
  #join(length: number): Uint8Array {
    const [first = new Uint8Array()] = this.#chunks;
    if (first.length >= length) return first;
    const joined = Buffer.concat(this.#chunks);
    this.#chunks = [joined];
    return joined;
  }
}

/** Whole numbers of a run of bytes. */
export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
