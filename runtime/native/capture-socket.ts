/**
 * Packet sockets for capturing: the program is set before the socket is bound, so that it sees every packet from the
 * first on, and decides about each where it is; and what ioctl(2) says of interfaces.
 */
import { systemError } from '../errors.js';
import { closeDescriptor, libc, setSocketOption } from './libc.js';
import { lastErrno } from './library.js';
import { AF_PACKET, int32, LINK_ADDRESS, linkAddress, socketCalls, SOL_PACKET, SOL_SOCKET } from './sockets.js';

const AF_INET = 2;
const SOCK_RAW = 3;
const SOCK_DGRAM = 2;
const CLOEXEC = 0o2000000;
const ALL_PROTOCOLS = 3;
const SO_ERROR = 4;
const SO_ATTACH_BPF = 50;
const PACKET_ADD_MEMBERSHIP = 1;
const PACKET_IGNORE_OUTGOING = 23;
const PACKET_MR_PROMISC = 1;
const SIOCGIFHWADDR = 0x8927n;
/** struct ifreq: a name of 16 bytes, then a union. */
const INTERFACE_REQUEST = 40;
const NAME_SIZE = 16;

const ioctl = libc.declare<(fd: number, request: bigint, argument: Uint8Array) => number>(
  'int ioctl(int fd, unsigned long request, void *argument)',
);

export interface CaptureSocketOptions {
  /** Of the interface; 0 for all. */
  readonly index: number;
  /** The name for error messages. */
  readonly subject: string;
  /** Packets begin at their network header, whatever the interface puts before it. */
  readonly cooked: boolean;
  /** The descriptor of a socket filter. */
  readonly program: number;
  /** Receive what is for other hosts too; for one interface. */
  readonly promiscuous: boolean;
  /** Leave out what goes out before the program sees it. */
  readonly incomingOnly: boolean;
}

/**
 * Opens a packet socket with a program on it; from then on the program sees the packets.
 *
 * @returns a descriptor that the caller closes, and with it everything ends.
 * @throws PermissionError without CAP_NET_RAW, TsbpfError where something is refused.
 */
export function openCaptureSocket(options: CaptureSocketOptions): number {
  const { index, subject, program } = options;
  // Without a protocol it receives nothing before it is bound.
  const fd = socketCalls.socket(AF_PACKET, (options.cooked ? SOCK_DGRAM : SOCK_RAW) | CLOEXEC, 0);
  if (fd < 0) throw systemError(lastErrno(), 'open a packet socket on', subject);
  try {
    const check = (result: number, operation: string) => {
      if (result < 0) throw systemError(-result, operation, subject);
    };
    check(setSocketOption(fd, SOL_SOCKET, SO_ATTACH_BPF, int32(program)), 'set the filter on');
    // Since Linux 4.20; the program leaves them out as well.
    if (options.incomingOnly) setSocketOption(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, int32(1));
    if (options.promiscuous && index !== 0) {
      check(
        setSocketOption(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, promiscuousRequest(index)),
        'set promiscuous mode on',
      );
    }
    check(
      socketCalls.bind(fd, linkAddress(index, ALL_PROTOCOLS), LINK_ADDRESS) < 0 ? -lastErrno() : 0,
      'bind to interface',
    );
    return fd;
  } catch (error) {
    closeDescriptor(fd);
    throw error;
  }
}

/** struct packet_mreq. */
function promiscuousRequest(index: number): Uint8Array {
  const request = new DataView(new ArrayBuffer(16));
  request.setInt32(0, index, true);
  request.setUint16(4, PACKET_MR_PROMISC, true);
  return new Uint8Array(request.buffer);
}

/** The error that waits at a socket, as a positive errno, and takes it away; 0 for none. */
export function takeSocketError(fd: number): number {
  const value = new Uint8Array(4);
  const result = socketCalls.getsockopt(fd, SOL_SOCKET, SO_ERROR, value, new Uint32Array([value.length]));
  return result < 0 ? lastErrno() : new DataView(value.buffer).getInt32(0, true);
}

/**
 * The kind of hardware of an interface, an ARPHRD_* number of linux/if_arp.h.
 *
 * @returns undefined where there is no interface of that name any more.
 */
export function hardwareType(name: string): number | undefined {
  const fd = socketCalls.socket(AF_INET, SOCK_DGRAM | CLOEXEC, 0);
  if (fd < 0) return undefined;
  const request = new Uint8Array(INTERFACE_REQUEST);
  request.set(Buffer.from(name).subarray(0, NAME_SIZE - 1));
  const result = ioctl(fd, SIOCGIFHWADDR, request);
  closeDescriptor(fd);
  return result < 0 ? undefined : new DataView(request.buffer).getUint16(NAME_SIZE, true);
}
