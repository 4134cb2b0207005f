/**
 * Where the functions of an ELF file are in the file: what a uprobe is set at.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { TsbpfError } from '../errors.js';

const SECTION_SYMBOLS = 2;
const SECTION_DYNAMIC_SYMBOLS = 11;
const SEGMENT_LOAD = 1;
const SYMBOL_FUNCTION = 2;
const SYMBOL_INDIRECT_FUNCTION = 10;
const SYMBOL_SIZE = 24;

interface Segment {
  readonly address: bigint;
  readonly offset: bigint;
  readonly size: bigint;
}

/**
 * The functions of a file, by name: their offsets in the file. Symbols of the dynamic table win.
 *
 * @throws TsbpfError if it cannot be read or is no 64-bit little-endian ELF file.
 */
export function readFunctionOffsets(path: string): Map<string, bigint> {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'EIO';
    throw new TsbpfError(`Cannot read '${path}' (${code}).`, { code, operation: 'read', subject: path, cause });
  }
  try {
    return new ElfSymbols(fd, path).functions();
  } finally {
    closeSync(fd);
  }
}

class ElfSymbols {
  readonly #header: DataView;

  constructor(
    private readonly fd: number,
    private readonly path: string,
  ) {
    this.#header = this.#read(0n, 64);
    const isElf = this.#header.getUint32(0) === 0x7f454c46;
    if (!isElf || this.#header.getUint8(4) !== 2 || this.#header.getUint8(5) !== 1) throw this.#bad();
  }

  functions(): Map<string, bigint> {
    const segments = this.#segments();
    const functions = new Map<string, bigint>();
    const count = this.#header.getUint16(60, true);
    const sections = this.#read(this.#header.getBigUint64(40, true), count * 64);
    for (const wanted of [SECTION_SYMBOLS, SECTION_DYNAMIC_SYMBOLS]) {
      for (let index = 0; index < count; index++) {
        const at = index * 64;
        if (sections.getUint32(at + 4, true) !== wanted) continue;
        const strings = sections.getUint32(at + 40, true);
        if (strings >= count) throw this.#bad();
        this.#collect(this.#section(sections, at), this.#section(sections, strings * 64), segments, functions);
      }
    }
    return functions;
  }

  #collect(symbols: DataView, names: DataView, segments: readonly Segment[], functions: Map<string, bigint>): void {
    const text = Buffer.from(names.buffer);
    for (let at = 0; at + SYMBOL_SIZE <= symbols.byteLength; at += SYMBOL_SIZE) {
      const type = symbols.getUint8(at + 4) & 15;
      const defined = symbols.getUint16(at + 6, true) !== 0;
      if (!defined || (type !== SYMBOL_FUNCTION && type !== SYMBOL_INDIRECT_FUNCTION)) continue;
      const begin = symbols.getUint32(at, true);
      const end = text.indexOf(0, begin);
      if (begin >= text.length || end < 0) throw this.#bad();
      const address = symbols.getBigUint64(at + 8, true);
      const segment = segments.find((each) => address >= each.address && address < each.address + each.size);
      if (segment) functions.set(text.toString('utf8', begin, end), address - segment.address + segment.offset);
    }
  }

  #segments(): Segment[] {
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

  #section(sections: DataView, at: number): DataView {
    return this.#read(sections.getBigUint64(at + 24, true), Number(sections.getBigUint64(at + 32, true)));
  }

  #read(offset: bigint, size: number): DataView {
    if (size > 1 << 30) throw this.#bad();
    const bytes = new Uint8Array(size);
    if (size > 0 && readSync(this.fd, bytes, 0, size, offset) !== size) throw this.#bad();
    return new DataView(bytes.buffer);
  }

  #bad(): TsbpfError {
    return new TsbpfError(`'${this.path}' is not a 64-bit ELF file of this machine, or it is damaged.`, {
      code: 'TSBPF2105',
      operation: 'read symbols of',
      subject: this.path,
      hint: 'A uprobe needs the binary or library itself, not a script or a link script.',
    });
  }
}
