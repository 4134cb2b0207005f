/** The types of generated programs. */
import { tree, type Category, type Tree } from '../tree.js';

export type NumberName = 'number' | 'u8' | 'u16' | 'u32' | 'i8' | 'i16' | 'i32' | 'be16' | 'be32';
export type ScalarName = NumberName | 'u64' | 'i64' | 'bigint' | 'be64' | 'boolean';

export interface ScalarType {
  readonly kind: 'scalar';
  readonly name: string;
  readonly category: 'number' | 'u64' | 'i64' | 'boolean' | 'fixed';
  /** Of numbers: the bits of the magnitude. */
  readonly bits: number;
}

export interface StructType {
  readonly kind: 'struct';
  readonly name: string;
  readonly fields: readonly { readonly name: string; readonly type: Type }[];
}

export interface ArrayType {
  readonly kind: 'array';
  readonly name: string;
  readonly element: Type;
  readonly length: number;
  /** A `Uint8Array`. */
  readonly bytes: boolean;
}

/** A text: a string of so many bytes at most. */
export interface TextType {
  readonly kind: 'text';
  readonly name: string;
  readonly length: number;
}

export type Type = ScalarType | StructType | ArrayType | TextType;
/** What has no parts. */
export const isWhole = (type: Type): type is ScalarType | TextType => type.kind === 'scalar' || type.kind === 'text';

function scalar(name: string, category: ScalarType['category'], bits: number): ScalarType {
  return { kind: 'scalar', name, category, bits };
}

/** What an unannotated number may hold, so that a few sums of it are exact in JavaScript. */
const plainBits = 40;

export const numberType = scalar('number', 'number', plainBits);
export const booleanType = scalar('boolean', 'boolean', 1);
export const u64Type = scalar('u64', 'u64', 64);
export const i64Type = scalar('i64', 'i64', 64);
export const fixedType = scalar('fixed', 'fixed', 64);

const narrow = [8, 16, 32].flatMap((width) => [
  scalar(`u${width}`, 'number', width),
  scalar(`i${width}`, 'number', width - 1),
]);

/** Of parameters, variables and results. */
export const variableTypes: readonly ScalarType[] = [
  numberType,
  numberType,
  ...narrow,
  u64Type,
  u64Type,
  i64Type,
  scalar('bigint', 'i64', 64),
  booleanType,
];

/** Of fields and elements: what has a layout. */
export const storedTypes: readonly ScalarType[] = [
  ...narrow,
  u64Type,
  i64Type,
  booleanType,
  scalar('be16', 'number', 16),
  scalar('be32', 'number', 32),
  scalar('be64', 'u64', 64),
];

export function bitField(width: number, signed: boolean): ScalarType {
  return scalar(signed ? `Bits<${width}, i32>` : `Bits<${width}>`, 'number', width);
}

export function bytesType(length: number): ArrayType {
  const element = narrow[0] as ScalarType;
  return { kind: 'array', name: `Bytes<${length}>`, element, length, bytes: true };
}

export function textType(length: number): TextType {
  return { kind: 'text', name: `CharArray<${length}>`, length };
}

/** @param tuple whether it is written `[u8, u8]`. */
export function arrayType(element: Type, length: number, tuple = false): ArrayType {
  const name = tuple ? `[${Array(length).fill(element.name).join(', ')}]` : `FixedArray<${element.name}, ${length}>`;
  return { kind: 'array', name, element, length, bytes: false };
}

export function categoryOf(type: Type): Category {
  return type.kind === 'scalar' ? type.category : 'other';
}

/** A value as a place of that type keeps it. */
export function stored(type: Type, value: Tree): Tree {
  if (type.kind !== 'scalar') return tree('other', [value], (world, [text = '']) => world.copy(text));
  return tree(type.category, [value], (world, [text = '']) => world.store(type.name, text), type.bits);
}
