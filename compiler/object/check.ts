/** Reads and checks a BPF object whole, so that libbpf, which trusts its input, is never given a broken one. */
import { Btf } from './btf.js';
import { readBtfExt } from './btf-ext.js';
import type { BtfExt } from './btf-ext.js';
import { readFunctions } from './check-code.js';
import { readGlobals } from './check-data.js';
import { readMaps } from './check-maps.js';
import { isReserved, readElf, sectionFlags, sectionNamed, sectionTypes, symbolTypes } from './elf.js';
import type { ElfFile, ElfSection } from './elf.js';
import type { ObjectSpec } from './object-spec.js';
import { refuse } from './object-error.js';

/**
 * @param bytes the object file.
 * @throws ObjectError with the reason, where anything in it is broken, inconsistent, or unknown to libbpf 1.1.
 */
export function checkObject(bytes: Uint8Array): ObjectSpec {
  const file = readElf(bytes);
  checkNames(file);
  const btf = readBtf(file);
  const functions = readFunctions(file);
  const inText = functions.filter((one) => one.section === '.text');
  const programs = functions.filter((one) => one.section !== '.text');
  return {
    // An object of `.text` alone has its programs there.
    programs: programs.length > 0 ? programs : inText,
    functions: programs.length > 0 ? inText : [],
    maps: readMaps(file, btf),
    globals: readGlobals(file, btf),
    license: readLicense(file),
    btf,
    btfExt: readExtension(file, btf),
  };
}

export function isCode(section: ElfSection): boolean {
  return section.type === sectionTypes.progbits && (section.flags & sectionFlags.execute) !== 0;
}

/** Loaders find sections by name, so a name must not stand for two. */
function checkNames(file: ElfFile): void {
  const seen = new Set<string>();
  for (const { index, name, type, flags } of file.sections) {
    if (index === 0) continue;
    if (name === '') refuse(`section ${index} has no name`);
    const counts = (flags & sectionFlags.alloc) !== 0 || name.startsWith('.BTF') || type !== sectionTypes.progbits;
    if (counts && seen.has(name)) refuse(`two sections are named ${name}`);
    if (counts) seen.add(name);
    if (name === 'maps') refuse('the object defines maps in the old form (section "maps"), which libbpf 1.0 gave up');
    if ([...name].some((letter) => letter < ' ' || letter === '\x7f' || letter === '\ufffd')) {
      refuse(`section ${index} has a name that cannot be printed`);
    }
  }
  checkSymbolNames(file);
}

function checkSymbolNames(file: ElfFile): void {
  for (const symbol of file.symbols) {
    const named = symbol.type === symbolTypes.function || symbol.type === symbolTypes.object;
    if (named && symbol.section !== 0 && !isReserved(symbol.section) && !/^[A-Za-z_.$][\w.$]*$/.test(symbol.name)) {
      refuse(`symbol ${symbol.index} has a name that is no identifier`);
    }
  }
}

function readBtf(file: ElfFile): Btf | undefined {
  const section = sectionNamed(file, '.BTF');
  if (!section) return undefined;
  if (section.type !== sectionTypes.progbits) refuse('section .BTF is not of the type PROGBITS');
  return Btf.parse(section.bytes.data);
}

function readLicense(file: ElfFile): string {
  const section = sectionNamed(file, 'license');
  if (!section) return '';
  const license = section.bytes.text(0);
  if (!/^[\x20-\x7e]*$/.test(license)) refuse('the license is not plain text');
  return license;
}

function readExtension(file: ElfFile, btf: Btf | undefined): BtfExt | undefined {
  const section = sectionNamed(file, '.BTF.ext');
  if (!section) return undefined;
  if (!btf) refuse('the object has .BTF.ext and no .BTF');
  if (section.type !== sectionTypes.progbits) refuse('section .BTF.ext is not of the type PROGBITS');
  const extension = readBtfExt(section.bytes.data, btf);
  for (const lists of [extension.functions, extension.lines, extension.relocations]) {
    for (const [name, records] of lists) checkRecords(file, name, records);
  }
  checkFunctionRecords(file, extension);
  return extension;
}

function checkRecords(file: ElfFile, name: string, records: readonly { readonly offset: number }[]): void {
  const code = sectionNamed(file, name);
  if (!code || !isCode(code)) refuse(`.BTF.ext is about section ${name}, which is not code of this object`);
  for (const { offset } of records) {
    if (offset >= code.size) refuse(`.BTF.ext names an instruction past the end of section ${name}`);
  }
}

/** Every function record stands where a function begins. */
function checkFunctionRecords(file: ElfFile, extension: BtfExt): void {
  for (const [name, records] of extension.functions) {
    const section = sectionNamed(file, name)?.index;
    const starts = new Set(
      file.symbols
        .filter((symbol) => symbol.section === section && symbol.type === symbolTypes.function)
        .map((symbol) => symbol.value),
    );
    for (const { offset } of records) {
      if (!starts.has(offset)) refuse(`.BTF.ext names a function of section ${name} where none begins`);
    }
  }
}
