/** The instructions that lowering uses. Each that yields a value names the register it fills. */
import type { MetadataNode } from './metadata.js';
import type { IrType } from './types.js';
import type { IrRegister, IrValue } from './values.js';

export type BinaryOperator = 'add' | 'sub' | 'mul' | 'udiv' | 'urem' | 'and' | 'or' | 'xor' | 'shl' | 'lshr' | 'ashr';
export type Predicate = 'eq' | 'ne' | 'ult' | 'ule' | 'ugt' | 'uge' | 'slt' | 'sle' | 'sgt' | 'sge';
export type CastOperator = 'trunc' | 'zext' | 'sext' | 'ptrtoint' | 'inttoptr';
export type AtomicOperator = 'add' | 'sub' | 'and' | 'or' | 'xor' | 'xchg';

export type Instruction = { debug?: MetadataNode | undefined } & (
  | {
      op: 'alloca';
      result: IrRegister;
      size: number;
      align: number;
      label: string | undefined;
      /** For debuggers, of what may as well lie in a map: it holds no address. */
      type: MetadataNode | undefined;
    }
  | { op: 'load'; result: IrRegister; address: IrValue; align: number; volatile: boolean }
  | { op: 'store'; value: IrValue; address: IrValue; align: number; volatile: boolean }
  | { op: 'offset'; result: IrRegister; base: IrValue; offset: IrValue }
  | { op: 'binary'; result: IrRegister; operator: BinaryOperator; left: IrValue; right: IrValue }
  | { op: 'compare'; result: IrRegister; predicate: Predicate; left: IrValue; right: IrValue }
  | { op: 'cast'; result: IrRegister; operator: CastOperator; value: IrValue }
  | { op: 'select'; result: IrRegister; condition: IrValue; whenTrue: IrValue; whenFalse: IrValue }
  | { op: 'phi'; result: IrRegister; incoming: readonly { value: IrValue; block: Block }[] }
  | { op: 'atomic'; result: IrRegister; operator: AtomicOperator; address: IrValue; value: IrValue }
  | {
      op: 'call';
      result: IrRegister | undefined;
      returns: IrType;
      callee: IrValue;
      parameters: readonly IrValue[];
      about?: MetadataNode | undefined;
    }
  | {
      op: 'access';
      result: IrRegister;
      into: 'struct' | 'array';
      base: IrValue;
      index: number;
      /** The debug type of the struct or array, by which loaders know it. */
      type: MetadataNode;
    }
  | { op: 'assume'; condition: IrValue }
  /** `apart` tells it from other barriers: LLVM makes one of two alike that both ways of a branch have, and drops the branch. */
  | { op: 'barrier'; apart?: number }
  /**
   * Where the verifier follows all that it is made of, no more than the value: see followed-offsets.ts. `apart` makes it another
   * to LLVM than all that are made of the same value.
   */
  | { op: 'opaque'; result: IrRegister; value: IrValue; pinned: boolean; unlessFollowed?: boolean; apart?: boolean }
  /** `loop` says of the loop that the jump closes what LLVM has to do with it. */
  | { op: 'jump'; target: Block; loop?: MetadataNode | undefined }
  | { op: 'branch'; condition: IrValue; whenTrue: Block; whenFalse: Block }
  | { op: 'switch'; value: IrValue; cases: readonly { value: IrValue; target: Block }[]; otherwise: Block }
  | { op: 'return'; value: IrValue | undefined }
  | { op: 'unreachable' }
);

export interface Block {
  readonly name: string;
  readonly instructions: Instruction[];
  terminated: boolean;
  /** Whether any instruction leads here. */
  reached: boolean;
  /** As many bytes the packet has at least where the block begins, as tests on all ways there have found. */
  packetBytes?: number;
}
