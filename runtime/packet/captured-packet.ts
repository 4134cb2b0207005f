/** A packet of a capture file. */
import { LinkType } from './link-types.js';

export interface CapturedPacket {
  /** What was kept of it, from the header of its link type on. */
  readonly data: Uint8Array;
  /** Nanoseconds since 1970; 0n where the file does not say (pcapng's simple packet blocks). */
  readonly timestamp: bigint;
  /** Its length on the wire in bytes, more than `data.length` if it was cut. */
  readonly length: number;
  /** The name of the interface, where the file has one (pcapng). */
  readonly interface: string | undefined;
  /** What `data` begins with: a LINKTYPE number, 1 for Ethernet. */
  readonly linkType: number;
  /** Where the file says it: whether the packet came in or went out. */
  readonly direction?: PacketDirection;
}

export type PacketDirection = 'in' | 'out';

/** PACKET_OUTGOING of linux/if_packet.h. */
const OUTGOING = 4;

/** @param type a PACKET_* number. */
export const directionOf = (type: number): PacketDirection => (type === OUTGOING ? 'out' : 'in');

/** What the header of a cooked packet says of its direction. */
export function cookedDirection(linkType: number, data: Uint8Array): PacketDirection | undefined {
  const at = linkType === LinkType.linuxCooked2 ? 10 : linkType === LinkType.linuxCooked ? 1 : -1;
  const type = data[at];
  return type === undefined ? undefined : directionOf(type);
}
