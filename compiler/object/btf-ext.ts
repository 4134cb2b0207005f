/** Reads BTF.ext: which instruction is which function, and from which line of source each instruction came. */
import type { Btf } from './btf.js';
import { Bytes } from './bytes.js';
import { refuse } from './object-error.js';

export interface FunctionRecord {
  /** In bytes from the start of the section. */
  readonly offset: number;
  /** The BTF id of the function. */
  readonly type: number;
}

export interface LineRecord {
  /** In bytes from the start of the section. */
  readonly offset: number;
  readonly file: string;
  /** The source's own text of that line; empty where the compiler left it out. */
  readonly text: string;
  /** From 1; 0 where there is none. */
  readonly line: number;
  readonly column: number;
}

export interface RelocationRecord {
  readonly offset: number;
  readonly type: number;
  /** `0:1:2`, the way through members and elements. */
  readonly access: string;
  readonly kind: number;
}

/** Each by the name of the ELF section; records ascend by offset. */
export interface BtfExt {
  readonly functions: ReadonlyMap<string, readonly FunctionRecord[]>;
  readonly lines: ReadonlyMap<string, readonly LineRecord[]>;
  readonly relocations: ReadonlyMap<string, readonly RelocationRecord[]>;
}

/** BPF_CORE_TYPE_MATCHES, the last kind of relocation that is known. */
const lastRelocationKind = 12;

/** @throws ObjectError where it is malformed or refers to what the BTF does not have. */
export function readBtfExt(bytes: Uint8Array, btf: Btf): BtfExt {
  const file = new Bytes(bytes, '.BTF.ext');
  if (file.length < 24 || file.u16(0) !== 0xeb9f || file.u8(2) !== 1) refuse('.BTF.ext does not begin as it should');
  const header = file.u32(4);
  if (header < 24 || header > file.length || header % 4 !== 0) refuse('.BTF.ext has an odd header');
  const part = (at: number): Bytes => {
    if (at + 8 > header) return new Bytes(new Uint8Array(), '.BTF.ext');
    if (file.u32(at) % 4 !== 0) refuse('.BTF.ext has a part that is not aligned');
    return file.slice(header + file.u32(at), file.u32(at + 4), '.BTF.ext');
  };
  return {
    functions: readPart(part(8), 8, btf, readFunction),
    lines: readPart(part(16), 16, btf, readLine),
    relocations: readPart(part(24), 16, btf, readRelocation),
  };
}

type Reader<T> = (record: Bytes, btf: Btf) => T;

function readPart<T extends { readonly offset: number }>(
  part: Bytes,
  smallest: number,
  btf: Btf,
  read: Reader<T>,
): Map<string, readonly T[]> {
  const sections = new Map<string, readonly T[]>();
  if (part.length === 0) return sections;
  const size = part.u32(0);
  if (size < smallest || size % 4 !== 0 || size > 256) refuse(`.BTF.ext has records of ${size} bytes`);
  for (let at = 4; at < part.length;) {
    const [name, count] = [btf.stringAt(part.u32(at)), part.u32(at + 4)];
    if (count === 0) refuse(`.BTF.ext has an empty list for section ${name}`);
    if (sections.has(name)) refuse(`.BTF.ext has two lists for section ${name}`);
    part.slice(at + 8, count * size);
    const records = Array.from({ length: count }, (_, i) => read(part.slice(at + 8 + i * size, size), btf));
    checkAscending(name, records);
    sections.set(name, records);
    at += 8 + count * size;
  }
  return sections;
}

/** Equal offsets occur: LLVM may give one instruction two lines. */
function checkAscending(section: string, records: readonly { readonly offset: number }[]): void {
  records.forEach(({ offset }, index) => {
    if (offset % 8 !== 0) refuse(`.BTF.ext names the middle of an instruction of section ${section}`);
    if (index > 0 && offset < records[index - 1].offset) refuse(`.BTF.ext is out of order for section ${section}`);
  });
}

function readFunction(record: Bytes, btf: Btf): FunctionRecord {
  const type = record.u32(4);
  if (btf.typeById(type).kind !== 'function') refuse(`.BTF.ext names BTF type ${type} as a function, which it is not`);
  return { offset: record.u32(0), type };
}

function readLine(record: Bytes, btf: Btf): LineRecord {
  const place = record.u32(12);
  return {
    offset: record.u32(0),
    file: btf.stringAt(record.u32(4)),
    text: btf.stringAt(record.u32(8)),
    line: place >>> 10,
    column: place & 0x3ff,
  };
}

function readRelocation(record: Bytes, btf: Btf): RelocationRecord {
  const [type, kind] = [record.u32(4), record.u32(12)];
  btf.typeById(type);
  if (kind > lastRelocationKind) refuse(`.BTF.ext has a relocation of the unknown kind ${kind}`);
  const access = btf.stringAt(record.u32(8));
  if (!/^\d{1,9}(?::\d{1,9}){0,63}$/.test(access)) refuse('.BTF.ext has a relocation without a way to its member');
  return { offset: record.u32(0), type, access, kind };
}
