/** Reads many records of a ring at once. The loop over them is generated for each ring, with its decoder in it. */
import { generateMemoryDecoder } from '../maps/decoder.js';
import { decodedLayout, type EventDecoder } from './decoder.js';

/** Bits of a header's first word, and what a header takes (kernel/bpf/ringbuf.c). */
export const BUSY = 0x80000000 | 0;
export const DISCARD = 0x40000000;
export const LENGTH = 0x3fffffff;
export const HEADER = 8;

/** Bytes from one header to the next. */
export function total(header: number): number {
  return (HEADER + (header & LENGTH) + 7) & ~7;
}

/** Positions are their low 32 bits, signed. */
export interface BatchReader {
  /** Where `find` stopped, and how many events there are up to there. */
  readonly end: number;
  readonly found: number;
  /** Up to where `decode` has come, also where it threw. */
  readonly reached: number;
  /**
   * Finds records that are whole: up to the producer's position, the first that is still being written, a number of them,
   * or an eighth of the ring, whose room the producer should not wait for longer.
   */
  find(from: number, producer: number, most: number): void;
  /** Adds what was found from a position on to the array. */
  decode(from: number, events: unknown[]): void;
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
  const layout = decodedLayout(decode);
  const aligned = layout && generateMemoryDecoder(layout, data.buffer as ArrayBuffer, data.byteOffset);
  const value = aligned
    ? `length >= ${layout.size} ? aligned(start + ${HEADER}) : decode(data, start + ${HEADER}, length)`
    : `decode(data, start + ${HEADER}, length)`;
  const create = new Function(
    ...['decode', 'aligned', 'headers', 'data', 'mask'],
    `return {
      end: 0,
      found: 0,
      reached: 0,
      find(from, producer, most) {
        const longest = (mask + 1) / 8;
        let position = from;
        let found = 0;
        while (position !== producer && found < most && (position - from) >>> 0 < longest) {
          const header = headers[(position & mask) >>> 2];
          if (header < 0) break;
          if ((header & ${DISCARD}) === 0) found++;
          position = (position + ((${HEADER} + 7 + (header & ${LENGTH})) & ~7)) | 0;
        }
        this.end = position;
        this.found = found;
      },
      decode(from, events) {
        const to = this.end;
        let position = from;
        let index = events.length;
        // At once, so that the array does not grow step by step.
        events.length = index + this.found;
        try {
          while (position !== to) {
            const start = position & mask;
            const header = headers[start >>> 2];
            const length = header & ${LENGTH};
            position = (position + ((${HEADER} + 7 + length) & ~7)) | 0;
            if ((header & ${DISCARD}) === 0) events[index++] = ${value};
          }
        } finally {
          this.reached = position;
          events.length = index;
        }
      },
    };`,
  );
  return create(decode, aligned, headers, data, mask) as BatchReader;
}
