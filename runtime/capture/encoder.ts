/** What the formats of captured packets have in common: the place for a packet, and its bytes in it. */
import type { OutputBuffer } from '../packet/output-buffer.js';
import type { CaptureCounts } from './capture.js';
import type { Prefix } from './framing.js';
import type { CaptureRecord } from './record.js';
import type { WallClock } from './wall-clock.js';

/** Writes packets in a format. */
export interface Encoder {
  /** What stands before all packets. */
  header(): Uint8Array;
  /** Writes one packet, set in `record`, `prefix` and `clock`, behind what is in `out`, which has room for it. */
  encode(record: CaptureRecord, prefix: Prefix, clock: WallClock, out: OutputBuffer): void;
  /** What stands behind all packets. */
  trailer(counts: CaptureCounts, clock: WallClock): Uint8Array;
  /** The whole packets, and their bytes, in what was encoded, up to a number of bytes. */
  wholePackets(bytes: Uint8Array): { readonly packets: number; readonly length: number };
}

/** The most bytes that a format puts around a packet, the description of its interface among them. */
export const ENCODING_ROOM = 1024;

/** Up to here words are copied one by one, which takes less time than a view of the memory does. */
const FEW = 256;

/**
 * Copies a packet's bytes to where `out` ends.
 *
 * @param kept how many of them, those of the prefix included.
 */
export function copyContent(record: CaptureRecord, prefix: Prefix, kept: number, at: number, out: OutputBuffer): void {
  const fromPrefix = Math.min(prefix.length, kept);
  for (let index = 0; index < fromPrefix; index++) out.bytes[at + index] = prefix.bytes[index]!;
  const rest = kept - fromPrefix;
  if (rest <= 0) return;
  const from = record.dataAt + prefix.replaces;
  const to = at + fromPrefix;
  if (rest > FEW) {
    out.bytes.set(record.memory.subarray(from, from + rest), to);
    return;
  }
  const { view } = record;
  // The ring's memory is mapped beyond the packet's end, and the buffer has room: the last word may be too long.
  for (let index = 0; index < rest; index += 4) {
    out.view.setInt32(to + index, view.getInt32(from + index, true), true);
  }
}
