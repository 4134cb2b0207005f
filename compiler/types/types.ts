/** The types of values in the kernel half, with their layouts: the single source for IR, BTF and initial bytes. */

export type IntegerName =
  'u8' | 'u16' | 'u32' | 'u64' | 'i8' | 'i16' | 'i32' | 'i64' | 'be16' | 'be32' | 'be64' | 'number';

export interface IntegerType {
  readonly kind: 'integer';
  readonly name: IntegerName;
  readonly size: 1 | 2 | 4 | 8;
  readonly signed: boolean;
  /** Whether TypeScript sees a `bigint`. */
  readonly bigint: boolean;
  /** Stored in network byte order. */
  readonly bigEndian: boolean;
}
export interface BooleanType {
  readonly kind: 'boolean';
  readonly size: 1;
}
/** 64 signed bits that count 1/100000. */
export interface FixedType {
  readonly kind: 'fixed';
  readonly size: 8;
}
export type ScalarType = IntegerType | BooleanType | FixedType;

export interface StructField {
  readonly name: string;
  readonly type: BpfType;
  /** Bytes from the struct's start; for bit fields, of their storage unit. */
  readonly offset: number;
  /** Bits from the struct's start, and how many, where the field is a bit field. */
  readonly bits?: { readonly offset: number; readonly width: number };
}
export interface StructType {
  readonly kind: 'struct';
  readonly name: string;
  readonly size: number;
  readonly align: number;
  readonly fields: readonly StructField[];
  /** What stands behind the address where that is no memory to read: a map that lies in another one. */
  readonly opaque?: object;
}
export interface ArrayType {
  readonly kind: 'array';
  readonly element: BpfType;
  readonly length: number;
  readonly size: number;
  /** `Bytes<N>`: a `Uint8Array` to TypeScript. */
  readonly bytes: boolean;
}
export interface CharArrayType {
  readonly kind: 'chars';
  readonly length: number;
  readonly size: number;
}
export type AggregateType = StructType | ArrayType | CharArrayType;
export type BpfType = ScalarType | AggregateType;

function integer(name: IntegerName, size: 1 | 2 | 4 | 8, signed: boolean, bigint = false): IntegerType {
  return { kind: 'integer', name, size, signed, bigint, bigEndian: name.startsWith('be') };
}

export const integers: Readonly<Record<IntegerName, IntegerType>> = {
  u8: integer('u8', 1, false),
  u16: integer('u16', 2, false),
  u32: integer('u32', 4, false),
  u64: integer('u64', 8, false, true),
  i8: integer('i8', 1, true),
  i16: integer('i16', 2, true),
  i32: integer('i32', 4, true),
  i64: integer('i64', 8, true, true),
  be16: integer('be16', 2, false),
  be32: integer('be32', 4, false),
  be64: integer('be64', 8, false, true),
  number: integer('number', 8, true),
};
export const booleanType: BooleanType = { kind: 'boolean', size: 1 };
export const fixedType: FixedType = { kind: 'fixed', size: 8 };

export function arrayOf(element: BpfType, length: number): ArrayType {
  return { kind: 'array', element, length, size: element.size * length, bytes: false };
}
export function bytesOf(length: number): ArrayType {
  return { kind: 'array', element: integers.u8, length, size: length, bytes: true };
}
export function charsOf(length: number): CharArrayType {
  return { kind: 'chars', length, size: length };
}

export function isScalar(type: BpfType): type is ScalarType {
  return type.kind === 'integer' || type.kind === 'boolean' || type.kind === 'fixed';
}

export function alignOf(type: BpfType): number {
  switch (type.kind) {
    case 'struct':
      return type.align;
    case 'array':
      return alignOf(type.element);
    case 'chars':
      return 1;
    default:
      return type.size;
  }
}

/** How a type is written in messages. */
export function typeName(type: BpfType): string {
  switch (type.kind) {
    case 'integer':
    case 'struct':
      return type.name;
    case 'array':
      return type.bytes ? `Bytes<${type.length}>` : `FixedArray<${typeName(type.element)}, ${type.length}>`;
    case 'chars':
      return `CharArray<${type.length}>`;
    default:
      return type.kind;
  }
}

/** Whether both are laid out alike, so that bytes can be copied as they are. */
export function sameLayout(a: BpfType, b: BpfType): boolean {
  if (a === b) return true;
  if (a.kind === 'integer' && b.kind === 'integer') {
    return a.size === b.size && a.signed === b.signed && a.bigEndian === b.bigEndian;
  }
  if (a.kind === 'array' && b.kind === 'array') return a.length === b.length && sameLayout(a.element, b.element);
  if (a.kind === 'struct' && b.kind === 'struct') {
    return (
      a.opaque === b.opaque &&
      a.size === b.size &&
      a.fields.length === b.fields.length &&
      a.fields.every((field, index) => {
        const other = b.fields[index]!;
        return (
          field.name === other.name &&
          field.offset === other.offset &&
          field.bits?.offset === other.bits?.offset &&
          field.bits?.width === other.bits?.width &&
          sameLayout(field.type, other.type)
        );
      })
    );
  }
  return a.kind === b.kind && a.size === b.size;
}
