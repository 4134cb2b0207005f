/** Reads BTF, the kernel's type format (`.BTF`), and checks it whole once, so that nothing later has to. */
import { Bytes } from './bytes.js';
import { checkBtf } from './btf-check.js';
import { readTypes } from './btf-read.js';
import type { BtfReference, BtfType, BtfTypeOf } from './btf-types.js';
import { refuse } from './object-error.js';

export type * from './btf-types.js';

const magic = 0xeb9f;

export class Btf {
  /** By id; type 0 is `void`. */
  readonly types: readonly BtfType[];
  private readonly byName = new Map<string, BtfType[]>();

  private constructor(
    types: readonly BtfType[],
    private readonly strings: Bytes,
  ) {
    this.types = types;
    for (const type of types) {
      if (type.name === '') continue;
      const same = this.byName.get(type.name);
      if (same) same.push(type);
      else this.byName.set(type.name, [type]);
    }
  }

  /**
   * @param bytes the content of `.BTF`, or of `/sys/kernel/btf/…`.
   * @throws ObjectError where it is malformed: ids or names out of range, types that contain themselves, odd sizes.
   */
  static parse(bytes: Uint8Array): Btf {
    const { types, strings } = sections(new Bytes(bytes, '.BTF'));
    const list = readTypes(types, strings);
    checkBtf(list);
    return new Btf(list, strings);
  }

  /** @throws ObjectError where there is no such id. */
  typeById(id: number): BtfType {
    return this.types[id] ?? refuse(`BTF has no type ${id}`);
  }

  /** A string of the table, by offset. @throws ObjectError where the offset is out of range. */
  stringAt(offset: number): string {
    return this.strings.text(offset);
  }

  /** The first type of that name and kind. */
  find<Kind extends BtfType['kind']>(name: string, kind: Kind): BtfTypeOf<Kind> | undefined {
    const found = this.byName.get(name)?.find((type) => type.kind === kind);
    return found as BtfTypeOf<Kind> | undefined;
  }

  /** The type behind typedefs, `const`, `volatile`, `restrict` and type tags. */
  resolve(id: number): BtfType {
    let type = this.typeById(id);
    while (isAlias(type)) type = this.typeById(type.type);
    return type;
  }

  /** In bytes; undefined for what has none (`void`, functions, forward declarations). */
  sizeOf(id: number): number | undefined {
    let count = 1;
    for (let type = this.resolve(id); ; type = this.resolve(type.element)) {
      if (type.kind !== 'array') return sizeOfOne(type, count);
      count *= type.count;
    }
  }
}

function isAlias(type: BtfType): type is BtfReference {
  return ['typedef', 'volatile', 'const', 'restrict', 'typeTag'].includes(type.kind);
}

function sizeOfOne(type: BtfType, count: number): number | undefined {
  if (type.kind === 'pointer') return 8 * count;
  return 'size' in type ? type.size * count : undefined;
}

function sections(file: Bytes): { types: Bytes; strings: Bytes } {
  if (file.length < 24 || file.u16(0) !== magic) refuse('.BTF does not begin as BTF does');
  if (file.u8(2) !== 1) refuse(`.BTF has the unknown version ${file.u8(2)}`);
  const length = file.u32(4);
  if (length !== 24) refuse(`.BTF has an unknown header of ${length} bytes`);
  const [typeOffset, typeLength, stringOffset, stringLength] = [8, 12, 16, 20].map((at) => file.u32(at));
  if (typeOffset !== 0 || stringOffset !== typeLength || typeLength % 4 !== 0) refuse('.BTF has an odd layout');
  if (length + stringOffset + stringLength !== file.length) refuse('.BTF has bytes that belong to nothing');
  const strings = file.slice(length + stringOffset, stringLength, '.BTF strings');
  if (stringLength === 0 || strings.u8(0) !== 0 || strings.u8(stringLength - 1) !== 0) {
    refuse('the strings of .BTF do not begin and end with a NUL');
  }
  return { types: file.slice(length, typeLength, '.BTF types'), strings };
}
