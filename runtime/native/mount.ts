/**
 * A file system for this process alone, which nobody else sees and which is gone when the process is.
 */
import { closeDescriptor, libc } from './libc.js';

/** The numbers are the same on every architecture (Linux 5.2). */
const SYS_FSOPEN = 430;
const SYS_FSCONFIG = 431;
const SYS_FSMOUNT = 432;
const CLOEXEC = 1;
const FSCONFIG_CMD_CREATE = 6;

const native = {
  open: libc.declare<(call: number, name: Uint8Array, flags: number) => number>(
    'long syscall(long call, void *name, unsigned int flags)',
  ),
  configure: libc.declare<(call: number, fd: number, command: number, key: null, value: null, extra: number) => number>(
    'long syscall(long call, int fd, unsigned int command, void *key, void *value, int extra)',
  ),
  mount: libc.declare<(call: number, fd: number, flags: number, attributes: number) => number>(
    'long syscall(long call, int fd, unsigned int flags, unsigned int attributes)',
  ),
};

/**
 * Makes a mount that is attached nowhere.
 *
 * @param type of the file system: `'tracefs'`.
 * @returns the path through which this process reaches it, or undefined where the kernel refuses.
 */
export function privateMount(type: string): string | undefined {
  const context = Number(native.open(SYS_FSOPEN, Buffer.from(`${type}\0`), CLOEXEC));
  if (context < 0) return undefined;
  try {
    if (Number(native.configure(SYS_FSCONFIG, context, FSCONFIG_CMD_CREATE, null, null, 0)) < 0) return undefined;
    const mount = Number(native.mount(SYS_FSMOUNT, context, CLOEXEC, 0));
    return mount < 0 ? undefined : `/proc/self/fd/${mount}`;
  } finally {
    closeDescriptor(context);
  }
}
