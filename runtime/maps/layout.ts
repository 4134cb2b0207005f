/**
 * How a value lies in memory: what a codec is made from. Made from BTF (btf-layout.ts) or from a Record (record.ts).
 */
import { endianness } from 'node:os';

export const hostIsLittleEndian = endianness() === 'LE';

/** What an integer is to JavaScript. `fixed` counts 1/100000. */
export type IntegerMeaning = 'number' | 'bigint' | 'boolean' | 'fixed';

export interface IntegerLayout {
  readonly kind: 'integer';
  /** For messages: `'u8'`. */
  readonly name: string;
  readonly size: 1 | 2 | 4 | 8;
  readonly signed: boolean;
  readonly littleEndian: boolean;
  readonly meaning: IntegerMeaning;
}

export interface FloatLayout {
  readonly kind: 'float';
  readonly size: 4 | 8;
  readonly littleEndian: boolean;
}

export interface FieldLayout {
  readonly name: string;
  /** Bytes from the start of the struct; 0 for a bit field. */
  readonly offset: number;
  readonly layout: Layout;
  /** A bit field: bits from the start of the struct as BTF counts them, and how many. */
  readonly bits?: { readonly offset: number; readonly width: number };
  /** Shares its memory with others (it came from a union inside), so that a value need not have it. */
  readonly overlapping?: boolean;
}

export interface StructLayout {
  readonly kind: 'struct' | 'union';
  readonly name: string;
  readonly size: number;
  readonly fields: readonly FieldLayout[];
}

export interface ArrayLayout {
  readonly kind: 'array';
  readonly size: number;
  readonly length: number;
  readonly element: Layout;
}

/** `char[size]`: a string, cut at the first NUL. */
export interface StringLayout {
  readonly kind: 'string';
  readonly size: number;
}

/** `u8[size]`, and whatever has no better description. */
export interface BytesLayout {
  readonly kind: 'bytes';
  readonly size: number;
}

export type Layout = IntegerLayout | FloatLayout | StructLayout | ArrayLayout | StringLayout | BytesLayout;

/**
 * The layout of an integer in this machine's byte order, unless told otherwise.
 *
 * @param name for messages.
 * @param size in bytes.
 */
export function integer(
  name: string,
  size: 1 | 2 | 4 | 8,
  signed: boolean,
  meaning: IntegerMeaning = size === 8 ? 'bigint' : 'number',
  littleEndian = hostIsLittleEndian,
): IntegerLayout {
  return { kind: 'integer', name, size, signed, littleEndian, meaning };
}

/** Keys of arrays, interface indexes, numbers of things in the kernel. */
export const u32Layout = integer('u32', 4, false);

/** The layout of `length` elements in place: a string of `char`s, bytes of `u8`s, else an array. */
export function array(element: Layout, length: number): ArrayLayout {
  return { kind: 'array', element, length, size: element.size * length };
}
