/** The functions of one ELF file, found by where in the file they are. */
import { ElfFile, type ElfFunction, type ElfSegment } from './elf-file.js';

/** Where an address is: in a function, so many bytes from its start. */
export interface FoundFunction {
  readonly name: string;
  /** Bytes from the start of the function. */
  readonly offset: number;
}

export class FunctionTable {
  readonly #segments: readonly ElfSegment[];
  /** By address; of several names for one address the first. */
  readonly #functions: readonly ElfFunction[];
  /** The greatest end of a function up to each one, so that a long one is found behind short ones inside it. */
  readonly #ends: BigUint64Array;

  constructor(functions: readonly ElfFunction[], segments: readonly ElfSegment[]) {
    this.#segments = segments;
    this.#functions = [...functions].sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0));
    this.#ends = new BigUint64Array(this.#functions.length);
    let end = 0n;
    for (const [index, { address, size }] of this.#functions.entries()) {
      const own = BigInt.asUintN(64, address + size);
      if (own > end) end = own;
      this.#ends[index] = end;
    }
  }

  /**
   * @param path of an ELF file.
   * @throws ElfError, or the system's error where it cannot be opened.
   */
  static read(path: string): FunctionTable {
    using file = new ElfFile(path);
    return new FunctionTable(file.functions(), file.segments());
  }

  /** @param fileOffset in bytes from the start of the file. */
  find(fileOffset: bigint): FoundFunction | undefined {
    const segment = this.#segments.find(({ offset, size }) => fileOffset >= offset && fileOffset < offset + size);
    return segment && this.#at(fileOffset - segment.offset + segment.address);
  }

  #at(address: bigint): FoundFunction | undefined {
    const last = this.#lastUpTo(address);
    for (let index = last; index >= 0 && (index === last || (this.#ends[index] as bigint) > address); index--) {
      const { name, address: start, size } = this.#functions[index] as ElfFunction;
      // Functions written in assembly may have no size: they reach to the next one.
      const isInside = size === 0n ? index === last : address < start + size;
      if (isInside) return { name, offset: Number(address - start) };
    }
    return undefined;
  }

  /** The index of the last function that begins at an address or before it; -1 if there is none. */
  #lastUpTo(address: bigint): number {
    let low = 0;
    let high = this.#functions.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#functions[middle] as ElfFunction).address <= address) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
