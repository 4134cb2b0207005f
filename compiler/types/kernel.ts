/**
 * Interfaces that stand for structs of the kernel. Their members are known by name only: where one lies on the running
 * kernel, and how wide it is there, the loader finds out. So a struct has no layout here, and only members that are
 * used are ever looked at.
 */
import { ts } from '../typescript.js';
import type { TypeConverter } from './convert.js';
import { isScalar, type BpfType, type CharArrayType, type ScalarType } from './types.js';

/** An address: of a struct, or of anything else. */
export interface KernelPointer {
  readonly kind: 'pointer';
  readonly to: KernelStructType | undefined;
}
/** An integer that the kernel declares as an enum: loaders tell these apart. */
export interface KernelEnum {
  readonly kind: 'enum';
  readonly name: string;
  readonly type: ScalarType;
}
export interface KernelArray {
  readonly kind: 'kernelArray';
  readonly element: KernelType;
  readonly length: number;
  /** What the whole is when it is copied; undefined where its elements are no integers. */
  readonly copied: BpfType | undefined;
}
export interface KernelField {
  readonly name: string;
  readonly type: KernelType;
  /** The width of a bit field. */
  readonly bits: number | undefined;
}
export interface KernelStructType {
  readonly kind: 'kernelStruct';
  /** Undefined for a struct that is written inside another: it can be reached through that one only. */
  readonly name: string | undefined;
  /** What the whole is when it is copied; undefined where it has pointers in it. */
  readonly copied: () => BpfType | undefined;
  /** @throws NoLayout where the member is of a type that the kernel does not have. */
  field(name: string): KernelField | undefined;
}
export type KernelType = ScalarType | KernelEnum | KernelPointer | KernelArray | CharArrayType | KernelStructType;

const MARK = '__kernel';
const POINTER = '__pointer';

/** Makes kernel types of TypeScript's types, each once. */
export class KernelTypes {
  private readonly structs = new Map<ts.Type, KernelStructType>();

  constructor(
    private readonly checker: ts.TypeChecker,
    private readonly converter: TypeConverter,
  ) {}

  /** The kernel struct that a value of this type is or points to; undefined is taken off unions first. */
  structOf(type: ts.Type): KernelStructType | undefined {
    const present = this.checker.getNonNullableType(type);
    if (!present.getProperty(MARK)) return undefined;
    return this.structType(this.pointee(present)?.type ?? present);
  }

  private pointee(type: ts.Type): { type: ts.Type } | undefined {
    const property = type.isIntersection() ? type.getProperty(POINTER) : undefined;
    if (!property) return undefined;
    const wrapped = this.checker.getNonNullableType(this.checker.getTypeOfSymbol(property));
    return { type: this.checker.getTypeArguments(wrapped as ts.TypeReference)[0]! };
  }

  private structType(type: ts.Type): KernelStructType {
    let struct = this.structs.get(type);
    if (!struct) this.structs.set(type, (struct = this.makeStruct(type)));
    return struct;
  }

  private makeStruct(type: ts.Type): KernelStructType {
    const fields = new Map<string, KernelField | undefined>();
    const symbol = type.getSymbol();
    return {
      kind: 'kernelStruct',
      name: symbol && symbol.flags & ts.SymbolFlags.Interface ? symbol.getName() : undefined,
      copied: () => this.converter.tryConvert(type),
      field: (name) => {
        if (!fields.has(name)) fields.set(name, this.makeField(type, name));
        return fields.get(name);
      },
    };
  }

  private makeField(type: ts.Type, name: string): KernelField | undefined {
    const property = name === MARK || name === POINTER ? undefined : this.checker.getPropertyOfType(type, name);
    if (!property) return undefined;
    const of = this.checker.getNonNullableType(this.checker.getTypeOfSymbol(property));
    return { name, type: this.convert(of), bits: this.converter.widthOfBits(of) };
  }

  private convert(type: ts.Type): KernelType {
    if (type.flags & ts.TypeFlags.EnumLike) return this.enumType(type);
    const pointee = this.pointee(type);
    if (pointee) return { kind: 'pointer', to: pointee.type.getProperty(MARK) && this.structType(pointee.type) };
    if (type.getProperty(MARK)) return this.structType(type);
    const array = this.converter.arrayParts(type);
    if (array) {
      const element = this.convert(this.checker.getNonNullableType(array.element));
      const copied = isKernelScalar(element) ? this.converter.tryConvert(type) : undefined;
      return { kind: 'kernelArray', element, length: array.length, copied };
    }
    if (type.flags & ts.TypeFlags.Object) return this.structType(type);
    const converted = this.converter.convert(type);
    if (isScalar(converted) || converted.kind === 'chars') return converted;
    if (converted.kind === 'array')
      return {
        kind: 'kernelArray',
        element: this.elementOf(converted.element),
        length: converted.length,
        copied: converted,
      };
    return this.structType(type);
  }

  private elementOf(type: BpfType): KernelType {
    if (isScalar(type) || type.kind === 'chars') return type;
    throw new Error('an array of bytes holds integers');
  }

  private enumType(type: ts.Type): KernelEnum {
    const scalar = this.converter.convert(type);
    const symbol = type.aliasSymbol ?? type.getSymbol();
    if (!isScalar(scalar)) throw new Error('an enum is an integer');
    return { kind: 'enum', name: symbol?.getName() ?? '', type: scalar };
  }
}

function isKernelScalar(type: KernelType): boolean {
  return type.kind === 'integer' || type.kind === 'boolean';
}

/** How a kernel type is written in messages. */
export function kernelTypeName(type: KernelStructType | KernelArray): string {
  return type.kind === 'kernelArray' ? 'an array of the kernel' : `'${type.name ?? 'an unnamed struct'}'`;
}
