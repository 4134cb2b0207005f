/**
 * Programs on sockets: what they return is how many bytes of a packet the socket gets, 0 drops it.
 */
import type { Socket as DatagramSocket } from 'node:dgram';
import type { Server, Socket as StreamSocket } from 'node:net';
import type { SkBuff } from '../contexts.js';
import { systemError, TsbpfError } from '../errors.js';
import { setSocketOption } from '../native/libc.js';
import { int32, SOL_SOCKET } from '../native/sockets.js';
import { RawSocket } from '../packet/raw-socket.js';
import { Program } from '../program.js';
import { requireProgram } from './handle.js';

const SO_DETACH_FILTER = 27;
const SO_ATTACH_BPF = 50;
const ENOENT = 2;

/** A socket, or its descriptor. */
export type FilterableSocket = RawSocket | DatagramSocket | StreamSocket | Server | number;

/**
 * A socket filter.
 *
 * ```ts
 * const filter = new SocketFilter((skb: SkBuff) => (skb.protocol === htons(0x0800) ? skb.len : 0));
 * filter.attach(socket);
 * ```
 *
 * The filter lives as long as the socket; a socket has one, and another takes its place.
 */
export class SocketFilter {
  readonly program: Program;

  /** @param program a function that the compiler has made a program of, or a program of an object. */
  constructor(program: Program | ((context: SkBuff) => number | boolean), _options?: object) {
    this.program = requireProgram(program, 'new SocketFilter()');
  }

  /**
   * Sets the filter on a socket. On a raw socket, packets that came before its first filter are thrown away, since
   * nothing has filtered them.
   *
   * @param socket a RawSocket, a `dgram` or `net` socket that is bound or connected, or a descriptor.
   * @throws VerifierError where the program is refused, TsbpfError where the socket has no descriptor or refuses.
   */
  attach(socket: FilterableSocket): void {
    const fd = socketDescriptor(socket);
    const program = this.program.fd;
    if (socket instanceof RawSocket) socket.discardUnfiltered();
    const result = setSocketOption(fd, SOL_SOCKET, SO_ATTACH_BPF, int32(program));
    if (result < 0) {
      if (socket instanceof RawSocket) setSocketOption(fd, SOL_SOCKET, SO_DETACH_FILTER, int32(0));
      throw systemError(-result, 'attach socket filter', this.program.name);
    }
  }

  /** Takes the filter off a socket; harmless where there is none. */
  detach(socket: FilterableSocket): void {
    if (socket instanceof RawSocket && socket.closed) return;
    const result = setSocketOption(socketDescriptor(socket), SOL_SOCKET, SO_DETACH_FILTER, int32(0));
    if (result < 0 && result !== -ENOENT) throw systemError(-result, 'detach socket filter', this.program.name);
  }

  /** Gives the program back; sockets that have it keep it. */
  close(): void {
    this.program.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** Node's sockets have no public descriptor; their handle has. */
interface WithHandle {
  readonly _handle?: { readonly fd?: number } | null;
}

/**
 * The descriptor of a socket.
 *
 * @throws TsbpfError where it has none yet, or none any more.
 */
export function socketDescriptor(socket: FilterableSocket): number {
  if (typeof socket === 'number') return socket;
  if (socket instanceof RawSocket) return socket.fd;
  const fd = handleOf(socket)?.fd;
  if (typeof fd === 'number' && fd >= 0) return fd;
  throw new TsbpfError('The socket has no descriptor now.', {
    code: 'TSBPF2107',
    operation: 'attach socket filter',
    hint: 'Attach after it is bound or connected (on `listening` or `connect`) and before it is closed.',
  });
}

function handleOf(socket: object): { readonly fd?: number } | null | undefined {
  // dgram's own `_handle` is a deprecated accessor that may warn; the handle itself is behind its state symbol.
  const state = Object.getOwnPropertySymbols(socket).find((symbol) => symbol.description === 'state symbol');
  const inner = state && (socket as Record<symbol, { readonly handle?: { readonly fd?: number } | null }>)[state];
  return inner ? inner.handle : (socket as WithHandle)._handle;
}
