/**
 * One descriptor that is readable when any of several is.
 */
import { systemError } from '../errors.js';
import { closeDescriptor, libc } from './libc.js';
import { lastErrno } from './library.js';

const CLOEXEC = 0o2000000;
const ADD = 1;
const READABLE = 1;
/** struct epoll_event is packed on x86-64 alone. */
const DATA_OFFSET = process.arch === 'x64' ? 4 : 8;

const native = {
  create: libc.declare<(flags: number) => number>('int epoll_create1(int flags)'),
  control: libc.declare<(epoll: number, operation: number, fd: number, event: Uint8Array) => number>(
    'int epoll_ctl(int epoll, int operation, int fd, void *event)',
  ),
};

/**
 * Makes an epoll descriptor over others, for waiting on all of them with one poll handle.
 *
 * @param fds stay the caller's; those that are closed leave the set by themselves.
 * @param subject the name for error messages.
 * @returns a descriptor that the caller closes.
 */
export function epollOver(fds: readonly number[], subject: string): number {
  const epoll = native.create(CLOEXEC);
  if (epoll < 0) throw systemError(lastErrno(), 'wait for', subject);
  const event = new DataView(new ArrayBuffer(16));
  event.setUint32(0, READABLE, true);
  for (const fd of fds) {
    event.setInt32(DATA_OFFSET, fd, true);
    if (native.control(epoll, ADD, fd, new Uint8Array(event.buffer)) < 0) {
      const errno = lastErrno();
      closeDescriptor(epoll);
      throw systemError(errno, 'wait for', subject);
    }
  }
  return epoll;
}
