/** The LLVM types that BPF programs need: integers, opaque pointers, and blocks of bytes. */

export interface IrInteger {
  readonly kind: 'integer';
  readonly bits: 1 | 8 | 16 | 32 | 64;
}
export interface IrPointer {
  readonly kind: 'pointer';
}
export interface IrVoid {
  readonly kind: 'void';
}
/** Memory of a size; what lies where in it is the layout's matter, not LLVM's. */
export interface IrBytes {
  readonly kind: 'bytes';
  readonly size: number;
}
export type IrType = IrInteger | IrPointer | IrVoid | IrBytes;

export const i1: IrInteger = { kind: 'integer', bits: 1 };
export const i8: IrInteger = { kind: 'integer', bits: 8 };
export const i16: IrInteger = { kind: 'integer', bits: 16 };
export const i32: IrInteger = { kind: 'integer', bits: 32 };
export const i64: IrInteger = { kind: 'integer', bits: 64 };
export const pointer: IrPointer = { kind: 'pointer' };
export const voidType: IrVoid = { kind: 'void' };

export function bytes(size: number): IrBytes {
  return { kind: 'bytes', size };
}

/** The integer type that holds `size` bytes. */
export function integerOfSize(size: number): IrInteger {
  const found = { 1: i8, 2: i16, 4: i32, 8: i64 }[size];
  if (!found) throw new Error(`no integer of ${size} bytes`);
  return found;
}

export function sameType(a: IrType, b: IrType): boolean {
  if (a.kind === 'integer' && b.kind === 'integer') return a.bits === b.bits;
  if (a.kind === 'bytes' && b.kind === 'bytes') return a.size === b.size;
  return a.kind === b.kind;
}
