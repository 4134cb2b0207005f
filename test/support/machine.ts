/** What differs between the machines that the tests run on. */

/** The first part of the GNU name of this machine. */
const name = { x64: 'x86_64', arm64: 'aarch64' }[process.arch as string] ?? process.arch;

/** Tells clang, which compiles for BPF, where Debian keeps the headers that are this machine's own. */
export const machineHeaders = `-I/usr/include/${name}-linux-gnu`;

/** The numbers of the system calls that tests make (asm/unistd.h). */
export const systemCall =
  process.arch === 'arm64' ? { getpriority: 141, openat: 56 } : { getpriority: 140, openat: 257 };
