/** C layouts: natural alignment, declared order, bit fields packed as the System V ABI packs them. */
import { alignOf, type BpfType, type StructField, type StructType } from './types.js';

export interface Member {
  readonly name: string;
  readonly type: BpfType;
  /** The width of a bit field. */
  readonly width?: number;
}

export function layoutStruct(name: string, members: readonly Member[]): StructType {
  const fields: StructField[] = [];
  let bit = 0;
  let align = 1;
  for (const { name: field, type, width } of members) {
    const unit = alignOf(type);
    align = Math.max(align, unit);
    if (width === undefined) {
      const offset = roundUp(Math.ceil(bit / 8), unit);
      fields.push({ name: field, type, offset });
      bit = (offset + type.size) * 8;
      continue;
    }
    const unitBits = type.size * 8;
    const start = (bit % unitBits) + width > unitBits ? roundUp(bit, unitBits) : bit;
    const offset = Math.floor(start / unitBits) * type.size;
    fields.push({ name: field, type, offset, bits: { offset: start, width } });
    bit = start + width;
  }
  return { kind: 'struct', name, fields, align, size: roundUp(Math.ceil(bit / 8), align) };
}

/** The bytes that belong to no field: what has to be zeroed one by one, since the kernel compares keys whole. */
export function hasPadding(type: BpfType): boolean {
  if (type.kind === 'array') return hasPadding(type.element);
  if (type.kind !== 'struct') return false;
  const used = type.fields.reduce((sum, field) => sum + (field.bits ? field.bits.width : field.type.size * 8), 0);
  return used !== type.size * 8 || type.fields.some((field) => hasPadding(field.type));
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}
