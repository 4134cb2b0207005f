/** What an expression of a program function lowers to. */
import type { ts } from '@ts-morph/bootstrap';
import type { IrValue } from '../ir/values.js';
import type { DiscoveredMap, DiscoveredShared, FunctionNode } from '../model.js';
import type { KernelArray, KernelField, KernelStructType } from '../types/kernel.js';
import type { AggregateType, BpfType, ScalarType } from '../types/types.js';
import type { Range } from './range.js';
import type { Scope } from './scope.js';

/** An integer as 64 bits, a boolean as one. */
export interface Scalar {
  readonly kind: 'scalar';
  readonly type: ScalarType;
  readonly value: IrValue;
  readonly range: Range;
  /** Made of a loop's counter and constants alone: the verifier, which walks the rounds, knows it as exactly as its range. */
  readonly counted?: boolean;
  /** What a variable was before a loop's condition changed it: it is now `value`, which is this and `by`. */
  readonly stepped?: { readonly value: IrValue; readonly by: bigint };
  /** The same as it lay in memory, where that is another byte order: what is stored so again need not be swapped. */
  readonly stored?: { readonly type: ScalarType; readonly value: IrValue };
}

/** What may be done with the memory behind a reference. */
export type Origin = 'stack' | 'map' | 'perCpu' | 'shared' | 'packet' | 'copy' | 'constant' | 'event';

/** A struct, array or string in memory. */
export interface Reference {
  readonly kind: 'reference';
  readonly type: AggregateType;
  readonly address: IrValue;
  readonly origin: Origin;
  /** Its address is found anew each time that it is asked for, since the memory may have moved. */
  readonly renewed?: boolean;
  /** Of a header that `ctx.packet.at` gave in tc: where in the packet it is now, in bytes. */
  readonly packetOffset?: (() => IrValue) | undefined;
  /** Of a text of one character: its code point or UTF-16 unit, 0 where the text is empty. */
  readonly character?: IrValue;
  /** Of a text that was decoded already. */
  readonly units?: TextUnits | undefined;
}

/** The UTF-16 units of a text, in memory of their own. */
export interface TextUnits {
  readonly address: IrValue;
  /** How many there are, no more than the text has bytes. */
  readonly count: IrValue;
}

/** A value that may be undefined: its address is NULL then, or `present` says so. */
export interface Optional {
  readonly kind: 'optional';
  /** Presence tells of no address that the verifier has to see tested, so that LLVM may do with it what it likes. */
  readonly plain?: boolean;
  readonly inner: Scalar | Reference;
  readonly present: IrValue;
}

/** Known at build. */
export interface Static {
  readonly kind: 'static';
  readonly value: unknown;
  /** Of what operators gave on `u64`, `i64` or `fixed`: the type that goes on from here. */
  readonly type?: ScalarType;
}

/** A function that is known at build, with the variables around it. */
export interface FunctionValue {
  readonly kind: 'function';
  readonly node: FunctionNode;
  readonly scope: Scope;
}

export interface MapValue {
  readonly kind: 'map';
  readonly map: DiscoveredMap;
}

export interface SharedValue {
  readonly kind: 'shared';
  readonly shared: DiscoveredShared;
}

/** The program's context, or a part of it that is no plain field. */
export interface ContextValue {
  readonly kind: 'context';
}
export interface PacketValue {
  readonly kind: 'packet';
}

/** An object that the language knows by name: `bpf`, `Math`, `console`, a type's conversions. */
export interface NamespaceValue {
  readonly kind: 'namespace';
  readonly name: string;
}

/** An object or array literal that has not been put into memory yet; its type comes from where it goes. */
export interface LiteralValue {
  readonly kind: 'literal';
  /** The literal, or the pattern whose rest it is. */
  readonly node: ts.Node;
  readonly members: ReadonlyMap<string, Value>;
}

/** Several values under indexes that are known at build: rest parameters, typed probe arguments. */
export interface ListValue {
  readonly kind: 'list';
  readonly elements: readonly Value[];
}

/** One step from a kernel struct or array into a part of it. */
export type KernelStep =
  | { readonly into: 'struct'; readonly type: KernelStructType; readonly field: KernelField }
  | { readonly into: 'array'; readonly type: KernelArray; readonly index: number };

/** A struct or array in the kernel's own memory, of which nothing is read yet. */
export interface KernelValue {
  readonly kind: 'kernel';
  readonly type: KernelStructType | KernelArray;
  /** The address of the outermost struct, maybe NULL. */
  readonly root: IrValue;
  /** From there to this part. */
  readonly path: readonly KernelStep[];
}

export interface Nothing {
  readonly kind: 'nothing';
}

export type Value =
  | Scalar
  | Reference
  | Optional
  | Static
  | FunctionValue
  | MapValue
  | SharedValue
  | ContextValue
  | PacketValue
  | NamespaceValue
  | LiteralValue
  | ListValue
  | KernelValue
  | Nothing;

export const nothing: Nothing = { kind: 'nothing' };

/** Somewhere a value can be read from and written to. */
export interface Place {
  readonly type: BpfType;
  load(): Value;
  store(value: Value, node: ts.Node): void;
  /** Adds and the like in one instruction, yielding the old value; absent where a plain read and write has to do. */
  readonly address?: IrValue;
  readonly atomic: boolean;
  /** A variable that begins with what only the run knows. */
  readonly isCounter?: boolean;
  /** The memory that a callback has to be told of, and the same place in the callback. */
  readonly captured?: readonly IrValue[];
  rebase?(addresses: readonly IrValue[]): Place;
  /** For entries of maps: makes the entry where it is missing, and gives its memory. */
  ensure?(): Place;
}
