/**
 * The one question over netlink that libbpf has no call for: which filters an interface has, ours and others'.
 */
import { closeDescriptor, libc } from './libc.js';

const AF_NETLINK = 16;
const SOCK_RAW_CLOEXEC = 3 | 0o2000000;
const REQUEST = 1;
const DUMP = 0x300;
const GET_FILTER = 46;
const NEW_FILTER = 44;
const DONE = 3;
const ERROR = 2;
const HEADER = 16;
const TC_MESSAGE = 20;
const CLSACT_INGRESS = 0xfffffff2;
const CLSACT_EGRESS = 0xfffffff3;

const native = {
  socket: libc.declare<(family: number, type: number, protocol: number) => number>(
    'int socket(int family, int type, int protocol)',
  ),
  send: libc.declare<(fd: number, bytes: Uint8Array, size: number, flags: number) => number>(
    'long send(int fd, void *bytes, size_t size, int flags)',
  ),
  receive: libc.declare<(fd: number, bytes: Uint8Array, size: number, flags: number) => number>(
    'long recv(int fd, void *bytes, size_t size, int flags)',
  ),
};

/**
 * Whether an interface's clsact qdisc has any filter, on either side.
 *
 * @returns undefined where the kernel does not answer.
 */
export function hasTcFilters(interfaceIndex: number): boolean | undefined {
  const fd = native.socket(AF_NETLINK, SOCK_RAW_CLOEXEC, 0);
  if (fd < 0) return undefined;
  try {
    const sides = [CLSACT_INGRESS, CLSACT_EGRESS].map((parent) => countFilters(fd, interfaceIndex, parent));
    return sides.some((count) => count === undefined) ? undefined : sides.some((count) => count! > 0);
  } finally {
    closeDescriptor(fd);
  }
}

function countFilters(fd: number, interfaceIndex: number, parent: number): number | undefined {
  const request = new DataView(new ArrayBuffer(HEADER + TC_MESSAGE));
  request.setUint32(0, HEADER + TC_MESSAGE, true);
  request.setUint16(4, GET_FILTER, true);
  request.setUint16(6, REQUEST | DUMP, true);
  request.setInt32(HEADER + 4, interfaceIndex, true);
  request.setUint32(HEADER + 12, parent, true);
  const bytes = new Uint8Array(request.buffer);
  if (Number(native.send(fd, bytes, bytes.length, 0)) < 0) return undefined;
  const buffer = new Uint8Array(1 << 16);
  const view = new DataView(buffer.buffer);
  let count = 0;
  for (;;) {
    const length = Number(native.receive(fd, buffer, buffer.length, 0));
    if (length <= 0) return undefined;
    for (let at = 0; at + HEADER <= length; at += (view.getUint32(at, true) + 3) & ~3) {
      const type = view.getUint16(at + 4, true);
      if (type === ERROR || view.getUint32(at, true) < HEADER) return undefined;
      if (type === DONE) return count;
      if (type === NEW_FILTER) count++;
    }
  }
}
