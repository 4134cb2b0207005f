/**
 * What the runtime needs of the C library: mapped memory, descriptors, resource limits, sockets' system calls.
 */
import { systemError, TsbpfError } from '../errors.js';
import { allocate, foreignLibrary, lastErrno, readString, viewMemory, type Pointer } from './library.js';

/** The C library as this process already has it; other files of native/ declare what they need on it. */
export const libc = foreignLibrary(
  [null],
  (detail) =>
    new TsbpfError(`The C library of this process lacks a function: ${detail}.`, {
      code: 'TSBPF2002',
      hint: 'tsbpf needs Linux with glibc or musl.',
    }),
);

export const PROT_READ = 1;
export const PROT_WRITE = 2;
export const MAP_SHARED = 1;
export const MAP_FAILED = 0xffffffffffffffffn;

const RLIMIT_MEMLOCK = 8;
const RLIM_INFINITY = 0xffffffffffffffffn;
const SC_PAGESIZE = 30;

const native = {
  mmap: libc.declare<
    (
      address: null,
      length: number,
      protection: number,
      flags: number,
      fd: number,
      offset: number | bigint,
    ) => Pointer | null
  >('void *mmap(void *address, size_t length, int protection, int flags, int fd, int64_t offset)'),
  munmap: libc.declare<(address: Pointer, length: number) => number>('int munmap(void *address, size_t length)'),
  calloc: libc.declare<(count: number, size: number) => Pointer | null>('void *calloc(size_t count, size_t size)'),
  free: libc.declare<(pointer: Pointer) => void>('void free(void *pointer)'),
  close: libc.declare<(fd: number) => number>('int close(int fd)'),
  setrlimit: libc.declare<(resource: number, limits: BigUint64Array) => number>(
    'int setrlimit(int resource, void *limits)',
  ),
  sysconf: libc.declare<(name: number) => number>('long sysconf(int name)'),
  vsnprintf: libc.declare<(buffer: Uint8Array, size: number, format: Pointer, list: Pointer) => number>(
    'int vsnprintf(void *buffer, size_t size, void *format, void *list)',
  ),
  ifNameToIndex: libc.declare<(name: string) => number>('unsigned int if_nametoindex(const char *name)'),
  ifIndexToName: libc.declare<(index: number, buffer: Uint8Array) => Pointer | null>(
    'void *if_indextoname(unsigned int index, void *buffer)',
  ),
  setsockopt: libc.declare<(fd: number, level: number, name: number, value: Uint8Array | null, size: number) => number>(
    'int setsockopt(int fd, int level, int name, void *value, uint32_t size)',
  ),
  pidfdOpen: libc.declare<(number: number, pid: number, flags: number) => number>(
    'long syscall(long number, int pid, unsigned int flags)',
  ),
  dup: libc.declare<(fd: number, command: number, argument: number) => number>(
    'int fcntl(int fd, int command, int argument)',
  ),
};

export interface MappedMemory {
  readonly pointer: Pointer;
  /** Gone after `unmap`: a use then throws, because the buffer has no bytes any more. */
  readonly buffer: ArrayBuffer;
  unmap(): void;
}

/**
 * Maps a descriptor's memory into the process, shared.
 *
 * @param fd a map, ring or perf event descriptor.
 * @param length in bytes; the kernel rounds it up to pages.
 * @param protection PROT_READ, PROT_WRITE or both.
 * @param offset in bytes, a multiple of the page size.
 * @param subject the name for error messages.
 * @throws TsbpfError where the kernel refuses.
 */
export function mapMemory(
  fd: number,
  length: number,
  protection: number,
  offset: number,
  subject: string,
): MappedMemory {
  const pointer = native.mmap(null, length, protection, MAP_SHARED, fd, offset);
  if (pointer === null || BigInt.asUintN(64, BigInt(pointer)) === MAP_FAILED) {
    throw systemError(lastErrno(), 'map memory of', subject);
  }
  let mapped = true;
  return {
    pointer,
    buffer: viewMemory(pointer, length),
    unmap() {
      if (mapped) native.munmap(pointer, length);
      mapped = false;
    },
  };
}

/** The number of pidfd_open(2), which all machines share. */
const PIDFD_OPEN = 434;

/**
 * A descriptor of a process (Linux 5.3).
 *
 * @returns the descriptor, or -errno.
 */
export function openProcess(pid: number): number {
  const fd = Number(native.pidfdOpen(PIDFD_OPEN, pid, 0));
  return fd < 0 ? -lastErrno() : fd;
}

/** Closes a descriptor. A second close of the same number would hit someone else's: callers remember. */
export function closeDescriptor(fd: number): void {
  native.close(fd);
}

const F_DUPFD_CLOEXEC = 1030;

/** Another descriptor for the same thing, closed on exec. */
export function duplicateDescriptor(fd: number, subject: string): number {
  const copy = native.dup(fd, F_DUPFD_CLOEXEC, 3);
  if (copy < 0) throw systemError(lastErrno(), 'duplicate the descriptor of', subject);
  return copy;
}

let memlockRaised = false;

/**
 * Raises RLIMIT_MEMLOCK, once; kernels before 5.11 charge maps and programs to it. Newer ones do not, so a refusal is
 * no error here: where it matters, the load that follows says so.
 */
export function raiseMemoryLock(): void {
  if (memlockRaised) return;
  memlockRaised = true;
  native.setrlimit(RLIMIT_MEMLOCK, new BigUint64Array([RLIM_INFINITY, RLIM_INFINITY]));
}

let cachedPageSize = 0;

/** Bytes in a page of this machine. */
export function pageSize(): number {
  return (cachedPageSize ||= Number(native.sysconf(SC_PAGESIZE)));
}

/** What printf would make of a format and a va_list that foreign code handed to a callback. */
export function formatMessage(format: Pointer, list: Pointer): string {
  const buffer = new Uint8Array(4096);
  const length = native.vsnprintf(buffer, buffer.length, format, list);
  return Buffer.from(buffer.buffer, 0, Math.min(Math.max(length, 0), buffer.length - 1)).toString('utf8');
}

/**
 * The index of a network interface, by its name.
 *
 * @throws TsbpfError (ENODEV) where there is none.
 */
export function interfaceIndex(name: string): number {
  const index = native.ifNameToIndex(name);
  if (index === 0) {
    throw new TsbpfError(`There is no network interface '${name}'.`, {
      code: 'ENODEV',
      operation: 'find interface',
      subject: name,
      hint: '`ip -brief link` lists those that this network namespace has.',
    });
  }
  return index;
}

/** The name of a network interface, or undefined where the index is unknown. */
export function interfaceName(index: number): string | undefined {
  const buffer = new Uint8Array(16);
  const pointer = native.ifIndexToName(index, buffer);
  return pointer === null ? undefined : Buffer.from(buffer).toString('utf8').split('\0')[0];
}

/**
 * setsockopt(2).
 *
 * @param value the option's bytes; null for none.
 * @returns 0, or -errno.
 */
export function setSocketOption(fd: number, level: number, name: number, value: Uint8Array | null): number {
  return native.setsockopt(fd, level, name, value, value?.length ?? 0) < 0 ? -lastErrno() : 0;
}

/** Foreign memory at an address, without a copy; it has to outlive every use. */
export function addressedMemory(pointer: Pointer, length: number): ArrayBuffer {
  return viewMemory(pointer, length);
}

/**
 * Zeroed memory that does not move, however big: pages that nobody touches are never there.
 *
 * @param size in bytes.
 */
export function allocateZeroed(size: number): {
  readonly pointer: Pointer;
  /** The NUL-terminated text in it. */
  text(): string;
  free(): void;
} {
  const pointer = native.calloc(size, 1);
  if (pointer === null) throw systemError(lastErrno(), 'allocate', `${size} bytes`);
  return { pointer, text: () => readString(pointer), free: () => native.free(pointer) };
}

export { allocate, readString };
