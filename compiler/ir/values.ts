/** What an instruction can name: constants, registers, and the module's globals. */
import { i1, i64, pointer, type IrInteger, type IrType } from './types.js';

export interface IrConstant {
  readonly kind: 'constant';
  readonly type: IrInteger;
  /** Kept within the unsigned range of its width. */
  readonly value: bigint;
}
export interface IrNull {
  readonly kind: 'null';
  readonly type: IrType;
}
export interface IrPoison {
  readonly kind: 'poison';
  readonly type: IrType;
}
export interface IrRegister {
  readonly kind: 'register';
  readonly type: IrType;
  readonly id: number;
}
export interface IrGlobalName {
  readonly kind: 'global';
  readonly type: IrType;
  readonly name: string;
}
/** A constant address, as the helpers' numbers are. */
export interface IrAddress {
  readonly kind: 'address';
  readonly type: IrType;
  readonly value: bigint;
}
export type IrValue = IrConstant | IrNull | IrPoison | IrRegister | IrGlobalName | IrAddress;

export function constant(type: IrInteger, value: bigint | number): IrConstant {
  return { kind: 'constant', type, value: BigInt.asUintN(type.bits, BigInt(value)) };
}
export const constant64 = (value: bigint | number): IrConstant => constant(i64, value);
export const trueValue: IrConstant = constant(i1, 1);
export const falseValue: IrConstant = constant(i1, 0);
export const nullPointer: IrNull = { kind: 'null', type: pointer };

export function poison(type: IrType): IrPoison {
  return { kind: 'poison', type };
}
export function globalName(name: string): IrGlobalName {
  return { kind: 'global', type: pointer, name };
}
