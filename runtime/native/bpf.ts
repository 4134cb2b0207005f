/**
 * bpf(2) for single entries of maps, with memory that stays where it is: a read or write of an entry is one foreign call
 * of four numbers. All else goes through libbpf.
 */
import { hostIsLittleEndian } from '../maps/layout.js';
import { libc } from './libc.js';
import { addressOf, lastErrno } from './library.js';
import * as libbpf from './libbpf.js';

/** The number of bpf(2) on machines that Node runs on (asm/unistd.h). */
const SYSTEM_CALLS: Readonly<Record<string, number>> = {
  x64: 321,
  arm64: 280,
  riscv64: 280,
  loong64: 280,
  ppc64: 361,
  s390x: 351,
};

/** enum bpf_cmd (linux/bpf.h). */
const LOOKUP = 1;
const UPDATE = 2;
const DELETE = 3;

/** Of union bpf_attr, as far as these commands look: descriptor, key, value, flags. */
const ATTRIBUTE_SIZE = 32;
/** A deletion takes no value, and no flags. */
const DELETE_SIZE = 16;
/** Words of the second attribute. */
const [LOW_FLAGS, HIGH_FLAGS] = hostIsLittleEndian ? [14, 15] : [15, 14];

type SystemCall = (number: number, command: number, attribute: number, size: number) => number;
let systemCall: SystemCall | undefined;

/** Room for one key and one value of a map, and what the kernel is told of them. */
export class EntryMemory {
  /** All of it; keys begin at `key`, values that are written at `value`, values that were read at `found`. */
  readonly view: DataView;
  readonly bytes: Uint8Array;
  readonly key = 2 * ATTRIBUTE_SIZE;
  readonly value: number;
  readonly found: number;
  readonly #keySize: number;
  readonly #valueSize: number;
  /** Two attributes: of reads, and behind it of writes. */
  readonly #words: Uint32Array;
  readonly #reads: number;
  readonly #writes: number;
  readonly #number = SYSTEM_CALLS[process.arch] ?? 0;

  /**
   * @param keySize in bytes.
   * @param valueSize in bytes; for per-CPU maps of all CPUs together.
   */
  constructor(keySize: number, valueSize: number) {
    this.#keySize = keySize;
    this.#valueSize = valueSize;
    this.value = this.key + roundUp(keySize);
    this.found = this.value + roundUp(valueSize);
    // A buffer made as such is never moved.
    const buffer = new ArrayBuffer(this.found + roundUp(valueSize));
    this.bytes = new Uint8Array(buffer);
    this.view = new DataView(buffer);
    this.#words = new Uint32Array(buffer, 0, (2 * ATTRIBUTE_SIZE) / 4);
    const address = addressOf(this.bytes);
    for (const [attribute, value] of [
      [0, this.found],
      [ATTRIBUTE_SIZE, this.value],
    ] as const) {
      this.view.setBigUint64(attribute + 8, address + BigInt(this.key), hostIsLittleEndian);
      this.view.setBigUint64(attribute + 16, address + BigInt(value), hostIsLittleEndian);
    }
    this.#reads = Number(address);
    this.#writes = this.#reads + ATTRIBUTE_SIZE;
    systemCall ??= libc.bind<SystemCall>('int syscall(long number, int command, size_t attribute, unsigned int size)');
  }

  /** Reads the value of the key. @returns 0, or -errno. */
  lookup(fd: number): number {
    if (this.#number === 0)
      return libbpf.mapLookup(fd, this.#part(this.key, this.#keySize), this.#part(this.found, this.#valueSize));
    this.#words[0] = fd;
    return systemCall!(this.#number, LOOKUP, this.#reads, ATTRIBUTE_SIZE) < 0 ? -lastErrno() : 0;
  }

  /** Writes the value at the key. @returns 0, or -errno. */
  update(fd: number, flags: number): number {
    if (this.#number === 0)
      return libbpf.mapUpdate(fd, this.#part(this.key, this.#keySize), this.#part(this.value, this.#valueSize), flags);
    this.#words[8] = fd;
    this.#words[LOW_FLAGS] = flags;
    this.#words[HIGH_FLAGS] = flags / 2 ** 32;
    return systemCall!(this.#number, UPDATE, this.#writes, ATTRIBUTE_SIZE) < 0 ? -lastErrno() : 0;
  }

  /** Deletes the entry of the key. @returns 0, or -errno. */
  remove(fd: number): number {
    if (this.#number === 0) return libbpf.mapDelete(fd, this.#part(this.key, this.#keySize));
    this.#words[0] = fd;
    return systemCall!(this.#number, DELETE, this.#reads, DELETE_SIZE) < 0 ? -lastErrno() : 0;
  }

  #part(start: number, size: number): Uint8Array {
    return this.bytes.subarray(start, start + size);
  }
}

function roundUp(size: number): number {
  return Math.ceil(size / 8) * 8;
}
