/** Reads many records of a ring at once. The loop over them is generated for each ring, with its decoder in it. */
import { codeScope, compile, DECLARE_INDEXES, newCode, typedArraysOver } from '../maps/decoder.js';
import type { Layout, StructLayout } from '../maps/layout.js';
import { decodedLayout, type EventDecoder } from './decoder.js';
import { recordCode, type RecordCode } from './record-code.js';
import { RecordSample } from './record-sample.js';

/** Bits of a header's first word, and what a header takes (kernel/bpf/ringbuf.c). */
export const BUSY = 0x80000000 | 0;
export const DISCARD = 0x40000000;
export const LENGTH = 0x3fffffff;
export const HEADER = 8;

/** Bytes from one header to the next. */
export function total(header: number): number {
  return (HEADER + (header & LENGTH) + 7) & ~7;
}

/**
 * Of the ring that one batch goes over, about: a garbage collection that comes meanwhile copies what there is of the batch, which
 * takes more than the calls for more batches.
 */
export const BATCH_BYTES = 1 << 16;

/** Positions are their low 32 bits, signed. */
export interface BatchReader {
  /**
   * Finds records that are whole: up to the producer's position, the first that is still being written, a number of them,
   * or an eighth of the ring, whose room the producer should not wait for longer, and no more than BATCH_BYTES.
   *
   * @returns the position behind the last.
   */
  find(from: number, producer: number, most: number): number;
  /**
   * Adds the events that `find` found to the array.
   *
   * @param to what `find` returned.
   */
  decode(from: number, to: number, events: unknown[]): void;
  /** Up to where `decode` has come, also where it threw. */
  reached(): number;
}

/**
 * @param decode makes a value of a record.
 * @param headers over the ring's data, as words.
 * @param data the same as bytes.
 * @param mask the ring's size less one.
 */
export function createBatchReader(
  decode: EventDecoder<unknown>,
  headers: Int32Array,
  data: DataView,
  mask: number,
): BatchReader {
  return new RingBatchReader(decode, headers, data, mask);
}

/** Adds events to an array, from `first` on; what it has done stands in `progress`. */
type Fill = (from: number, to: number, events: unknown[], first: number) => void;

interface Progress {
  reached: number;
  filled: number;
  /** Records that were not as the sample was. */
  unusual: number;
}

/** How often the loop may be generated anew because records are not any more as they were. */
const ATTEMPTS = 4;

class RingBatchReader implements BatchReader {
  readonly find: BatchReader['find'];
  readonly #layout: Layout | undefined;
  readonly #found = { count: 0 };
  readonly #progress: Progress = { reached: 0, filled: 0, unusual: 0 };
  readonly #plain: Fill;
  #fill: Fill;
  /** While the first records are looked at. */
  #sample: RecordSample | undefined;
  #attempts = ATTEMPTS;
  /** Events since `unusual` was last looked at. */
  #events = 0;

  constructor(
    private readonly decodeOne: EventDecoder<unknown>,
    private readonly headers: Int32Array,
    private readonly data: DataView,
    private readonly mask: number,
  ) {
    this.#layout = decodedLayout(decodeOne);
    this.find = generateFind(headers, mask, BATCH_BYTES, this.#found);
    this.#plain = this.#fill = this.#generate(undefined);
    if (RecordSample.suits(this.#layout)) this.#sample = new RecordSample(this.#layout);
  }

  decode(from: number, to: number, events: unknown[]): void {
    const progress = this.#progress;
    const first = (progress.filled = events.length);
    const { count } = this.#found;
    progress.reached = from;
    if (this.#sample) this.#look(this.#sample, from, to);
    // At once, so that the array does not grow step by step.
    events.length = first + count;
    try {
      this.#fill(from, to, events, first);
    } finally {
      events.length = progress.filled;
    }
    if ((this.#events += count) >= 1024) this.#review();
  }

  reached(): number {
    return this.#progress.reached;
  }

  #look(sample: RecordSample, from: number, to: number): void {
    const { headers, mask } = this;
    const least = this.#layout!.size;
    for (let position = from; position !== to && !sample.complete;) {
      const start = position & mask;
      const header = headers[start >>> 2]!;
      if ((header & DISCARD) === 0 && (header & LENGTH) >= least) sample.add(headers, (start + HEADER) >>> 2);
      position = (position + total(header)) | 0;
    }
    if (!sample.complete) return;
    this.#sample = undefined;
    this.#fill = this.#generate(sample);
  }

  #review(): void {
    if (this.#progress.unusual * 4 > this.#events) {
      this.#fill = this.#plain;
      if (--this.#attempts > 0) this.#sample = new RecordSample(this.#layout as StructLayout);
    }
    this.#progress.unusual = this.#events = 0;
  }

  #generate(sample: RecordSample | undefined): Fill {
    const { decodeOne: decode, headers, data, mask } = this;
    const layout = this.#layout;
    const code = newCode(true);
    const { kept, keptLongs, statement }: RecordCode =
      layout === undefined
        ? { kept: '', keptLongs: 0, statement: 'event = undefined;' }
        : recordCode(layout, code, sample);
    // Most records are as long as the one before. That is compared rather than computed: where the next header lies then does
    // not depend on what was read of this one, and the processor need not wait for it.
    const text = `(from, to, events, first) => {
      let position = from | 0, index = first | 0, usual = -1, step = 0, unusual = ${-keptLongs};
      const offset = (from & mask) + ${HEADER};
      ${DECLARE_INDEXES}
      ${kept}
      while (position !== to) {
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
            position = progress.reached = next;
            progress.filled = index;
            events[index] = decode(data, start + ${HEADER}, length);
            index = (index + 1) | 0;
            continue;
          }
          usual = header;
          step = (next - position) | 0;
        }
        position = (position + step) | 0;
        const offset = start + ${HEADER};
        ${DECLARE_INDEXES}
        let event;
        ${statement}
        events[index] = event;
        index = (index + 1) | 0;
      }
      progress.reached = to;
      progress.filled = index;
      if (unusual > 0) progress.unusual += unusual;
    }`;
    const memory = layout ? typedArraysOver(data.buffer as ArrayBuffer, data.byteOffset) : {};
    const least = layout?.size ?? Infinity;
    const scope = { decode, least, headers, data, mask, progress: this.#progress, ...memory, ...codeScope(code) };
    return compile(text, scope) as Fill;
  }
}

/**
 * Generates `BatchReader.find`.
 *
 * @param headers over the ring's data, as words.
 * @param mask the ring's size less one.
 * @param most how many bytes it may go over, about; not more than an eighth of the ring.
 * @param found is told how many records there are.
 */
export function generateFind(
  headers: Int32Array,
  mask: number,
  most: number,
  found: { count: number },
): BatchReader['find'] {
  const text = `(from, producer, most) => {
    let position = from | 0, count = 0, usual = -1, step = 0;
    while (position !== producer && count < most && (position - from) >>> 0 < longest) {
      const header = headers[(position & mask) >>> 2];
      if (header !== usual) {
        if (header < 0) break;
        const next = (position + ((${HEADER} + 7 + (header & ${LENGTH})) & ~7)) | 0;
        if ((header & ${DISCARD}) !== 0) {
          position = next;
          continue;
        }
        usual = header;
        step = (next - position) | 0;
      }
      position = (position + step) | 0;
      count = (count + 1) | 0;
    }
    found.count = count;
    return position;
  }`;
  return compile(text, { headers, mask, longest: Math.min((mask + 1) / 8, most), found }) as BatchReader['find'];
}
