/**
 * What the program puts into the ring for each packet. The layout is said here alone: the program's text is made of
 * `RECORD_MEMBERS`, and `CaptureRecord` reads at the offsets that C gives them.
 */

/** The members before the packet's bytes, naturally aligned without padding. */
export const RECORD_MEMBERS =
  'timestamp: u64; length: u32; captured: u32; interface: u32; packetType: u8; tagged: u8; protocol: u16; ' +
  'tagProtocol: u16; tag: u16; source: Bytes<8>; reserved: u32;';

/** Where the packet's bytes begin. */
export const RECORD_HEADER = 40;

/**
 * The sizes of records, by the bytes of the packet that they hold: a reservation's size has to be known when the program
 * is loaded. The last is tcpdump's longest packet.
 */
export const RECORD_SIZES = [64, 128, 256, 512, 1024, 1536, 4096, 9216, 16384, 32768, 65536, 131072, 262144] as const;

export const LONGEST_PACKET = 262144;

/** One record in the ring's memory; a single one is set to each in turn. */
export class CaptureRecord {
  /** Where the record begins. */
  at = 0;

  constructor(
    readonly view: DataView,
    /** The same memory. */
    readonly memory: Uint8Array,
  ) {}

  /** bpf_ktime_get_ns(), in two words. */
  get timeLow(): number {
    return this.view.getUint32(this.at, true);
  }
  get timeHigh(): number {
    return this.view.getUint32(this.at + 4, true);
  }
  /** Bytes of the packet where the program saw it. */
  get length(): number {
    return this.view.getUint32(this.at + 8, true);
  }
  /** Bytes of it that are here. */
  get captured(): number {
    return this.view.getUint32(this.at + 12, true);
  }
  get interfaceIndex(): number {
    return this.view.getUint32(this.at + 16, true);
  }
  /** A PACKET_* number of linux/if_packet.h. */
  get packetType(): number {
    return this.view.getUint8(this.at + 20);
  }
  /** Whether the kernel took a VLAN tag out of the packet. */
  get tagged(): boolean {
    return this.view.getUint8(this.at + 21) !== 0;
  }
  /** The EtherType. */
  get protocol(): number {
    return this.view.getUint16(this.at + 22, false);
  }
  get tagProtocol(): number {
    return this.view.getUint16(this.at + 24, false);
  }
  get tag(): number {
    return this.view.getUint16(this.at + 26, true);
  }
  /** Where the link-layer source address is, if the interface has such. */
  get sourceAt(): number {
    return this.at + 28;
  }
  get dataAt(): number {
    return this.at + RECORD_HEADER;
  }
}
