/**
 * Packets in the pcapng format: enhanced packet blocks with nanoseconds and the direction, each interface described
 * before its first packet, and statistics of each at the end (draft-ietf-opsawg-pcapng).
 */
import { viewOf } from '../packet/byte-feed.js';
import { directionOf } from '../packet/captured-packet.js';
import type { OutputBuffer } from '../packet/output-buffer.js';
import type { CaptureCounts } from './capture.js';
import { copyContent, type Encoder } from './encoder.js';
import type { Prefix } from './framing.js';
import type { CaptureRecord } from './record.js';
import type { WallClock } from './wall-clock.js';

const SECTION_HEADER = 0x0a0d0d0a;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const INTERFACE_DESCRIPTION = 1;
const INTERFACE_STATISTICS = 5;
const ENHANCED_PACKET = 6;
/** From the block's type to the packet's bytes. */
const PACKET_HEADER = 28;
/** The direction as an option, the end of the options, and the block's length again. */
const PACKET_TRAILER = 16;
const NANOSECONDS = 9;
const INBOUND = 1;
const OUTBOUND = 2;
/** How a packet was received, by the kernel's PACKET_HOST, _BROADCAST, _MULTICAST and _OTHERHOST: unicast, and so on. */
const RECEPTION = [1, 3, 2, 4];

const SHB_USERAPPL = 4;
const IF_NAME = 2;
const IF_TSRESOL = 9;
const IF_FILTER = 11;
const ISB_STARTTIME = 2;
const ISB_ENDTIME = 3;
const ISB_IFRECV = 4;
const ISB_OSDROP = 7;
const ISB_USRDELIV = 8;
const EPB_FLAGS = 2;

export interface PcapngOptions {
  readonly linkType: number;
  readonly snapLength: number;
  /** The name of an interface by its index. */
  readonly interfaceName: (index: number) => string;
  /** What packets passed. */
  readonly filter?: string | undefined;
  /** Whether the capture says the direction: a probe of a kernel function does not know it. */
  readonly directions: boolean;
  /** The interface that all packets are of, by its index; it is described first, and counts the packets that were lost. */
  readonly only?: number | undefined;
}

interface Described {
  readonly id: number;
  packets: bigint;
}

export class PcapngEncoder implements Encoder {
  /** By the index of the interface. */
  readonly #interfaces = new Map<number, Described>();
  #current: Described | undefined;
  #currentIndex = -1;
  #started: readonly [high: number, low: number] | undefined;

  constructor(private readonly options: PcapngOptions) {}

  header(): Uint8Array {
    const body = numbers([BYTE_ORDER_MAGIC, 4], [1, 2], [0, 2], [0xffff_ffff, 4], [0xffff_ffff, 4]);
    const section = block(SECTION_HEADER, body, [[SHB_USERAPPL, Buffer.from('tsbpf')]]);
    const { only } = this.options;
    return only === undefined ? section : Buffer.concat([section, this.#add(only)]);
  }

  encode(record: CaptureRecord, prefix: Prefix, clock: WallClock, out: OutputBuffer): void {
    const described = this.#describe(record.interfaceIndex, out);
    described.packets++;
    this.#started ??= [clock.high, clock.low];
    const { view, length: at } = out;
    const kept = Math.min(record.captured + prefix.length - prefix.replaces, this.options.snapLength);
    const padded = (kept + 3) & ~3;
    const total = PACKET_HEADER + padded + PACKET_TRAILER;
    view.setUint32(at, ENHANCED_PACKET, true);
    view.setUint32(at + 4, total, true);
    view.setUint32(at + 8, described.id, true);
    view.setUint32(at + 12, clock.high, true);
    view.setUint32(at + 16, clock.low, true);
    view.setUint32(at + 20, kept, true);
    view.setUint32(at + 24, record.length + prefix.added, true);
    copyContent(record, prefix, kept, at + PACKET_HEADER, out);
    for (let index = kept; index < padded; index++) view.setUint8(at + PACKET_HEADER + index, 0);
    const behind = at + PACKET_HEADER + padded;
    view.setUint16(behind, EPB_FLAGS, true);
    view.setUint16(behind + 2, 4, true);
    view.setUint32(behind + 4, this.#flags(record), true);
    view.setUint32(behind + 8, 0, true);
    view.setUint32(behind + 12, total, true);
    out.length = at + total;
  }

  #flags(record: CaptureRecord): number {
    if (!this.options.directions) return 0;
    const { packetType } = record;
    return directionOf(packetType) === 'out' ? OUTBOUND : INBOUND | ((RECEPTION[packetType] ?? 0) << 2);
  }

  #describe(index: number, out: OutputBuffer): Described {
    if (index === this.#currentIndex) return this.#current!;
    if (!this.#interfaces.has(index)) out.append(this.#add(index));
    this.#currentIndex = index;
    return (this.#current = this.#interfaces.get(index)!);
  }

  #add(index: number): Uint8Array {
    this.#interfaces.set(index, { id: this.#interfaces.size, packets: 0n });
    const { linkType, snapLength, interfaceName, filter } = this.options;
    return block(INTERFACE_DESCRIPTION, numbers([linkType, 2], [0, 2], [snapLength, 4]), [
      [IF_NAME, Buffer.from(interfaceName(index))],
      [IF_TSRESOL, Buffer.from([NANOSECONDS])],
      // A text is the expression of libpcap, which a byte 0 in front says.
      ...(filter ? [[IF_FILTER, Buffer.from(`\0${filter.slice(0, 500)}`)] as const] : []),
    ]);
  }

  trailer({ received, dropped }: CaptureCounts, clock: WallClock): Uint8Array {
    const now = [clock.high, clock.low] as const;
    const start = this.#started ?? now;
    // Readers ask for at least one interface.
    const any = this.#interfaces.size === 0 ? [this.#add(0)] : [];
    const statistics = [...this.#interfaces.values()].map(({ id, packets }) => {
      const counts: (readonly [number, bigint])[] = [[ISB_USRDELIV, packets]];
      // Of several interfaces nobody knows which of them lost the packets.
      if (this.options.only !== undefined) counts.unshift([ISB_IFRECV, received], [ISB_OSDROP, dropped]);
      const head = numbers([id, 4], [now[0], 4], [now[1], 4]);
      return block(INTERFACE_STATISTICS, head, [
        [ISB_STARTTIME, numbers([start[0], 4], [start[1], 4])],
        [ISB_ENDTIME, numbers([now[0], 4], [now[1], 4])],
        ...counts.map(([code, value]) => [code, count(value)] as const),
      ]);
    });
    return Buffer.concat([...any, ...statistics]);
  }

  wholePackets(bytes: Uint8Array): { packets: number; length: number } {
    const view = viewOf(bytes);
    let packets = 0;
    let length = 0;
    while (length + 8 <= bytes.length) {
      const next = length + view.getUint32(length + 4, true);
      if (next > bytes.length) break;
      if (view.getUint32(length, true) === ENHANCED_PACKET) packets++;
      length = next;
    }
    return { packets, length };
  }
}

type Option = readonly [code: number, value: Uint8Array];

function numbers(...fields: readonly (readonly [value: number, size: 2 | 4])[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(fields.reduce((sum, [, size]) => sum + size, 0)));
  let at = 0;
  for (const [value, size] of fields) {
    if (size === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += size;
  }
  return new Uint8Array(view.buffer);
}

function count(value: bigint): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, value, true);
  return new Uint8Array(view.buffer);
}

function block(type: number, body: Uint8Array, options: readonly Option[]): Uint8Array {
  const written = options.flatMap(([code, value]) => [
    numbers([code, 2], [value.length, 2]),
    value,
    new Uint8Array(-value.length & 3),
  ]);
  const content = Buffer.concat([body, ...written, numbers([0, 4])]);
  const total = content.length + 12;
  return Buffer.concat([numbers([type, 4], [total, 4]), content, numbers([total, 4])]);
}
