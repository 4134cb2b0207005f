/** Reads, checks and shows BPF objects. */
export { Btf } from './btf.js';
export type * from './btf-types.js';
export { readBtfExt } from './btf-ext.js';
export type { BtfExt, FunctionRecord, LineRecord, RelocationRecord } from './btf-ext.js';
export { checkObject } from './check.js';
export { disassemble } from './disassemble.js';
export type { DisassembledInstruction, DisassembleOptions } from './disassemble.js';
export { formatObject } from './dump.js';
export { readElf } from './elf.js';
export type { ElfFile, ElfRelocation, ElfSection, ElfSymbol } from './elf.js';
export { formatDeclaration, formatDefinition } from './format-type.js';
export { LineTable } from './line-table.js';
export type { SourceLine } from './line-table.js';
export { ObjectError } from './object-error.js';
export type * from './object-spec.js';
