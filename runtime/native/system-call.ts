/**
 * System calls whose arguments never change, as a few bytes of machine code each. A foreign call converts its arguments by
 * code that a system call before it has driven out of the processor's caches; such a function has none.
 */
import { foreignFunction, viewMemory, type Pointer } from './library.js';
import { libc, MAP_FAILED, PROT_READ, PROT_WRITE } from './libc.js';
import { isMainThread } from './threads.js';

const PROT_EXEC = 4;
const MAP_PRIVATE = 2;
const MAP_ANONYMOUS = 0x20;
const PAGE = 4096;
/** Functions begin on cache lines of their own. */
const ROOM = 64;

const native = {
  mmap: libc.declare<
    (address: null, length: number, protection: number, flags: number, fd: number, offset: number) => Pointer | null
  >('void *mmap(void *address, size_t length, int protection, int flags, int fd, int64_t offset)'),
  mprotect: libc.declare<(address: Pointer, length: number, protection: number) => number>(
    'int mprotect(void *address, size_t length, int protection)',
  ),
  munmap: libc.declare<(address: Pointer, length: number) => number>('int munmap(void *address, size_t length)'),
};

export interface SystemCall {
  readonly number: number;
  readonly first: number;
  /** An address. */
  readonly second: Pointer;
  readonly third: number;
}

/**
 * Functions that make system calls. They stay as long as the process.
 *
 * @returns a function for each, which gives what the kernel does: -errno where it refuses. Undefined where there is no code for
 *   this machine, where the process may not run code that it has written (SELinux, seccomp), and in worker threads, which come
 *   and go while the process stays.
 */
export function fixedSystemCalls(calls: readonly SystemCall[]): (() => number)[] | undefined {
  if (process.arch !== 'x64' || !isMainThread()) return undefined;
  const page = native.mmap(null, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page === null || BigInt.asUintN(64, BigInt(page)) === MAP_FAILED) return undefined;
  const bytes = new Uint8Array(viewMemory(page, PAGE));
  calls.forEach((call, index) => bytes.set(codeOf(call), index * ROOM));
  if (native.mprotect(page, PAGE, PROT_READ | PROT_EXEC) !== 0) {
    native.munmap(page, PAGE);
    return undefined;
  }
  return calls.map((_, index) => foreignFunction(page + BigInt(index * ROOM), 'int'));
}

/** The kernel's calling convention for x86-64: number in rax, arguments in rdi, rsi and rdx; rcx and r11 are lost. */
function codeOf({ number, first, second, third }: SystemCall): Uint8Array {
  const code = new DataView(new ArrayBuffer(33));
  code.setUint32(0, 0xf30f1efa); // endbr64
  code.setUint8(4, 0xb8); // mov eax, number
  code.setUint32(5, number, true);
  code.setUint8(9, 0xbf); // mov edi, first
  code.setUint32(10, first, true);
  code.setUint16(14, 0x48be); // mov rsi, second
  code.setBigUint64(16, second, true);
  code.setUint8(24, 0xba); // mov edx, third
  code.setUint32(25, third, true);
  code.setUint16(29, 0x0f05); // syscall
  code.setUint8(31, 0xc3); // ret
  return new Uint8Array(code.buffer);
}
