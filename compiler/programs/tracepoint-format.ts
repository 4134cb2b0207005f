/** Reads the kernel's own description of an event, the `format` file that tracefs has for each. */
import { integerOfCType, integerOfSize, sizeOfInteger, type IntegerName } from './c-types.js';

export interface TracepointField {
  readonly name: string;
  /** From the start of the record, in bytes. Programs can read from offset 8 on. */
  readonly offset: number;
  /** In bytes: of the value, not of the slot it stands in; of the whole array. */
  readonly size: number;
  readonly signed: boolean;
  /** As the kernel prints it, without the array length. */
  readonly cType: string;
  /** The number of elements, for arrays. */
  readonly arrayLength?: number;
  /**
   * The field is 32 bits: where the data is in the lower 16, counted from the start of the record (`record`) or from the
   * end of the field (`field`), and its length in the upper 16.
   */
  readonly dataFrom?: 'record' | 'field';
  /**
   * Our type: `i32`, `u64`, `CharArray<16>`, `Bytes<6>`, `FixedArray<u32, 4>`; undefined where there is none. Of text and
   * arrays that stand behind the fields, one of as much as is read of them.
   */
  readonly type: string | undefined;
}

/** How much is read of what stands behind the fields, in bytes; of a text with its end. */
export const BEHIND_SIZE = 256;

/**
 * Of an array behind the fields, the field itself: its length in bytes is in the upper 16 bits. BCC has the same name for
 * it.
 */
export const locationOf = (name: string): string => `data_loc_${name}`;

const FIELD = /^\s*field:(.*);\s*offset:(\d+);\s*size:(\d+);\s*signed:([01]);/;

/** The first 8 bytes of a record are the kernel's: a program sees a pointer there, and may not read it. */
const READABLE_FROM = 8;

interface Declaration {
  readonly cType: string;
  readonly name: string;
  readonly length: string | undefined;
}

/** Splits `unsigned char addr[16]`, `char *name` and `__data_loc char[] name`. */
function splitDeclaration(text: string): Declaration {
  const [, type = '', lengthBefore, name = '', lengthBehind] =
    /^(.*?)(?:\[(\w*)\])?\s*\b(\w+)(?:\[([^\]]*)\])?$/.exec(text.trim()) ?? [];
  return { cType: type.replace(/\s+/g, ' ').trim(), name, length: lengthBehind ?? lengthBefore };
}

function integerOf(cType: string, size: number, signed: boolean): IntegerName | undefined {
  const byName = integerOfCType(cType);
  // The name is right about a narrow type in a wide slot, the format about everything else.
  if (byName && sizeOfInteger(byName) === size && byName.startsWith(signed ? 'i' : 'u')) return byName;
  if (byName && sizeOfInteger(byName) < size && size === 8) return byName;
  return integerOfSize(size, signed);
}

function arrayType(cType: string, size: number, length: number, signed: boolean): string | undefined {
  if (/\bchar$/.test(cType) && !cType.includes('unsigned')) return `CharArray<${length}>`;
  const element = integerOf(cType, size / length, signed);
  if (element === undefined) return undefined;
  return element === 'u8' ? `Bytes<${length}>` : `FixedArray<${element}, ${length}>`;
}

function parseArray(declaration: Declaration, offset: number, size: number, signed: boolean): TracepointField {
  const { cType, name } = declaration;
  // The length may be the name of a constant of the kernel; the size then tells it.
  const element = integerOfCType(cType);
  const written = Number(declaration.length);
  const arrayLength =
    Number.isInteger(written) && written > 0 ? written : size / (element ? sizeOfInteger(element) : 1);
  const type = arrayType(cType, size, arrayLength, signed);
  return { name, offset, size, signed, cType, arrayLength, type };
}

/** Text, or an array whose length only the record knows; its location is a field of its own. */
function parseBehind(
  { cType, name, length }: Declaration,
  offset: number,
  dataFrom: 'record' | 'field',
): TracepointField[] {
  const common = { offset, size: 4, signed: false, cType } as const;
  if (/^(const )?char$/.test(cType)) return [{ name, ...common, dataFrom, type: `CharArray<${BEHIND_SIZE}>` }];
  const element = length === '' ? integerOfCType(cType) : undefined;
  if (element === undefined) return [{ name, ...common, dataFrom, type: undefined }];
  const count = BEHIND_SIZE / sizeOfInteger(element);
  const type = element === 'u8' ? `Bytes<${count}>` : `FixedArray<${element}, ${count}>`;
  return [
    { name, ...common, arrayLength: count, dataFrom, type },
    { name: locationOf(name), ...common, cType: 'u32', type: 'u32' },
  ];
}

function parseField(line: string): TracepointField[] {
  const [, text = '', offsetText, sizeText, signedText] = FIELD.exec(line) ?? [];
  if (text === '') return [];
  const offset = Number(offsetText);
  const size = Number(sizeText);
  const signed = signedText === '1';
  const [, location] = /^__(data|rel)_loc\b/.exec(text) ?? [];
  const declaration = splitDeclaration(text.replace(/^__\w+_loc\s+/, ''));
  const { cType, name } = declaration;
  if (location !== undefined) return parseBehind(declaration, offset, location === 'data' ? 'record' : 'field');
  if (declaration.length !== undefined && declaration.length !== '')
    return [parseArray(declaration, offset, size, signed)];
  const type = cType === 'bool' && size === 1 ? 'boolean' : integerOf(cType, size, signed);
  const integer = type === 'boolean' ? 'u8' : type;
  const width = integer ? sizeOfInteger(integer as IntegerName) : size;
  return [{ name, offset, size: width, signed: integer?.startsWith('i') ?? signed, cType, type }];
}

/**
 * The fields of an event that programs can read, in the order of the file.
 *
 * @param format the text of `/sys/kernel/tracing/events/<group>/<event>/format`.
 * @returns nothing where the text is not such a description.
 */
export function parseTracepointFormat(format: string): readonly TracepointField[] {
  return format
    .split('\n')
    .flatMap(parseField)
    .filter((field) => field.offset >= READABLE_FROM);
}
