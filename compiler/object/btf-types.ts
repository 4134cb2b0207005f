/** The kinds of BTF types, 0 to 19, as objects. Ids refer to other types; 0 is `void`. */

interface Base {
  readonly id: number;
  /** Empty where the type has none. */
  readonly name: string;
}

export interface BtfVoid extends Base {
  readonly kind: 'void';
}

export interface BtfInt extends Base {
  readonly kind: 'int';
  readonly size: number;
  readonly bits: number;
  /** Where the bits begin; only old compilers give another value than 0. */
  readonly bitOffset: number;
  readonly signed: boolean;
  readonly char: boolean;
  readonly bool: boolean;
}

export interface BtfFloat extends Base {
  readonly kind: 'float';
  readonly size: number;
}

/** What refers to one type: a pointer or another name. */
export interface BtfReference extends Base {
  readonly kind: 'pointer' | 'typedef' | 'volatile' | 'const' | 'restrict' | 'typeTag';
  readonly type: number;
}

export interface BtfArray extends Base {
  readonly kind: 'array';
  readonly element: number;
  readonly index: number;
  readonly count: number;
}

export interface BtfMember {
  readonly name: string;
  readonly type: number;
  /** From the start of the struct, in bits. */
  readonly bitOffset: number;
  /** In bits; 0 for what is not a bit field. */
  readonly bitSize: number;
}

export interface BtfStruct extends Base {
  readonly kind: 'struct' | 'union';
  readonly size: number;
  readonly members: readonly BtfMember[];
}

export interface BtfEnum extends Base {
  /** `enum64` values may need more than 53 bits. */
  readonly kind: 'enum' | 'enum64';
  readonly size: number;
  readonly signed: boolean;
  readonly values: readonly { readonly name: string; readonly value: bigint }[];
}

export interface BtfForward extends Base {
  readonly kind: 'forward';
  readonly union: boolean;
}

export interface BtfFunction extends Base {
  readonly kind: 'function';
  readonly type: number;
  readonly linkage: 'static' | 'global' | 'extern';
}

export interface BtfParameter {
  readonly name: string;
  /** 0 at the end means `...`. */
  readonly type: number;
}

export interface BtfPrototype extends Base {
  readonly kind: 'prototype';
  readonly result: number;
  readonly parameters: readonly BtfParameter[];
}

export interface BtfVariable extends Base {
  readonly kind: 'variable';
  readonly type: number;
  readonly linkage: 'static' | 'global' | 'extern';
}

export interface BtfSectionEntry {
  readonly type: number;
  /** In bytes from the start of the section. */
  readonly offset: number;
  readonly size: number;
}

/** The variables of one ELF section; the type's name is the section's. */
export interface BtfSection extends Base {
  readonly kind: 'section';
  readonly size: number;
  readonly entries: readonly BtfSectionEntry[];
}

export interface BtfTag extends Base {
  readonly kind: 'declarationTag';
  readonly type: number;
  /** The member or parameter that is tagged; -1 for the type itself. */
  readonly component: number;
}

export type BtfType =
  | BtfVoid
  | BtfInt
  | BtfFloat
  | BtfReference
  | BtfArray
  | BtfStruct
  | BtfEnum
  | BtfForward
  | BtfFunction
  | BtfPrototype
  | BtfVariable
  | BtfSection
  | BtfTag;

type OfKind<Type extends BtfType, Kind> = Type extends unknown ? (Kind extends Type['kind'] ? Type : never) : never;

/** The object of that kind. */
export type BtfTypeOf<Kind extends BtfType['kind']> = OfKind<BtfType, Kind>;
