/**
 * Packet sockets: opening and binding them, and receiving with the kernel's time and what it knows of each packet.
 *
 * Structures are laid out as on 64-bit Linux (linux/if_packet.h, sys/socket.h).
 */
import { systemError } from '../errors.js';
import { closeDescriptor, libc, setSocketOption } from './libc.js';
import { addressOf, allocate, lastErrno } from './library.js';

export const AF_PACKET = 17;
const SOCK_RAW_NONBLOCK_CLOEXEC = 3 | 0o4000 | 0o2000000;
export const SOL_SOCKET = 1;
export const SOL_PACKET = 263;
const SO_RCVBUF = 8;
const SO_RCVBUFFORCE = 33;
const SO_ATTACH_FILTER = 26;
const SO_TIMESTAMPNS = 35;
const PACKET_STATISTICS = 6;
const PACKET_AUXDATA = 8;
const MSG_TRUNC = 0x20;
const MSG_DONTWAIT = 0x40;
const EAGAIN = 11;
const EINTR = 4;

/** The system's calls for sockets, which give -1 and an errno where they fail. */
export const socketCalls = {
  socket: libc.declare<(family: number, type: number, protocol: number) => number>(
    'int socket(int family, int type, int protocol)',
  ),
  bind: libc.declare<(fd: number, address: Uint8Array, size: number) => number>(
    'int bind(int fd, void *address, uint32_t size)',
  ),
  recvmsg: libc.declare<(fd: number, message: bigint, flags: number) => number>(
    'long recvmsg(int fd, void *message, int flags)',
  ),
  getsockopt: libc.declare<(fd: number, level: number, name: number, value: Uint8Array, size: Uint32Array) => number>(
    'int getsockopt(int fd, int level, int name, void *value, void *size)',
  ),
};

/**
 * Opens a non-blocking AF_PACKET socket. It is bound only after all options are set, so that nothing of another
 * interface is ever queued.
 *
 * @param index of the interface; 0 for all.
 * @param protocol an ETH_P_* number in host byte order; 3 (ETH_P_ALL) for all, in both directions.
 * @param bufferSize of the socket in bytes; the kernel's default if undefined.
 * @returns a descriptor that the caller closes.
 * @throws PermissionError without CAP_NET_RAW, TsbpfError where an option is refused.
 */
export function openPacketSocket(
  index: number,
  protocol: number,
  bufferSize: number | undefined,
  subject: string,
): number {
  const fd = socketCalls.socket(AF_PACKET, SOCK_RAW_NONBLOCK_CLOEXEC, 0);
  if (fd < 0) throw systemError(lastErrno(), 'open a packet socket on', subject);
  try {
    const check = (result: number, operation: string) => {
      if (result < 0) throw systemError(-result, operation, subject);
    };
    check(setSocketOption(fd, SOL_SOCKET, SO_TIMESTAMPNS, int32(1)), 'ask for timestamps on');
    check(setSocketOption(fd, SOL_PACKET, PACKET_AUXDATA, int32(1)), 'ask for packet data on');
    if (bufferSize !== undefined) setReceiveBuffer(fd, bufferSize, check);
    check(socketCalls.bind(fd, linkAddress(index, protocol), LINK_ADDRESS) < 0 ? -lastErrno() : 0, 'bind to interface');
  } catch (error) {
    closeDescriptor(fd);
    throw error;
  }
  return fd;
}

function setReceiveBuffer(fd: number, size: number, check: (result: number, operation: string) => void): void {
  // The kernel doubles what it is told, for its own bookkeeping; only the forced variant goes beyond rmem_max.
  if (setSocketOption(fd, SOL_SOCKET, SO_RCVBUFFORCE, int32(size)) === 0) return;
  check(setSocketOption(fd, SOL_SOCKET, SO_RCVBUF, int32(size)), 'set the receive buffer of');
}

export const LINK_ADDRESS = 20;

/** struct sockaddr_ll, for bind(2). */
export function linkAddress(index: number, protocol: number): Uint8Array {
  const address = new DataView(new ArrayBuffer(LINK_ADDRESS));
  address.setUint16(0, AF_PACKET, true);
  address.setUint16(2, protocol, false);
  address.setInt32(4, index, true);
  return new Uint8Array(address.buffer);
}

/** The bytes of a C int. */
export function int32(value: number): Uint8Array {
  return new Uint8Array(new Int32Array([value]).buffer);
}

/** One packet in the receive buffer; valid until the next `receive`. */
export interface ReceivedPacket {
  /** The first bytes of the packet, in the buffer that the next packet overwrites. */
  readonly bytes: Uint8Array;
  /** Its whole length in bytes. */
  readonly length: number;
  /** Nanoseconds since 1970, taken by the kernel. */
  readonly timestamp: bigint;
  readonly interfaceIndex: number;
  /** PACKET_HOST and so on (linux/if_packet.h). */
  readonly packetType: number;
  /** The VLAN tag that the kernel took out of the packet: 4 bytes as on the wire. */
  readonly vlanTag: Uint8Array | undefined;
}

const MESSAGE = 56;
const VECTOR = 16;
const CONTROL = 256;
const SCM_TIMESTAMPNS = SO_TIMESTAMPNS;
const CONTROL_HEADER = 16;
const STATUS_VLAN_VALID = 1 << 4;
const STATUS_VLAN_TPID_VALID = 1 << 6;
const ETH_P_8021Q = 0x8100;

/** A receive buffer that does not move, with the message header that recvmsg(2) takes. */
export class PacketReceiver {
  readonly #memory;
  readonly #view: DataView;
  readonly #message: bigint;
  readonly #dataOffset: number;
  readonly #controlOffset = MESSAGE + VECTOR + 24;

  /** @param size the most bytes of a packet that are kept. */
  constructor(private readonly size: number) {
    this.#dataOffset = this.#controlOffset + CONTROL;
    this.#memory = allocate(this.#dataOffset + size);
    this.#view = new DataView(this.#memory.bytes.buffer, this.#memory.bytes.byteOffset, this.#memory.bytes.length);
    const base = this.#memory.pointer;
    this.#message = base;
    const addressOffset = MESSAGE + VECTOR;
    const pointers: readonly (readonly [number, bigint])[] = [
      [0, base + BigInt(addressOffset)],
      [16, base + BigInt(MESSAGE)],
      [24, 1n],
      [32, base + BigInt(this.#controlOffset)],
      [MESSAGE, base + BigInt(this.#dataOffset)],
      [MESSAGE + 8, BigInt(size)],
    ];
    for (const [offset, value] of pointers) this.#view.setBigUint64(offset, value, true);
  }

  /**
   * Receives one packet without waiting.
   *
   * @returns undefined if there is none now, or -errno.
   */
  receive(fd: number): ReceivedPacket | number | undefined {
    const view = this.#view;
    view.setUint32(8, LINK_ADDRESS, true);
    view.setBigUint64(40, BigInt(CONTROL), true);
    view.setUint32(48, 0, true);
    const length = Number(socketCalls.recvmsg(fd, this.#message, MSG_DONTWAIT | MSG_TRUNC));
    if (length < 0) {
      const errno = lastErrno();
      return errno === EAGAIN || errno === EINTR ? undefined : -errno;
    }
    const address = MESSAGE + VECTOR;
    return {
      bytes: this.#memory.bytes.subarray(this.#dataOffset, this.#dataOffset + Math.min(length, this.size)),
      length,
      interfaceIndex: view.getInt32(address + 4, true),
      packetType: view.getUint8(address + 10),
      ...this.#control(Number(view.getBigUint64(40, true))),
    };
  }

  #control(size: number): { timestamp: bigint; vlanTag: Uint8Array | undefined } {
    const view = this.#view;
    const end = this.#controlOffset + size;
    let timestamp = 0n;
    let vlanTag: Uint8Array | undefined;
    for (let at = this.#controlOffset; at + CONTROL_HEADER <= end;) {
      const length = Number(view.getBigUint64(at, true));
      if (length < CONTROL_HEADER) break;
      const level = view.getInt32(at + 8, true);
      const type = view.getInt32(at + 12, true);
      const body = at + CONTROL_HEADER;
      if (level === SOL_SOCKET && type === SCM_TIMESTAMPNS) {
        timestamp = view.getBigInt64(body, true) * 1_000_000_000n + view.getBigInt64(body + 8, true);
      } else if (level === SOL_PACKET && type === PACKET_AUXDATA) {
        vlanTag = readVlanTag(view, body);
      }
      at += (length + 7) & ~7;
    }
    return { timestamp, vlanTag };
  }

  free(): void {
    this.#memory.free();
  }
}

/** struct tpacket_auxdata: the kernel takes the tag out of the packet and reports it here. */
function readVlanTag(view: DataView, offset: number): Uint8Array | undefined {
  const status = view.getUint32(offset, true);
  if ((status & STATUS_VLAN_VALID) === 0) return undefined;
  const protocol = (status & STATUS_VLAN_TPID_VALID) !== 0 ? view.getUint16(offset + 18, true) : ETH_P_8021Q;
  const tag = new DataView(new ArrayBuffer(4));
  tag.setUint16(0, protocol, false);
  tag.setUint16(2, view.getUint16(offset + 16, true), false);
  return new Uint8Array(tag.buffer);
}

/**
 * What PACKET_STATISTICS counts since it was last asked.
 *
 * @returns undefined where the kernel does not say.
 */
export function packetStatistics(fd: number): { received: number; dropped: number } | undefined {
  const counts = new Uint32Array(2);
  const size = new Uint32Array([8]);
  if (socketCalls.getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, new Uint8Array(counts.buffer), size) < 0)
    return undefined;
  return { received: counts[0]!, dropped: counts[1]! };
}

/**
 * Sets a classic filter that lets nothing pass.
 *
 * @returns 0 or -errno.
 */
export function refuseAllPackets(fd: number): number {
  const instruction = Buffer.from([0x06, 0, 0, 0, 0, 0, 0, 0]);
  const program = new DataView(new ArrayBuffer(16));
  program.setUint16(0, 1, true);
  program.setBigUint64(8, BigInt(addressOf(instruction)), true);
  return setSocketOption(fd, SOL_SOCKET, SO_ATTACH_FILTER, new Uint8Array(program.buffer));
}
