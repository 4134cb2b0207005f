/** The BTF that the kernel holds for a map or program, by its number. */
import { Btf } from '../../compiler/object/btf.js';
import { check } from '../errors.js';
import { allocate, closeDescriptor } from '../native/libc.js';
import * as libbpf from '../native/libbpf.js';
import { hostIsLittleEndian } from './layout.js';

/** sizeof(struct bpf_btf_info) (linux/bpf.h). */
const INFO_SIZE = 32;

/**
 * Reads and parses BTF from the kernel.
 *
 * @returns undefined where this process may not have it: numbers are root's to open.
 */
export function readBtf(id: number): Btf | undefined {
  const fd = libbpf.btfFdById(id);
  if (fd < 0) return undefined;
  try {
    const size = readInfo(fd, 0n, 0);
    const memory = allocate(size);
    try {
      readInfo(fd, memory.pointer, size);
      return Btf.parse(memory.bytes.slice());
    } finally {
      memory.free();
    }
  } finally {
    closeDescriptor(fd);
  }
}

/** Has the kernel write BTF to an address. @returns how many bytes it takes. */
function readInfo(fd: number, address: bigint, room: number): number {
  const view = new DataView(new ArrayBuffer(INFO_SIZE));
  view.setBigUint64(0, address, hostIsLittleEndian);
  view.setUint32(8, room, hostIsLittleEndian);
  const bytes = new Uint8Array(view.buffer);
  check(libbpf.objectInfo(fd, bytes, new Uint32Array([INFO_SIZE])), 'read', 'BTF');
  return view.getUint32(8, hostIsLittleEndian);
}
