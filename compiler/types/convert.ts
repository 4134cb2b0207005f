/** TypeScript's types as layouts: recognises our flavours by the property that each carries. */
import { ts } from '../typescript.js';
import { layoutStruct, type Member } from './layout.js';
import {
  arrayOf,
  booleanType,
  bytesOf,
  charsOf,
  fixedType,
  integers,
  type BpfType,
  type IntegerName,
  type StructType,
} from './types.js';

/** Why a type has no layout; the caller knows the place. */
export class NoLayout extends Error {
  constructor(
    readonly typeText: string,
    readonly reason: string,
  ) {
    super(`${typeText}: ${reason}`);
  }
}

const KERNEL_STRUCT =
  'it is memory of the kernel; keep the members that you need, or the address that bpf.addressOf gives, as u64';

/** How deep the kernel follows BTF (MAX_RESOLVE_DEPTH of kernel/bpf/btf.c). */
const deepest = 32;

/** In bytes; the sizes of map values are positive 32-bit numbers in the kernel (kernel/bpf/arraymap.c). */
const largest = 0x7fffffff;

export class TypeConverter {
  private readonly converted = new Map<ts.Type, BpfType>();
  private readonly underway = new Set<ts.Type>();
  private readonly names = new Map<string, StructType[]>();

  constructor(private readonly checker: ts.TypeChecker) {}

  /**
   * The layout of a type; `undefined` is taken off unions first.
   *
   * @throws NoLayout where the kernel can't hold such a value.
   */
  convert(type: ts.Type, hint = 'anonymous'): BpfType {
    const present = this.checker.getNonNullableType(type);
    const known = this.converted.get(present);
    if (known) return known;
    if (this.underway.has(present)) throw this.refuse(present, 'it contains itself');
    if (this.underway.size >= deepest) throw this.refuse(present, `types are nested more than ${deepest} deep`);
    this.underway.add(present);
    try {
      const result = this.convertNew(present, hint);
      if (result.size > largest) throw this.refuse(present, `it takes ${result.size} bytes, more than any map holds`);
      this.converted.set(present, result);
      return result;
    } finally {
      this.underway.delete(present);
    }
  }

  /** As `convert`, or undefined where there is no layout. */
  tryConvert(type: ts.Type | undefined, hint?: string): BpfType | undefined {
    if (!type) return undefined;
    try {
      return this.convert(type, hint);
    } catch (error) {
      if (error instanceof NoLayout) return undefined;
      throw error;
    }
  }

  private convertNew(type: ts.Type, hint: string): BpfType {
    const { flags } = type;
    if (flags & ts.TypeFlags.Any || flags & ts.TypeFlags.Unknown) throw this.refuse(type, 'its type is not known');
    if (flags & ts.TypeFlags.EnumLike) return this.enumType(type);
    if (flags & ts.TypeFlags.BooleanLike) return booleanType;
    if (flags & ts.TypeFlags.NumberLike) return integers.number;
    if (flags & ts.TypeFlags.BigIntLike) return integers.i64;
    if (flags & ts.TypeFlags.StringLiteral) return textOf([type]);
    if (flags & ts.TypeFlags.StringLike) throw this.refuse(type, 'a string needs a length: CharArray<16>');
    if (type.isUnion()) return this.union(type, hint);
    if (type.getProperty('__kernel')) throw this.refuse(type, KERNEL_STRUCT);
    if (type.isIntersection()) {
      const flavour = this.flavour(type);
      if (flavour) return flavour;
    }
    if (this.checker.isTupleType(type)) return this.tuple(type as ts.TypeReference);
    if (this.checker.isArrayType(type)) throw this.refuse(type, 'an array needs a length: FixedArray<u32, 8>');
    if (type.getCallSignatures().length > 0) throw this.refuse(type, 'functions cannot be stored');
    if (flags & ts.TypeFlags.Object || type.isIntersection()) return this.struct(type, hint);
    throw this.refuse(type, 'the kernel cannot hold it');
  }

  private enumType(type: ts.Type): BpfType {
    const members = type.isUnion() ? type.types : [type];
    if (members.every(({ flags }) => flags & ts.TypeFlags.StringLiteral)) return textOf(members);
    const values = members.map((member) => (member as ts.LiteralType).value);
    if (values.some((value) => typeof value !== 'number'))
      throw this.refuse(type, 'only enums of numbers alone, or of strings alone, can be stored');
    return values.some((value) => (value as number) < 0) ? integers.i32 : integers.u32;
  }

  private union(type: ts.UnionType, hint: string): BpfType {
    if (type.types.every(({ flags }) => flags & ts.TypeFlags.StringLiteral)) return textOf(type.types);
    const members = type.types.map((member) => this.convert(member, hint));
    const [first] = members;
    if (members.every((member) => member === first)) return first!;
    if (members.every((member) => member.kind === 'integer')) {
      return members.some((member) => member.kind === 'integer' && member.bigint) ? integers.i64 : integers.number;
    }
    throw this.refuse(type, 'a union of different types has no single layout');
  }

  private flavour(type: ts.IntersectionType): BpfType | undefined {
    for (const property of type.getProperties()) {
      const name = property.getName();
      if (!name.startsWith('__')) continue;
      const flavour = name.slice(2);
      if (flavour in integers && flavour !== 'number') return integers[flavour as IntegerName];
      if (flavour === 'fixed') return fixedType;
      if (flavour === 'pointer') return integers.u64;
      const argument = this.checker.getNonNullableType(this.checker.getTypeOfSymbol(property));
      if (flavour === 'bytes') return bytesOf(this.length(type, argument));
      if (flavour === 'chars') return charsOf(this.length(type, argument));
      if (flavour === 'length') return arrayOf(this.elementOf(type), this.length(type, argument));
      if (flavour.startsWith('bits')) return this.bits(type)!.type;
    }
    return undefined;
  }

  /** The width of a `Bits<…>`; undefined for any other type. */
  widthOfBits(type: ts.Type): number | undefined {
    return this.bits(type)?.width;
  }

  /**
   * The element and the length of a `FixedArray` or of a tuple of one type; undefined for any other type.
   *
   * @throws NoLayout where the length is not known.
   */
  arrayParts(type: ts.Type): { element: ts.Type; length: number } | undefined {
    if (this.checker.isTupleType(type)) {
      const [element, ...others] = this.checker.getTypeArguments(type as ts.TypeReference);
      return element && others.every((other) => other === element) ? { element, length: others.length + 1 } : undefined;
    }
    const property = type.isIntersection() ? type.getProperty('__length') : undefined;
    const array = type.isIntersection() ? type.types.find((member) => this.checker.isArrayType(member)) : undefined;
    if (!property || !array) return undefined;
    const argument = this.checker.getNonNullableType(this.checker.getTypeOfSymbol(property));
    const [element] = this.checker.getTypeArguments(array as ts.TypeReference);
    return { element: element!, length: this.length(type, argument) };
  }

  /** The width and the base of a `Bits<…>`. */
  private bits(type: ts.Type): { type: BpfType; width: number } | undefined {
    const property = type.isIntersection()
      ? type.getProperties().find(({ name }) => name.startsWith('__bits'))
      : undefined;
    if (!property) return undefined;
    const pair = this.checker.getNonNullableType(this.checker.getTypeOfSymbol(property));
    const [width, of] = this.checker.getTypeArguments(pair as ts.TypeReference);
    return { type: this.convert(of!), width: this.length(type, width!) };
  }

  private elementOf(type: ts.IntersectionType): BpfType {
    const array = type.types.find((member) => this.checker.isArrayType(member));
    if (!array) throw this.refuse(type, 'an array type is needed');
    return this.convert(this.checker.getTypeArguments(array as ts.TypeReference)[0]!);
  }

  private length(type: ts.Type, argument: ts.Type): number {
    if (argument.isNumberLiteral() && Number.isInteger(argument.value) && argument.value > 0) return argument.value;
    throw this.refuse(type, 'its length has to be a whole number above 0, written in the type');
  }

  private tuple(type: ts.TypeReference): BpfType {
    const elements = this.checker.getTypeArguments(type).map((element) => this.convert(element));
    const [first] = elements;
    if (!first) throw this.refuse(type, 'it is empty');
    if (elements.every((element) => element === first)) return arrayOf(first, elements.length);
    return this.unique(
      'tuple',
      layoutStruct(
        'tuple',
        elements.map((element, index) => ({ name: String(index), type: element })),
      ),
    );
  }

  private struct(type: ts.Type, hint: string): StructType {
    const name = structName(type) ?? hint;
    const members = this.properties(type).map((property): Member => {
      const of = this.checker.getNonNullableType(this.checker.getTypeOfSymbol(property));
      if (property.flags & ts.SymbolFlags.Method) throw this.refuse(type, `${property.name} is a method`);
      const bits = this.bits(of);
      if (bits) return { name: property.name, ...bits };
      return { name: property.name, type: this.convert(of, `${name}_${property.name}`) };
    });
    if (members.length === 0) throw this.refuse(type, 'it has no fields');
    return this.unique(name, layoutStruct(name, members));
  }

  /** Properties in the order of the struct: those of what an interface extends come first, as a C struct begins with its base. */
  private properties(type: ts.Type): readonly ts.Symbol[] {
    const all = this.checker.getPropertiesOfType(type);
    const declared = (type as ts.TypeReference).target ?? type;
    const bases = declared.isClassOrInterface() ? this.checker.getBaseTypes(declared) : [];
    if (bases.length === 0) return all;
    const own = new Map(all.map((property) => [property.name, property]));
    const inherited = bases.flatMap((base) => this.properties(base).map(({ name }) => name));
    return [...new Set([...inherited, ...own.keys()])].map((name) => own.get(name)!);
  }

  /** Structs of one name but different shapes get a number, since BTF knows them by name. */
  private unique(name: string, struct: StructType): StructType {
    const others = this.names.get(name) ?? [];
    this.names.set(name, [...others, struct]);
    return others.length === 0 ? struct : { ...struct, name: `${name}_${others.length + 1}` };
  }

  private refuse(type: ts.Type, reason: string): NoLayout {
    return new NoLayout(this.checker.typeToString(type), reason);
  }
}

/** The text that holds any of these string literals. */
function textOf(types: readonly ts.Type[]): BpfType {
  const lengths = types.map((type) => new TextEncoder().encode((type as ts.StringLiteralType).value).length);
  return charsOf(Math.max(1, ...lengths));
}

function structName(type: ts.Type): string | undefined {
  const name = (type.aliasSymbol ?? type.getSymbol())?.getName();
  return name === undefined || name.startsWith('__') ? undefined : name;
}
