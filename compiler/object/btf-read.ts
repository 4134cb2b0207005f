/** Decodes the records of BTF's type section. What they refer to is checked afterwards, when all are known. */
import type { Bytes } from './bytes.js';
import type { BtfReference, BtfType } from './btf-types.js';
import { refuse } from './object-error.js';

interface RecordHeader {
  readonly id: number;
  readonly name: string;
  /** The number of members, values, parameters or entries. */
  readonly count: number;
  /** The kind_flag: bit fields in structs, signed values in enums, a union in a forward declaration. */
  readonly flag: boolean;
  /** A size or the id of a type, by kind. */
  readonly value: number;
  /** Where the record's own data begins. */
  readonly at: number;
}

type Reader = (
  types: Bytes,
  strings: Bytes,
  header: RecordHeader,
) => { readonly type: BtfType; readonly length: number };

const linkages = ['static', 'global', 'extern'] as const;

/** By BTF_KIND_*, which is the index. */
const readers: readonly (Reader | undefined)[] = [
  undefined,
  readInt,
  reference('pointer'),
  readArray,
  readStruct('struct'),
  readStruct('union'),
  readEnum,
  readForward,
  reference('typedef'),
  reference('volatile'),
  reference('const'),
  reference('restrict'),
  readFunction,
  readPrototype,
  readVariable,
  readSection,
  readFloat,
  readTag,
  reference('typeTag'),
  readEnum64,
];

/** All types by id, `void` first. */
export function readTypes(types: Bytes, strings: Bytes): BtfType[] {
  const list: BtfType[] = [{ kind: 'void', id: 0, name: '' }];
  for (let at = 0; at < types.length;) {
    const information = types.u32(at + 4);
    const kind = (information >>> 24) & 0x1f;
    const reader = readers[kind] ?? refuse(`BTF type ${list.length} has the unknown kind ${kind}`);
    if ((information & 0x60ff0000) !== 0) refuse(`BTF type ${list.length} sets bits that have no meaning`);
    const name = strings.text(types.u32(at));
    const flag = information >>> 31 !== 0;
    const header = { id: list.length, name, count: information & 0xffff, flag, value: types.u32(at + 8), at: at + 12 };
    const { type, length } = reader(types, strings, header);
    list.push(type);
    at += 12 + length;
  }
  return list;
}

function readInt(types: Bytes, _strings: Bytes, { id, name, value, at }: RecordHeader): ReturnType<Reader> {
  const data = types.u32(at);
  const encoding = (data >>> 24) & 0xf;
  const bits = data & 0xff;
  const bitOffset = (data >>> 16) & 0xff;
  const flags = { signed: (encoding & 1) !== 0, char: (encoding & 2) !== 0, bool: (encoding & 4) !== 0 };
  return { type: { kind: 'int', id, name, size: value, bits, bitOffset, ...flags }, length: 4 };
}

function readFloat(_types: Bytes, _strings: Bytes, { id, name, value }: RecordHeader): ReturnType<Reader> {
  return { type: { kind: 'float', id, name, size: value }, length: 0 };
}

function reference(kind: BtfReference['kind']): Reader {
  return (_types, _strings, { id, name, value }) => ({ type: { kind, id, name, type: value }, length: 0 });
}

function readArray(types: Bytes, _strings: Bytes, { id, name, at }: RecordHeader): ReturnType<Reader> {
  const [element, index, count] = [types.u32(at), types.u32(at + 4), types.u32(at + 8)];
  return { type: { kind: 'array', id, name, element, index, count }, length: 12 };
}

function readStruct(kind: 'struct' | 'union'): Reader {
  return (types, strings, { id, name, count, flag, value, at }) => {
    const members = records(types, at, count, 12, (member) => {
      const place = types.u32(member + 8);
      const bits = flag ? { bitOffset: place & 0xffffff, bitSize: place >>> 24 } : { bitOffset: place, bitSize: 0 };
      return { name: strings.text(types.u32(member)), type: types.u32(member + 4), ...bits };
    });
    return { type: { kind, id, name, size: value, members }, length: count * 12 };
  };
}

function readEnum(
  types: Bytes,
  strings: Bytes,
  { id, name, count, flag, value, at }: RecordHeader,
): ReturnType<Reader> {
  const values = records(types, at, count, 8, (entry) => ({
    name: strings.text(types.u32(entry)),
    value: BigInt(flag ? types.i32(entry + 4) : types.u32(entry + 4)),
  }));
  return { type: { kind: 'enum', id, name, size: value, signed: flag, values }, length: count * 8 };
}

function readEnum64(types: Bytes, strings: Bytes, header: RecordHeader): ReturnType<Reader> {
  const { id, name, count, flag, value, at } = header;
  const values = records(types, at, count, 12, (entry) => {
    const bits = (BigInt(types.u32(entry + 8)) << 32n) | BigInt(types.u32(entry + 4));
    return { name: strings.text(types.u32(entry)), value: flag ? BigInt.asIntN(64, bits) : bits };
  });
  return { type: { kind: 'enum64', id, name, size: value, signed: flag, values }, length: count * 12 };
}

function readForward(_types: Bytes, _strings: Bytes, { id, name, flag }: RecordHeader): ReturnType<Reader> {
  return { type: { kind: 'forward', id, name, union: flag }, length: 0 };
}

function readFunction(_types: Bytes, _strings: Bytes, { id, name, value, count }: RecordHeader): ReturnType<Reader> {
  // The linkage stands where other kinds have their number of members.
  return { type: { kind: 'function', id, name, type: value, linkage: linkage(id, count) }, length: 0 };
}

function readPrototype(types: Bytes, strings: Bytes, { id, name, count, value, at }: RecordHeader): ReturnType<Reader> {
  const parameters = records(types, at, count, 8, (parameter) => ({
    name: strings.text(types.u32(parameter)),
    type: types.u32(parameter + 4),
  }));
  return { type: { kind: 'prototype', id, name, result: value, parameters }, length: count * 8 };
}

function readVariable(types: Bytes, _strings: Bytes, { id, name, value, at }: RecordHeader): ReturnType<Reader> {
  return { type: { kind: 'variable', id, name, type: value, linkage: linkage(id, types.u32(at)) }, length: 4 };
}

function readSection(types: Bytes, _strings: Bytes, { id, name, count, value, at }: RecordHeader): ReturnType<Reader> {
  const entries = records(types, at, count, 12, (entry) => ({
    type: types.u32(entry),
    offset: types.u32(entry + 4),
    size: types.u32(entry + 8),
  }));
  return { type: { kind: 'section', id, name, size: value, entries }, length: count * 12 };
}

function readTag(types: Bytes, _strings: Bytes, { id, name, value, at }: RecordHeader): ReturnType<Reader> {
  return { type: { kind: 'declarationTag', id, name, type: value, component: types.i32(at) }, length: 4 };
}

/** The whole range is looked at first, so that a false count allocates nothing. */
function records<T>(types: Bytes, at: number, count: number, size: number, read: (at: number) => T): T[] {
  types.slice(at, count * size);
  return Array.from({ length: count }, (_, index) => read(at + index * size));
}

function linkage(id: number, number: number): (typeof linkages)[number] {
  return linkages[number] ?? refuse(`BTF type ${id} has the unknown linkage ${number}`);
}
