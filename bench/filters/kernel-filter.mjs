// The kernel's own conversion of a classic filter. No test run takes one, so it is timed where it runs for every datagram that is
// sent: on a socket of AF_UNIX, which drops what the filter rejects before it is queued. A datagram takes some hundred times as
// long as a filter, so the filter is written many times into one program: each return goes on in the next copy.
import { Buffer } from 'node:buffer';
import koffi from 'koffi';

const libc = koffi.load('libc.so.6');
const socketpair = libc.func('int socketpair(int domain, int type, int protocol, void *sockets)');
const setsockopt = libc.func('int setsockopt(int fd, int level, int name, void *value, uint32_t length)');
const sendmmsg = libc.func('int sendmmsg(int fd, void *messages, unsigned int count, int flags)');
const clockGettime = libc.func('int clock_gettime(int clock, void *time)');
const close = libc.func('int close(int fd)');

const [AF_UNIX, SOCK_DGRAM, SOL_SOCKET, SO_ATTACH_FILTER] = [1, 2, 1, 26];
const threadClock = 3; // CLOCK_THREAD_CPUTIME_ID
const MESSAGES = 512;
/** Copies in one program, where BPF_MAXINSNS (linux/bpf_common.h) leaves room: their machine code still fits into a cache. */
const MOST_COPIES = 32;
const MOST_INSTRUCTIONS = 4096;
/** BPF_RET, BPF_JMP | BPF_JA. */
const [RETURN, JUMP] = [6, 5];
/** sizeof(struct mmsghdr) of 64-bit machines. */
const MESSAGE_SIZE = 64;

/** Memory that stays where it is: V8 moves small arrays that it made itself. */
const fixed = (size) => Buffer.from(new ArrayBuffer(size));

export class KernelFilter {
  /**
   * @param {Uint8Array | undefined} code a classic filter; without one, what rejects at once.
   * @param {Uint8Array} packet
   * @param {boolean} ends whether the filter ends by a return for this packet, and not by a read past its end.
   */
  constructor(code, packet, ends = true) {
    const sockets = fixed(8);
    if (socketpair(AF_UNIX, SOCK_DGRAM, 0, sockets) !== 0) throw new Error('no socket');
    this.sockets = [sockets.readInt32LE(0), sockets.readInt32LE(4)];
    /** How often a datagram has the filter run. */
    this.copies = code && ends ? Math.min(MOST_COPIES, Math.floor((MOST_INSTRUCTIONS - 1) / (code.length / 8))) : 1;
    try {
      // A socket has room for so much machine code alone (net.core.optmem_max).
      while (!this.attach(rejecting(code, this.copies))) {
        if (this.copies === 1) throw Object.assign(new Error('the kernel takes no such filter'), { name: 'NotTaken' });
        this.copies = Math.ceil(this.copies / 2);
      }
    } catch (failure) {
      this.close();
      throw failure;
    }
    this.packet = fixed(packet.length);
    this.packet.set(packet);
    this.vector = fixed(16);
    this.vector.writeBigUInt64LE(koffi.address(this.packet), 0);
    this.vector.writeBigUInt64LE(BigInt(packet.length), 8);
    this.messages = fixed(MESSAGES * MESSAGE_SIZE);
    for (let index = 0; index < MESSAGES; index++) {
      // struct msghdr: msg_iov and msg_iovlen.
      this.messages.writeBigUInt64LE(koffi.address(this.vector), index * MESSAGE_SIZE + 16);
      this.messages.writeBigUInt64LE(1n, index * MESSAGE_SIZE + 24);
    }
  }

  attach(code) {
    const program = fixed(16);
    program.writeUInt16LE(code.length / 8, 0);
    program.writeBigUInt64LE(koffi.address(code), 8);
    return setsockopt(this.sockets[1], SOL_SOCKET, SO_ATTACH_FILTER, program, 16) === 0;
  }

  /** Nanoseconds of processor time that one datagram takes, filter and all. */
  time() {
    const before = now();
    for (let call = 0; call < 8; call++)
      if (sendmmsg(this.sockets[0], this.messages, MESSAGES, 0) !== MESSAGES) throw new Error('not all was sent');
    return Number(now() - before) / (8 * MESSAGES);
  }

  close() {
    this.sockets.forEach((socket) => close(socket));
  }
}

/** The same filter so many times, which does the same work and then rejects. */
function rejecting(code, copies) {
  const size = code?.length ?? 0;
  const program = fixed(size * copies + 8);
  for (let copy = 0; copy < copies && code; copy++) {
    program.set(code, copy * size);
    for (let at = 0; at < size; at += 8) {
      const place = copy * size + at;
      if ((program.readUInt16LE(place) & 7) !== RETURN) continue;
      program.writeUInt16LE(JUMP, place);
      program.writeUInt32LE((size - at) / 8 - 1, place + 4);
    }
  }
  program.writeUInt16LE(RETURN, size * copies);
  return program;
}

function now() {
  const time = new BigInt64Array(2);
  clockGettime(threadClock, time);
  return time[0] * 1_000_000_000n + time[1];
}
