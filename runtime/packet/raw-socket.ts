/**
 * A raw packet socket (AF_PACKET): every packet of an interface, or of all, with the kernel's own timestamps.
 */
import { systemError, TsbpfError } from '../errors.js';
import { closeDescriptor, interfaceName } from '../native/libc.js';
import {
  openPacketSocket,
  packetStatistics,
  PacketReceiver,
  refuseAllPackets,
  type ReceivedPacket,
} from '../native/sockets.js';
import { EventStream } from '../events/stream.js';
import { requireInterface } from '../attach/interfaces.js';

export interface RawSocketOptions {
  /** The interface to listen on; all of them by default. */
  readonly interface?: string;
  /** An ETH_P_* number in host byte order, 0x0800 for IPv4; by default 3 (ETH_P_ALL), which is all, both directions. */
  readonly protocol?: number;
  /** How many bytes of packets the kernel keeps until they are read; its own default (net.core.rmem_default) if left out. */
  readonly receiveBuffer?: number;
  /** How many bytes of a packet are kept at most: 262144 by default, which no packet exceeds. */
  readonly snapLength?: number;
}

/** Who a packet was for, or that it is on its way out. */
export type PacketType = 'host' | 'broadcast' | 'multicast' | 'otherhost' | 'outgoing';

export interface Packet {
  /** From the link-layer header on, VLAN tag included; at most `snapLength` bytes. */
  readonly data: Uint8Array;
  /** Length on the wire in bytes, more than `data.length` if it was cut. */
  readonly length: number;
  /** When the kernel saw it: nanoseconds since 1970. */
  readonly timestamp: bigint;
  /** The name of the interface; `'if7'` if it is gone since. */
  readonly interface: string;
  readonly packetType: PacketType;
}

const ALL_PROTOCOLS = 3;
const SNAP_LENGTH = 262144;
const PACKET_TYPES: readonly PacketType[] = ['host', 'broadcast', 'multicast', 'otherhost', 'outgoing'];
/** Behind both addresses: where a VLAN tag stands in an Ethernet frame. */
const VLAN_OFFSET = 12;

/**
 * A packet socket, and an async iterable of packets.
 *
 * ```ts
 * using socket = RawSocket.open({ interface: 'eth0' });
 * for await (const packet of socket) console.log(packet.interface, packet.data.length);
 * ```
 *
 * Packets wait in the kernel until they are asked for; when its buffer is full it drops, and `statistics()` says how
 * many.
 */
export class RawSocket extends EventStream<Packet> {
  readonly #fd: number;
  readonly #receiver: PacketReceiver;
  readonly #names = new Map<number, string>();
  #untouched = true;
  #received = 0;
  #dropped = 0;

  private constructor(
    fd: number,
    snapLength: number,
    protected readonly name: string,
  ) {
    super();
    this.#fd = fd;
    this.#receiver = new PacketReceiver(snapLength);
  }

  /**
   * Opens a socket.
   *
   * @throws PermissionError without CAP_NET_RAW; TsbpfError (ENODEV) with the list of interfaces for an unknown one.
   */
  static open(options: RawSocketOptions = {}): RawSocket {
    const index = options.interface === undefined ? 0 : requireInterface(options.interface);
    const subject = options.interface ?? 'all interfaces';
    const fd = openPacketSocket(index, options.protocol ?? ALL_PROTOCOLS, options.receiveBuffer, subject);
    return new RawSocket(fd, options.snapLength ?? SNAP_LENGTH, subject);
  }

  /** The socket's descriptor; it stays the socket's. */
  get fd(): number {
    if (this.closed) {
      throw new TsbpfError(`The packet socket on '${this.name}' is closed.`, {
        code: 'EBADF',
        hint: 'Open another with RawSocket.open().',
      });
    }
    return this.#fd;
  }

  /** Packets that came, and those of them that the kernel dropped because its buffer was full, since `open`. */
  statistics(): { readonly received: number; readonly dropped: number } {
    const counts = this.closed ? undefined : packetStatistics(this.#fd);
    this.#received += counts?.received ?? 0;
    this.#dropped += counts?.dropped ?? 0;
    return { received: this.#received, dropped: this.#dropped };
  }

  /**
   * Throws away what came before the first filter was set, which that filter has not seen. Does nothing once a
   * packet was read or a filter set. Called by `SocketFilter.attach`.
   */
  discardUnfiltered(): void {
    if (!this.#untouched || refuseAllPackets(this.fd) < 0) return;
    while (typeof this.#receiver.receive(this.#fd) === 'object') this.#untouched = false;
    this.#untouched = false;
  }

  protected get pollable(): number {
    return this.#fd;
  }

  protected drain(limit: number, packets: Packet[]): void {
    for (; limit > 0; limit--) {
      const received = this.#receiver.receive(this.#fd);
      if (received === undefined) return;
      if (typeof received === 'number') throw systemError(-received, 'receive packets on', this.name);
      this.#untouched = false;
      packets.push(this.#packet(received));
    }
  }

  #packet(received: ReceivedPacket): Packet {
    const tag = received.vlanTag;
    return {
      data: tag ? withTag(received.bytes, tag) : received.bytes.slice(),
      length: received.length + (tag?.length ?? 0),
      timestamp: received.timestamp,
      interface: this.#name(received.interfaceIndex),
      packetType: PACKET_TYPES[received.packetType] ?? 'otherhost',
    };
  }

  #name(index: number): string {
    let name = this.#names.get(index);
    if (name === undefined) this.#names.set(index, (name = interfaceName(index) ?? `if${index}`));
    return name;
  }

  protected release(): void {
    this.statistics();
    closeDescriptor(this.#fd);
    this.#receiver.free();
  }
}

function withTag(bytes: Uint8Array, tag: Uint8Array): Uint8Array {
  const data = new Uint8Array(bytes.length + tag.length);
  data.set(bytes.subarray(0, VLAN_OFFSET), 0);
  data.set(tag, VLAN_OFFSET);
  data.set(bytes.subarray(VLAN_OFFSET), VLAN_OFFSET + tag.length);
  return data;
}
