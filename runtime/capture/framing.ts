/**
 * What is put around a packet's bytes for its link type: the VLAN tag that the kernel took out, and the header that
 * stands in the place of the link layer's own where interfaces of several kinds are captured.
 */
import { hardwareType } from '../native/capture-socket.js';
import { interfaceName } from '../native/libc.js';
import { LinkType } from '../packet/link-types.js';
import type { CaptureRecord } from './record.js';

const VLAN_TAG = 4;
/** Behind both addresses: where a tag stands in an Ethernet frame. */
const TAG_AT = 12;
/** LINKTYPE_LINUX_SLL2. */
export const COOKED_HEADER = 20;

/** Bytes to write in the place of the first ones of a packet. */
export class Prefix {
  readonly bytes = new Uint8Array(COOKED_HEADER + VLAN_TAG);
  readonly view = new DataView(this.bytes.buffer);
  length = 0;
  /** How many bytes of the packet it stands for. */
  replaces = 0;
  /** By how much the packet is longer than what the kernel counted. */
  added = 0;
}

export interface Framing {
  readonly linkType: number;
  /** Whether the program sees packets from their network header on. */
  readonly cooked: boolean;
  /** Sets the prefix for a packet. */
  frame(record: CaptureRecord, prefix: Prefix): void;
}

const raw: Framing = { linkType: LinkType.raw, cooked: false, frame: () => undefined };

const ethernet: Framing = {
  linkType: LinkType.ethernet,
  cooked: false,
  frame(record, prefix) {
    prefix.length = prefix.replaces = prefix.added = 0;
    if (!record.tagged) return;
    prefix.added = VLAN_TAG;
    // Cut before the place of the tag: nothing of it is to be seen.
    if (record.captured < TAG_AT) return;
    prefix.bytes.set(record.memory.subarray(record.dataAt, record.dataAt + TAG_AT));
    prefix.view.setUint16(TAG_AT, record.tagProtocol);
    prefix.view.setUint16(TAG_AT + 2, record.tag);
    prefix.length = TAG_AT + VLAN_TAG;
    prefix.replaces = TAG_AT;
  },
};

/** ARPHRD_* of linux/if_arp.h. */
const ETHER = 1;
const LOOPBACK = 772;
/** ARPHRD_TUNNEL, _TUNNEL6, _SIT, _RAWIP and _NONE (tun): packets begin with their IP header. */
const BARE: ReadonlySet<number> = new Set([768, 769, 776, 519, 0xfffe]);

const ADDRESS_SIZE = 6;

/** LINKTYPE_LINUX_SLL2, as tcpdump writes for `any`: packets begin at their network header. */
class Cooked implements Framing {
  readonly linkType = LinkType.linuxCooked2;
  readonly cooked = true;
  /** By the index of the interface, kept since it may go away. */
  readonly #hardware = new Map<number, number>();

  frame(record: CaptureRecord, prefix: Prefix): void {
    const { bytes, view } = prefix;
    const hardware = this.#hardwareOf(record.interfaceIndex);
    const hasAddress = hardware === ETHER || hardware === LOOPBACK;
    bytes.fill(0);
    view.setUint16(0, record.tagged ? record.tagProtocol : record.protocol);
    view.setUint32(4, record.interfaceIndex);
    view.setUint16(8, hardware);
    view.setUint8(10, record.packetType);
    if (hasAddress) {
      view.setUint8(11, ADDRESS_SIZE);
      bytes.set(record.memory.subarray(record.sourceAt, record.sourceAt + ADDRESS_SIZE), 12);
    }
    prefix.length = prefix.added = COOKED_HEADER;
    if (!record.tagged) return;
    view.setUint16(COOKED_HEADER, record.tag);
    view.setUint16(COOKED_HEADER + 2, record.protocol);
    prefix.length = prefix.added = COOKED_HEADER + VLAN_TAG;
  }

  #hardwareOf(index: number): number {
    let type = this.#hardware.get(index);
    if (type === undefined) {
      const name = interfaceName(index);
      this.#hardware.set(index, (type = (name && hardwareType(name)) || 0));
    }
    return type;
  }
}

/** The framing for packets of all interfaces. */
export const cookedFraming = (): Framing => new Cooked();

/** The framing for one interface: its own link layer where files can hold it, else cooked. */
export function framingOf(interfaceName: string): Framing {
  const type = hardwareType(interfaceName) ?? 0;
  if (type === ETHER || type === LOOPBACK) return ethernet;
  return BARE.has(type) ? raw : cookedFraming();
}
