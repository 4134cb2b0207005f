/** Attaches the chosen programs, all or none. */
import { attach } from '../../runtime/attach/attach.js';
import { SocketFilter } from '../../runtime/attach/socket-filter.js';
import { XdpLink } from '../../runtime/attach/xdp.js';
import type { LoadedObject } from '../../runtime/object.js';
import { RawSocket } from '../../runtime/packet/raw-socket.js';
import type { Program } from '../../runtime/program.js';
import type { Attachment } from './where.js';

export interface Attached extends Disposable {
  readonly program: string;
  /** `'tracepoint syscalls:sys_enter_openat'` */
  readonly target: string;
}

/**
 * @returns what was attached, to be disposed of.
 * @throws TsbpfError where a program is refused, or its place; then nothing is attached.
 */
export function attachAll({ programs }: LoadedObject, attachments: readonly Attachment[]): Attached[] {
  const attached: Attached[] = [];
  try {
    // All are loaded before the first runs: what the verifier refuses is known before anything happens.
    for (const { program, options } of attachments) {
      // A program that is offloaded to a network card is loaded for that card.
      if (options.mode !== 'offload') (programs[program] as Program).load();
    }
    for (const attachment of attachments) attached.push(attachOne(programs[attachment.program] as Program, attachment));
    return attached;
  } catch (failure) {
    for (const one of attached) one[Symbol.dispose]();
    throw failure;
  }
}

function attachOne(program: Program, { socket, options }: Attachment): Attached {
  if (socket) return attachSocket(program, options.interface);
  const link = attach(program, options);
  return {
    program: program.name,
    target: link instanceof XdpLink ? `${link.target} (${link.mode})` : link.target,
    [Symbol.dispose]: () => link.close(),
  };
}

/** Nobody reads the socket: what the filter lets pass fills its buffer, and the filter sees all packets nevertheless. */
function attachSocket(program: Program, name: string | undefined): Attached {
  const socket = RawSocket.open({ ...(name !== undefined && { interface: name }), receiveBuffer: 4096 });
  try {
    new SocketFilter(program).attach(socket);
  } catch (failure) {
    socket.close();
    throw failure;
  }
  const target = `packets of ${name ?? 'all interfaces'}`;
  return { program: program.name, target, [Symbol.dispose]: () => socket.close() };
}
