/** Small ELF files, written after the System V ABI (elf(5)). */

export interface ElfSymbol {
  readonly name: string;
  readonly address: number;
  readonly size: number;
  /** STT_FUNC unless given. */
  readonly type?: number;
}

export interface ElfLayout {
  readonly symbols?: readonly ElfSymbol[];
  readonly dynamic?: readonly ElfSymbol[];
  /** PT_LOAD: where a part of the file is in memory. */
  readonly segment: { readonly offset: number; readonly address: number; readonly size: number };
}

const FUNCTION = 2;
const [HEADER, PROGRAM_HEADER, SECTION_HEADER, SYMBOL] = [64, 56, 64, 24];

export function elfFile({ symbols = [], dynamic = [], segment }: ElfLayout): Buffer {
  const tables = [
    { type: 2, content: symbolTable(symbols), names: nameTable(symbols) },
    { type: 11, content: symbolTable(dynamic), names: nameTable(dynamic) },
  ];
  const program = Buffer.alloc(PROGRAM_HEADER);
  program.writeUInt32LE(1, 0);
  program.writeBigUInt64LE(BigInt(segment.offset), 8);
  program.writeBigUInt64LE(BigInt(segment.address), 16);
  program.writeBigUInt64LE(BigInt(segment.size), 32);
  const parts: Buffer[] = [];
  let offset = HEADER + PROGRAM_HEADER;
  const place = (content: Buffer) => {
    const at = offset;
    parts.push(content);
    offset += content.length;
    return at;
  };
  const sections = [
    Buffer.alloc(SECTION_HEADER),
    ...tables.flatMap(({ type, content, names }, index) => [
      section(type, place(content), content.length, index * 2 + 2),
      section(3, place(names), names.length, 0),
    ]),
  ];
  const header = Buffer.alloc(HEADER);
  header.write('\x7fELF\x02\x01\x01', 'latin1');
  header.writeBigUInt64LE(BigInt(HEADER), 32);
  header.writeBigUInt64LE(BigInt(offset), 40);
  header.writeUInt16LE(1, 56);
  header.writeUInt16LE(sections.length, 60);
  return Buffer.concat([header, program, ...parts, ...sections]);
}

function symbolTable(symbols: readonly ElfSymbol[]): Buffer {
  let name = 1;
  const rows = symbols.map((symbol) => {
    const row = Buffer.alloc(SYMBOL);
    row.writeUInt32LE(name, 0);
    row.writeUInt8(symbol.type ?? FUNCTION, 4);
    row.writeUInt16LE(1, 6);
    row.writeBigUInt64LE(BigInt(symbol.address), 8);
    row.writeBigUInt64LE(BigInt(symbol.size), 16);
    name += symbol.name.length + 1;
    return row;
  });
  return Buffer.concat([Buffer.alloc(SYMBOL), ...rows]);
}

function nameTable(symbols: readonly ElfSymbol[]): Buffer {
  return Buffer.from(`\0${symbols.map(({ name }) => `${name}\0`).join('')}`);
}

function section(type: number, offset: number, size: number, link: number): Buffer {
  const row = Buffer.alloc(SECTION_HEADER);
  row.writeUInt32LE(type, 4);
  row.writeBigUInt64LE(BigInt(offset), 24);
  row.writeBigUInt64LE(BigInt(size), 32);
  row.writeUInt32LE(link, 40);
  return row;
}
