/**
 * Debug types of kernel structs: of each, the members that programs use, in the order of their first use. A loader matches
 * them by name, so that nothing else about them has to be as in any kernel.
 */
import { node, tuple, word, type MetadataNode } from '../ir/metadata.js';
import type { KernelArray, KernelEnum, KernelField, KernelStructType, KernelType } from '../types/kernel.js';
import type { DebugInfo } from './debug-info.js';

interface Struct {
  readonly node: MetadataNode;
  readonly members: MetadataNode;
  readonly fields: Map<string, { readonly index: number; readonly field: KernelField; readonly node: MetadataNode }>;
  /** In bits; known at the end, when all members are. */
  size: number | undefined;
}

export class KernelDebug {
  private readonly structs = new Map<KernelStructType, Struct>();
  private readonly arrays = new Map<KernelArray, MetadataNode>();
  private readonly enums = new Map<string, MetadataNode>();
  private questions = 0;

  constructor(private readonly debug: DebugInfo) {}

  struct(type: KernelStructType): MetadataNode {
    return this.known(type).node;
  }

  array(type: KernelArray): MetadataNode {
    let made = this.arrays.get(type);
    if (!made) {
      made = this.debug.arrayOf(this.type(type.element), type.length, 0);
      this.arrays.set(type, made);
    }
    return made;
  }

  /** The number of a member among those in use; undefined where the struct would contain itself by it. */
  indexOf(type: KernelStructType, field: KernelField): number | undefined {
    const { fields, members, node: scope } = this.known(type);
    const known = fields.get(field.name);
    if (known) return known.index;
    if (this.contains(field.type, type)) return undefined;
    const file = this.debug.firstFile();
    const member = { tag: word('DW_TAG_member'), name: field.name, scope, file, baseType: this.type(field.type) };
    const made = node('DIDerivedType', member);
    const index = members.elements.push(made) - 1;
    fields.set(field.name, { index, field, node: made });
    return index;
  }

  /** A number of its own for each question about a type, so that LLVM makes no two of them one. */
  nextQuestion(): number {
    return this.questions++;
  }

  /** Sets sizes and offsets, which nothing but LLVM asks for. Each member begins on 8 bytes, bit fields too. */
  finish(): void {
    for (const type of this.structs.keys()) this.sizeOf(type);
    for (const [type, made] of this.arrays) made.fields['size'] = this.bits(type);
  }

  private known(type: KernelStructType): Struct {
    let struct = this.structs.get(type);
    if (!struct) {
      const members = tuple([]);
      const tag = word('DW_TAG_structure_type');
      const made = node('DICompositeType', { tag, name: type.name, file: this.debug.firstFile(), size: 0 }, true);
      made.fields['elements'] = members;
      struct = { node: made, members, fields: new Map(), size: undefined };
      this.structs.set(type, struct);
    }
    return struct;
  }

  private contains(type: KernelType, wanted: KernelStructType): boolean {
    if (type.kind === 'kernelArray') return this.contains(type.element, wanted);
    if (type.kind !== 'kernelStruct') return false;
    if (type === wanted) return true;
    return [...this.known(type).fields.values()].some(({ field }) => this.contains(field.type, wanted));
  }

  private sizeOf(type: KernelStructType): number {
    const struct = this.known(type);
    if (struct.size !== undefined) return struct.size;
    let size = 0;
    for (const { field, node: member } of struct.fields.values()) {
      const storage = this.bits(field.type);
      member.fields['size'] = field.bits ?? storage;
      member.fields['offset'] = size;
      if (field.bits !== undefined) {
        member.fields['flags'] = word('DIFlagBitField');
        member.fields['extraData'] = word(`i64 ${size}`);
      }
      size += Math.ceil(storage / 64) * 64;
    }
    struct.node.fields['size'] = size;
    return (struct.size = size);
  }

  private bits(type: KernelType): number {
    switch (type.kind) {
      case 'kernelStruct':
        return this.sizeOf(type);
      case 'kernelArray':
        return this.bits(type.element) * type.length;
      case 'pointer':
        return 64;
      case 'enum':
        return type.type.size * 8;
      default:
        return type.size * 8;
    }
  }

  private type(type: KernelType): MetadataNode {
    switch (type.kind) {
      case 'kernelStruct':
        return this.struct(type);
      case 'kernelArray':
        return this.array(type);
      case 'pointer':
        return this.debug.pointerTo(type.to && this.struct(type.to));
      case 'enum':
        return this.enumeration(type);
      default:
        return this.debug.type(type);
    }
  }

  private enumeration({ name, type }: KernelEnum): MetadataNode {
    let made = this.enums.get(name);
    if (!made) {
      const file = this.debug.firstFile();
      const fields = { tag: word('DW_TAG_enumeration_type'), name, file, size: type.size * 8, elements: tuple([]) };
      this.enums.set(name, (made = node('DICompositeType', fields)));
    }
    return made;
  }
}
