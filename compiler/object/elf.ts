/** Reads ELF64 little-endian relocatable BPF objects: sections, symbols, relocations. Every range is checked. */
import { Bytes } from './bytes.js';
import { refuse } from './object-error.js';

export const sectionTypes = { progbits: 1, symtab: 2, strtab: 3, rela: 4, nobits: 8, rel: 9 } as const;
export const sectionFlags = { write: 1, alloc: 2, execute: 4 } as const;
export const symbolTypes = { none: 0, object: 1, function: 2, section: 3, file: 4 } as const;

/** SHN_LORESERVE: section numbers from here on have meanings of their own (absolute, common). */
const firstReservedSection = 0xff00;
const sectionHeaderSize = 64;
const symbolSize = 24;

export interface ElfSection {
  readonly index: number;
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  /** In bytes; of a `.bss`, the size in memory. */
  readonly size: number;
  readonly link: number;
  readonly info: number;
  readonly alignment: number;
  readonly entrySize: number;
  /** Empty for a `.bss`. */
  readonly bytes: Bytes;
}

export interface ElfSymbol {
  readonly index: number;
  readonly name: string;
  readonly type: number;
  /** 0 local, 1 global, 2 weak. */
  readonly binding: number;
  readonly visibility: number;
  /** The section's index; 0 where undefined, 0xff00 and up where it has none. */
  readonly section: number;
  readonly value: number;
  readonly size: number;
}

export interface ElfRelocation {
  /** In bytes from the start of the section it changes. */
  readonly offset: number;
  /** R_BPF_64_64 is 1, ABS64 2, ABS32 3, NODYLD32 4, R_BPF_64_32 10. */
  readonly type: number;
  readonly symbol: ElfSymbol;
}

export interface ElfFile {
  readonly sections: readonly ElfSection[];
  readonly symbols: readonly ElfSymbol[];
  /** By the index of the section that is changed, ascending by offset. */
  readonly relocations: ReadonlyMap<number, readonly ElfRelocation[]>;
}

/** @throws ObjectError where the file is not a sound BPF object. */
export function readElf(data: Uint8Array): ElfFile {
  const file = new Bytes(data, 'ELF header');
  checkHeader(file);
  const sections = readSections(file);
  checkOverlaps(sections);
  const symbols = readSymbols(sections);
  return { sections, symbols, relocations: readRelocations(sections, symbols) };
}

/** The section of that name, or undefined; a name given twice is refused where it matters, by `checkObject`. */
export function sectionNamed(file: ElfFile, name: string): ElfSection | undefined {
  return file.sections.find((section) => section.name === name);
}

export function isReserved(section: number): boolean {
  return section >= firstReservedSection;
}

function checkHeader(file: Bytes): void {
  if (file.length < 64 || file.u32(0) !== 0x464c457f) refuse('this is not an ELF object');
  if (file.u8(4) !== 2 || file.u8(5) !== 1) refuse('this ELF object is not 64-bit little-endian');
  if (file.u8(6) !== 1 || file.u32(20) !== 1) refuse('the ELF version is not 1');
  if (file.u16(16) !== 1) refuse('this ELF file is not a relocatable object (ET_REL)');
  if (file.u16(18) !== 247) refuse('this ELF object is not for BPF (EM_BPF)');
  if (file.u16(52) !== 64) refuse('the ELF header has an unknown size');
  if (file.u16(58) !== sectionHeaderSize) refuse('the section headers have an unknown size');
}

function readSections(file: Bytes): ElfSection[] {
  const [start, count, names] = [file.size(40), file.u16(60), file.u16(62)];
  if (count === 0) refuse('the object has no sections');
  if (start % 8 !== 0) refuse('the section headers are not aligned');
  const headers = file.slice(start, count * sectionHeaderSize, 'section headers');
  if (names === 0 || names >= count) refuse('the object does not say where its section names are');
  const table = readSection(file, headers, names, undefined);
  if (table.type !== sectionTypes.strtab) refuse('the section names are not in a string table');
  checkStrings(table);
  return Array.from({ length: count }, (_, index) => readSection(file, headers, index, table.bytes));
}

function readSection(file: Bytes, headers: Bytes, index: number, names: Bytes | undefined): ElfSection {
  const at = index * sectionHeaderSize;
  const name = names ? names.text(headers.u32(at)) : '';
  const [type, offset, size] = [headers.u32(at + 4), headers.size(at + 24), headers.size(at + 32)];
  const inFile = index !== 0 && type !== 0 && type !== sectionTypes.nobits;
  const what = `section ${name || index}`;
  if (index === 0 && (type !== 0 || size !== 0)) refuse('the first section header is not empty');
  return {
    index,
    name,
    type,
    flags: headers.size(at + 8),
    offset,
    size,
    link: headers.u32(at + 40),
    info: headers.u32(at + 44),
    alignment: headers.size(at + 48),
    entrySize: headers.size(at + 56),
    bytes: inFile ? file.slice(offset, size, what) : new Bytes(new Uint8Array(), what),
  };
}

function checkOverlaps(sections: readonly ElfSection[]): void {
  const filled = sections.filter((section) => section.bytes.length > 0).sort((a, b) => a.offset - b.offset);
  for (let i = 1; i < filled.length; i++) {
    const [before, after] = [filled[i - 1], filled[i]];
    if (before.offset + before.size > after.offset) refuse(`sections ${before.name} and ${after.name} overlap`);
  }
  for (const { name, alignment, offset } of filled) {
    const power = alignment === 0 || (alignment <= 4096 && (alignment & (alignment - 1)) === 0);
    if (!power) refuse(`section ${name} has the impossible alignment ${alignment}`);
    if (alignment > 1 && offset % alignment !== 0) refuse(`section ${name} is not aligned as it says`);
  }
}

function checkStrings(table: ElfSection): void {
  if (table.type !== sectionTypes.strtab) refuse(`section ${table.name} is not a string table`);
  const { bytes } = table;
  if (bytes.length === 0 || bytes.u8(0) !== 0 || bytes.u8(bytes.length - 1) !== 0) {
    refuse(`the string table ${table.name || table.index} does not begin and end with a NUL`);
  }
}

function readSymbols(sections: readonly ElfSection[]): ElfSymbol[] {
  const tables = sections.filter((section) => section.type === sectionTypes.symtab);
  if (tables.length !== 1) refuse(`the object has ${tables.length} symbol tables where it needs one`);
  const [table] = tables;
  if (table.entrySize !== symbolSize || table.size % symbolSize !== 0) refuse('the symbol table has odd entries');
  if (table.alignment < 8) refuse('the symbol table is not aligned');
  const names = sections[table.link] ?? refuse('the symbol table has no string table');
  checkStrings(names);
  const count = table.size / symbolSize;
  return Array.from({ length: count }, (_, index) => readSymbol(table.bytes, index, names.bytes, sections));
}

function readSymbol(table: Bytes, index: number, names: Bytes, sections: readonly ElfSection[]): ElfSymbol {
  const at = index * symbolSize;
  const [information, section] = [table.u8(at + 4), table.u16(at + 6)];
  const symbol = {
    index,
    name: names.text(table.u32(at)),
    type: information & 0xf,
    binding: information >> 4,
    visibility: table.u8(at + 5) & 3,
    section,
    value: table.size(at + 8),
    size: table.size(at + 16),
  };
  if (isReserved(section)) return symbol;
  if (section >= sections.length)
    refuse(`symbol ${symbol.name || index} is in section ${section}, which does not exist`);
  if (section !== 0 && symbol.value + symbol.size > sections[section].size) {
    refuse(`symbol ${symbol.name || index} reaches past the end of section ${sections[section].name}`);
  }
  return symbol;
}

function readRelocations(
  sections: readonly ElfSection[],
  symbols: readonly ElfSymbol[],
): Map<number, readonly ElfRelocation[]> {
  const relocations = new Map<number, readonly ElfRelocation[]>();
  const symbolTable = sections.find((section) => section.type === sectionTypes.symtab);
  for (const section of sections) {
    if (section.type === sectionTypes.rela) refuse(`section ${section.name}: BPF has no relocations with addends`);
    if (section.type !== sectionTypes.rel) continue;
    const changed = section.info === 0 ? undefined : sections[section.info];
    if (!changed) refuse(`section ${section.name} relocates a section that does not exist`);
    if (section.link !== symbolTable?.index) refuse(`section ${section.name} does not name the symbol table`);
    if (section.entrySize !== 16 || section.size % 16 !== 0) refuse(`section ${section.name} has odd entries`);
    if (section.alignment < 8) refuse(`section ${section.name} is not aligned`);
    if (relocations.has(changed.index)) refuse(`section ${changed.name} is relocated twice`);
    relocations.set(changed.index, readSectionRelocations(section, changed, symbols));
  }
  return relocations;
}

function readSectionRelocations(
  section: ElfSection,
  changed: ElfSection,
  symbols: readonly ElfSymbol[],
): ElfRelocation[] {
  const list = Array.from({ length: section.size / 16 }, (_, index) => {
    const symbol = symbols[section.bytes.u32(index * 16 + 12)];
    if (!symbol) refuse(`section ${section.name}: relocation ${index} names a symbol that does not exist`);
    const relocation = { offset: section.bytes.size(index * 16), type: section.bytes.u32(index * 16 + 8), symbol };
    if (relocation.offset + 4 > changed.size) refuse(`section ${section.name}: relocation ${index} is out of range`);
    return relocation;
  });
  return list.sort((a, b) => a.offset - b.offset);
}
