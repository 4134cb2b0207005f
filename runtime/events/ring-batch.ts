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
  /**
   * Finds records that are whole: up to the producer's position, the first that is still being written, a number of them,
   * or an eighth of the ring, whose room the producer should not wait for longer.
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
  const layout = decodedLayout(decode);
  const aligned = layout && generateMemoryDecoder(layout, data.buffer as ArrayBuffer, data.byteOffset);
  const least = aligned ? layout.size : Infinity;
  const parameters = ['decode', 'aligned', 'least', 'headers', 'data', 'mask'];
  // Most records are as long as the one before. That is compared rather than computed: where the next header lies then does
  // not depend on what was read of this one, and the processor need not wait for it.
  const create = new Function(
    ...parameters.map((name) => `${name}_`),
    `const ${parameters.map((name) => `${name} = ${name}_`).join(', ')};
    const longest = (mask + 1) / 8;
    let found = 0, reached = 0, filled = 0;
    const fill = (from, to, events, first) => {
      let position = from, index = first, usual = -1, step = 0;
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
            position = reached = next;
            filled = index;
            events[index++] = decode(data, start + ${HEADER}, length);
            continue;
          }
          usual = header;
          step = next - position;
        }
        position = (position + step) | 0;
        events[index++] = ${aligned ? `aligned(start + ${HEADER})` : 'undefined'};
      }
      reached = to;
      filled = index;
    };
    return {
      find: (from, producer, most) => {
        let position = from, count = 0, usual = -1, step = 0;
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
            step = next - position;
          }
          position = (position + step) | 0;
          count++;
        }
        found = count;
        return position;
      },
      decode: (from, to, events) => {
        const first = filled = events.length;
        reached = from;
        // At once, so that the array does not grow step by step.
        events.length = first + found;
        try {
          fill(from, to, events, first);
        } finally {
          events.length = filled;
        }
      },
      reached: () => reached,
    }; // ${++created}: as in maps/decoder.ts, the code is not shared with other rings`,
  );
  return create(decode, aligned, least, headers, data, mask) as BatchReader;
}

let created = 0;
