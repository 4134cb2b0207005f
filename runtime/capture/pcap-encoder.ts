/** Packets in the pcap format, with nanoseconds, in little-endian order. */
import { viewOf } from '../packet/byte-feed.js';
import type { OutputBuffer } from '../packet/output-buffer.js';
import { copyContent, type Encoder } from './encoder.js';
import type { Prefix } from './framing.js';
import type { CaptureRecord } from './record.js';
import type { WallClock } from './wall-clock.js';

const MAGIC = 0xa1b23c4d;
const HEADER = 24;
const RECORD_HEADER = 16;

export class PcapEncoder implements Encoder {
  /** @param snapLength the most bytes that are kept of a packet. */
  constructor(
    private readonly linkType: number,
    private readonly snapLength: number,
  ) {}

  header(): Uint8Array {
    const view = new DataView(new ArrayBuffer(HEADER));
    view.setUint32(0, MAGIC, true);
    view.setUint16(4, 2, true);
    view.setUint16(6, 4, true);
    view.setUint32(16, this.snapLength, true);
    view.setUint32(20, this.linkType, true);
    return new Uint8Array(view.buffer);
  }

  encode(record: CaptureRecord, prefix: Prefix, clock: WallClock, out: OutputBuffer): void {
    const { view, length: at } = out;
    const kept = Math.min(record.captured + prefix.length - prefix.replaces, this.snapLength);
    view.setUint32(at, clock.seconds, true);
    view.setUint32(at + 4, clock.nanoseconds, true);
    view.setUint32(at + 8, kept, true);
    view.setUint32(at + 12, record.length + prefix.added, true);
    copyContent(record, prefix, kept, at + RECORD_HEADER, out);
    out.length = at + RECORD_HEADER + kept;
  }

  trailer(): Uint8Array {
    return new Uint8Array();
  }

  wholePackets(bytes: Uint8Array): { packets: number; length: number } {
    const view = viewOf(bytes);
    let packets = 0;
    let length = 0;
    while (length + RECORD_HEADER <= bytes.length) {
      const next = length + RECORD_HEADER + view.getUint32(length + 8, true);
      if (next > bytes.length) break;
      length = next;
      packets++;
    }
    return { packets, length };
  }
}
