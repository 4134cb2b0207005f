/** Layouts from BTF: of our own objects, whose special types are typedef names, and of anyone else's. */
import type { Btf, BtfMember, BtfStruct, BtfType } from '../../compiler/object/btf.js';
import { array, hostIsLittleEndian, integer } from './layout.js';
import type { FieldLayout, IntegerLayout, Layout } from './layout.js';

/** Typedefs that have a meaning: stored big-endian, fixed point, `number` in 64 bits. */
const marks: Readonly<Record<string, (layout: IntegerLayout) => IntegerLayout>> = {
  be16: (layout) => ({ ...layout, name: 'be16', littleEndian: false }),
  be32: (layout) => ({ ...layout, name: 'be32', littleEndian: false }),
  be64: (layout) => ({ ...layout, name: 'be64', littleEndian: false }),
  // What linux/types.h calls them.
  __be16: (layout) => ({ ...layout, name: 'be16', littleEndian: false }),
  __be32: (layout) => ({ ...layout, name: 'be32', littleEndian: false }),
  __be64: (layout) => ({ ...layout, name: 'be64', littleEndian: false }),
  fixed: (layout) => ({ ...layout, name: 'fixed', meaning: 'fixed' }),
  number: (layout) => ({ ...layout, name: 'number', meaning: 'number' }),
};

const cache = new WeakMap<Btf, Map<number, Layout | undefined>>();

/**
 * The layout of a type.
 *
 * @param id of the type in `btf`.
 * @returns undefined for what has no size: `void`, functions, forward declarations.
 */
export function layoutOfType(btf: Btf, id: number): Layout | undefined {
  let layouts = cache.get(btf);
  if (!layouts) cache.set(btf, (layouts = new Map()));
  if (!layouts.has(id)) layouts.set(id, makeLayout(btf, btf.typeById(id)));
  return layouts.get(id);
}

function makeLayout(btf: Btf, type: BtfType): Layout | undefined {
  switch (type.kind) {
    case 'int':
      return intLayout(type);
    case 'float':
      return type.size === 4 || type.size === 8
        ? { kind: 'float', size: type.size, littleEndian: hostIsLittleEndian }
        : { kind: 'bytes', size: type.size };
    case 'pointer':
      return integer('pointer', 8, false);
    case 'typedef':
    case 'volatile':
    case 'const':
    case 'restrict':
    case 'typeTag':
      return marked(type.kind === 'typedef' ? type.name : '', layoutOfType(btf, type.type));
    case 'array':
      return arrayLayout(btf, type.element, type.count);
    case 'struct':
    case 'union':
      return structLayout(btf, type);
    case 'enum':
    case 'enum64':
      return isWidth(type.size)
        ? integer(type.name || 'enum', type.size, type.signed)
        : { kind: 'bytes', size: type.size };
    default:
      return undefined;
  }
}

function marked(name: string, layout: Layout | undefined): Layout | undefined {
  if (layout?.kind !== 'integer') return layout;
  const mark = Object.hasOwn(marks, name) ? marks[name] : undefined;
  if (mark) return mark(layout);
  // `u8` says more than `unsigned char`.
  return /^[iu](8|16|32|64)$/.test(name) ? { ...layout, name } : layout;
}

function isWidth(size: number): size is 1 | 2 | 4 | 8 {
  return size === 1 || size === 2 || size === 4 || size === 8;
}

function intLayout(type: Extract<BtfType, { kind: 'int' }>): Layout {
  const { size } = type;
  if (!isWidth(size)) return { kind: 'bytes', size };
  if (type.bool && size === 1) return integer('boolean', 1, false, 'boolean');
  return integer(type.char ? 'char' : `${type.signed ? 'i' : 'u'}${size * 8}`, size, type.signed);
}

function arrayLayout(btf: Btf, elementId: number, length: number): Layout | undefined {
  const element = layoutOfType(btf, elementId);
  if (!element) return undefined;
  if (element.size === 1 && element.kind === 'integer' && element.meaning === 'number') {
    if (isChar(btf, elementId)) return { kind: 'string', size: length };
    if (!element.signed) return { kind: 'bytes', size: length };
  }
  return array(element, length);
}

/** C compilers mark no encoding but the sign, so the name decides: `char` is text, `unsigned char` and `u8` are bytes. */
function isChar(btf: Btf, id: number): boolean {
  const type = btf.resolve(id);
  return type.kind === 'int' && (type.char || type.name === 'char');
}

function structLayout(btf: Btf, type: BtfStruct): Layout {
  const fields = type.members.flatMap((member) => memberFields(btf, member, type.kind === 'union'));
  return { kind: type.kind, name: type.name, size: type.size, fields };
}

function memberFields(btf: Btf, member: BtfMember, inUnion: boolean): FieldLayout[] {
  const layout = layoutOfType(btf, member.type);
  if (!layout) return [];
  if (member.name === '') return anonymousFields(layout, member, inUnion);
  const shared = inUnion ? { overlapping: true } : {};
  if (member.bitSize > 0) {
    const bits = { offset: member.bitOffset, width: member.bitSize };
    return [{ name: member.name, offset: 0, layout, bits, ...shared }];
  }
  return [{ name: member.name, offset: member.bitOffset / 8, layout, ...shared }];
}

/** C reads the members of an unnamed struct or union as its parent's own; an unnamed bit field is padding. */
function anonymousFields(layout: Layout, member: BtfMember, inUnion: boolean): FieldLayout[] {
  if (layout.kind !== 'struct' && layout.kind !== 'union') return [];
  const base = member.bitOffset / 8;
  const shared = inUnion || layout.kind === 'union' ? { overlapping: true } : {};
  return layout.fields.map((field) =>
    field.bits
      ? { ...field, bits: { ...field.bits, offset: field.bits.offset + member.bitOffset }, ...shared }
      : { ...field, offset: field.offset + base, ...shared },
  );
}
