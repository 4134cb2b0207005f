/**
 * What the kernel says about a program (struct bpf_prog_info, linux/bpf.h).
 */
import { closeDescriptor } from './libc.js';
import { objectInfo, programFdById } from './libbpf.js';

const SIZE = 80;
const ID = 4;
const NAME = 64;
const NAME_LENGTH = 16;

export interface ProgramInfo {
  /** The number under which the kernel lists it (`bpftool prog`). */
  readonly id: number;
  /** Its name, cut at 15 bytes. */
  readonly name: string;
}

/** About the program behind a descriptor; undefined where the kernel does not say. */
export function programInfo(fd: number): ProgramInfo | undefined {
  const bytes = Buffer.alloc(SIZE);
  if (objectInfo(fd, bytes, new Uint32Array([SIZE])) < 0) return undefined;
  const name = bytes.toString('utf8', NAME, NAME + NAME_LENGTH).split('\0')[0]!;
  return { id: bytes.readUInt32LE(ID), name };
}

/** A program for people, by its id: `program 12 ('count')`. */
export function describeProgram(id: number): string {
  const fd = programFdById(id);
  if (fd < 0) return `program ${id}`;
  const name = programInfo(fd)?.name;
  closeDescriptor(fd);
  return name ? `program ${id} ('${name}')` : `program ${id}`;
}
