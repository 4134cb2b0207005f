/** Sending on a socket that may be a blocking one, without waiting. */
import { libc } from './libc.js';

const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;

const send = libc.declare<(fd: number, bytes: Uint8Array, length: number, flags: number) => number>(
  'long send(int fd, void *bytes, size_t length, int flags)',
);

/** @returns how many of the bytes were taken, which may be fewer than all; negative for none, or for an error. */
export function sendWithoutWaiting(fd: number, bytes: Uint8Array): number {
  return Number(send(fd, bytes, bytes.length, MSG_DONTWAIT | MSG_NOSIGNAL));
}
