/** Checks BTF's sections against those of the file, and reads the global variables. */
import type { Btf, BtfSection } from './btf.js';
import { sectionFlags, sectionNamed, sectionTypes } from './elf.js';
import type { ElfFile, ElfSection } from './elf.js';
import { refuse } from './object-error.js';
import type { ObjectGlobals, ObjectVariable } from './object-spec.js';

/** BTF sections of what the kernel provides; no section of the file stands behind them. */
const external = ['.kconfig', '.ksyms'];

/** @throws ObjectError where BTF and the file disagree. */
export function readGlobals(file: ElfFile, btf: Btf | undefined): ObjectGlobals[] {
  const variables = btf ? readSections(file, btf) : new Map<string, ObjectVariable[]>();
  return file.sections.filter(isGlobals).map(({ name, size, bytes }) => {
    if (size >= 2 ** 31) refuse(`section ${name} is larger than a map can be`);
    return { section: name, size, initial: bytes.data.slice(), variables: variables.get(name) ?? [] };
  });
}

/** `.data`, `.rodata`, `.bss` and those with a name of their own, `.data.state`. */
function isGlobals({ name, type, flags, size }: ElfSection): boolean {
  const data = type === sectionTypes.progbits && /^\.(?:ro)?data(?:\.|$)/.test(name);
  const zeroes = type === sectionTypes.nobits && /^\.bss(?:\.|$)/.test(name);
  return size > 0 && (data || zeroes) && (flags & sectionFlags.alloc) !== 0;
}

function readSections(file: ElfFile, btf: Btf): Map<string, ObjectVariable[]> {
  const result = new Map<string, ObjectVariable[]>();
  for (const type of btf.types) {
    if (type.kind !== 'section') continue;
    if (result.has(type.name)) refuse(`BTF describes section ${type.name} twice`);
    const section = sectionNamed(file, type.name);
    if (!section && !external.includes(type.name)) refuse(`BTF describes section ${type.name}, which the object lacks`);
    result.set(type.name, section ? readVariables(file, btf, type, section) : []);
  }
  return result;
}

function readVariables(file: ElfFile, btf: Btf, type: BtfSection, section: ElfSection): ObjectVariable[] {
  if (type.size !== 0 && type.size !== section.size) refuse(`BTF gives section ${type.name} another size than it has`);
  if ((section.flags & sectionFlags.alloc) === 0) refuse(`BTF describes section ${type.name}, which is not loaded`);
  const symbols = symbolsOf(file, section);
  const variables = type.entries.map((entry) => {
    const variable = btf.typeById(entry.type);
    if (variable.kind !== 'variable')
      return refuse(`BTF section ${type.name} describes ${variable.name}, which is no variable`);
    // LLVM leaves the places of global variables to the loader, which finds them by name.
    const offset = variable.linkage === 'static' ? entry.offset : symbols.get(variable.name);
    if (offset === undefined)
      return refuse(`BTF describes ${variable.name}, which section ${type.name} does not define`);
    // An array without a length at the end of a struct makes a variable larger than its type.
    const size = btf.sizeOf(variable.type);
    if (size === undefined || entry.size < size) refuse(`BTF gives ${variable.name} less room than its type needs`);
    if (offset + entry.size > section.size) refuse(`variable ${variable.name} reaches past section ${type.name}`);
    return { name: variable.name, type: variable.type, offset, size: entry.size };
  });
  return variables.sort((a, b) => a.offset - b.offset);
}

function symbolsOf(file: ElfFile, section: ElfSection): Map<string, number> {
  const symbols = file.symbols.filter((symbol) => symbol.section === section.index && symbol.name !== '');
  return new Map(symbols.map((symbol) => [symbol.name, symbol.value]));
}
