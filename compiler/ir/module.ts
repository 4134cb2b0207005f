/** A module: globals, functions, declarations, and the roots of its metadata. */
import type { Block } from './instructions.js';
import type { MetadataNode } from './metadata.js';
import type { IrType } from './types.js';
import type { IrConstant, IrRegister } from './values.js';

export interface IrGlobal {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly section: string;
  readonly align: number;
  readonly constant: boolean;
  readonly internal: boolean;
  readonly debug?: MetadataNode;
}

export interface IrFunction {
  readonly name: string;
  readonly returns: IrType;
  readonly parameters: readonly IrRegister[];
  readonly blocks: Block[];
  readonly section: string | undefined;
  readonly internal: boolean;
  readonly alwaysInline: boolean;
  readonly debug: MetadataNode | undefined;
  /** What the function returns where it ends the program. */
  readonly defaultResult: IrConstant;
}

export interface IrDeclaration {
  readonly name: string;
  readonly returns: IrType;
  readonly parameters: readonly IrType[];
  /** Which parameters LLVM wants as immediates. */
  readonly immediates?: readonly number[];
}

export class IrModule {
  readonly globals: IrGlobal[] = [];
  readonly functions: IrFunction[] = [];
  readonly declarations = new Map<string, IrDeclaration>();
  compileUnit: MetadataNode | undefined;

  constructor(readonly sourceName: string) {}

  declare(declaration: IrDeclaration): void {
    this.declarations.set(declaration.name, declaration);
  }
}
