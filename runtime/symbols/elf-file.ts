/** What is needed of an ELF file of this machine: its functions, and where its segments are. Any bytes may be in it. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** Where a part of the file is in memory. */
export interface ElfSegment {
  readonly address: bigint;
  /** In the file. */
  readonly offset: bigint;
  /** In bytes, of what the file has of it. */
  readonly size: bigint;
}

export interface ElfFunction {
  /** Cut where it is no name any more. */
  readonly name: string;
  /** As the file has it, before it is moved to where a process has it. */
  readonly address: bigint;
  /** In bytes; 0 where it is not known. */
  readonly size: bigint;
}

/** A file that is none, or whose tables lead nowhere. */
export class ElfError extends Error {}

const SECTION_SYMBOLS = 2;
const SECTION_DYNAMIC_SYMBOLS = 11;
const SEGMENT_LOAD = 1;
const SYMBOL_FUNCTION = 2;
const SYMBOL_INDIRECT_FUNCTION = 10;
const SYMBOL_SIZE = 24;
/** Web browsers with all their symbols stay below these: bytes of a table, functions of a file, bytes of a name. */
const LARGEST_SECTION = 1 << 28;
const MOST_FUNCTIONS = 1 << 22;
const LONGEST_NAME = 1 << 16;

export class ElfFile implements Disposable {
  readonly #fd: number;
  readonly #header: DataView;

  /**
   * Opens a file, which is not waited for where it is a pipe.
   *
   * @throws ElfError for what is no 64-bit little-endian ELF file; the system's error where it cannot be opened.
   */
  constructor(path: string) {
    this.#fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      if (!fstatSync(this.#fd).isFile()) throw new ElfError('no file');
      this.#header = this.#read(0n, 64);
      const isElf = this.#header.getUint32(0) === 0x7f454c46;
      if (!isElf || this.#header.getUint8(4) !== 2 || this.#header.getUint8(5) !== 1) throw new ElfError('no ELF file');
    } catch (failure) {
      closeSync(this.#fd);
      throw failure;
    }
  }

  /** The functions of `.symtab`, and then those of `.dynsym`. @throws ElfError where a table leads nowhere. */
  functions(): ElfFunction[] {
    const count = this.#header.getUint16(60, true);
    const sections = this.#read(this.#header.getBigUint64(40, true), count * 64);
    return [SECTION_SYMBOLS, SECTION_DYNAMIC_SYMBOLS].flatMap((wanted) => {
      // A file has one of each at most (System V ABI, Sections).
      const index = Array.from({ length: count }, (_, section) => sections.getUint32(section * 64 + 4, true)).indexOf(
        wanted,
      );
      if (index < 0) return [];
      const strings = sections.getUint32(index * 64 + 40, true);
      if (strings >= count) throw new ElfError('symbols without names');
      return functionsOf(this.#section(sections, index), this.#section(sections, strings));
    });
  }

  /** What is loaded of the file. @throws ElfError where the table leads nowhere. */
  segments(): ElfSegment[] {
    const count = this.#header.getUint16(56, true);
    const table = this.#read(this.#header.getBigUint64(32, true), count * 56);
    return Array.from({ length: count }, (_, index) => index * 56)
      .filter((at) => table.getUint32(at, true) === SEGMENT_LOAD)
      .map((at) => ({
        offset: table.getBigUint64(at + 8, true),
        address: table.getBigUint64(at + 16, true),
        size: table.getBigUint64(at + 32, true),
      }));
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
  }

  #section(sections: DataView, index: number): DataView {
    const at = index * 64;
    return this.#read(sections.getBigUint64(at + 24, true), Number(sections.getBigUint64(at + 32, true)));
  }

  #read(offset: bigint, size: number): DataView {
    if (size > LARGEST_SECTION || offset > BigInt(Number.MAX_SAFE_INTEGER))
      throw new ElfError('a table beyond the file');
    // Memory is taken for what is there alone.
    if (offset + BigInt(size) > BigInt(fstatSync(this.#fd).size)) throw new ElfError('a table beyond the file');
    const bytes = new Uint8Array(size);
    if (size > 0 && readSync(this.#fd, bytes, 0, size, offset) !== size) throw new ElfError('a table beyond the file');
    return new DataView(bytes.buffer);
  }
}

function functionsOf(symbols: DataView, names: DataView): ElfFunction[] {
  const text = Buffer.from(names.buffer);
  const functions: ElfFunction[] = [];
  for (let at = 0; at + SYMBOL_SIZE <= symbols.byteLength; at += SYMBOL_SIZE) {
    const type = symbols.getUint8(at + 4) & 15;
    const defined = symbols.getUint16(at + 6, true) !== 0;
    if (!defined || (type !== SYMBOL_FUNCTION && type !== SYMBOL_INDIRECT_FUNCTION)) continue;
    if (functions.length === MOST_FUNCTIONS) throw new ElfError('too many functions');
    const [address, size] = [symbols.getBigUint64(at + 8, true), symbols.getBigUint64(at + 16, true)];
    functions.push(new TableFunction(address, size, text, symbols.getUint32(at, true)));
  }
  return functions;
}

/** Names are made of bytes when somebody asks for them, who asks for few. */
class TableFunction implements ElfFunction {
  readonly #names: Buffer;
  readonly #begin: number;

  constructor(
    readonly address: bigint,
    readonly size: bigint,
    names: Buffer,
    begin: number,
  ) {
    this.#names = names;
    this.#begin = begin;
  }

  get name(): string {
    const name = this.#names.subarray(this.#begin, this.#begin + LONGEST_NAME);
    const end = name.indexOf(0);
    return name.toString('utf8', 0, end < 0 ? name.length : end);
  }
}
