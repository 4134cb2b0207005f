/** BTF types in the form of C. */
import type { Btf, BtfArray, BtfMember, BtfPrototype, BtfReference, BtfType } from './btf.js';

const qualifiers: readonly string[] = ['const', 'volatile', 'restrict'];

/** Far beyond what people write; a hostile file would otherwise make an endless text of a few types. */
const deepest = 64;
const deepestPrototype = 2;

/** A declaration of a name (or of none) as C writes it: `struct event *(*callback)[4]`. */
export function formatDeclaration(btf: Btf, id: number, name: string): string {
  return declare(btf, id, name, 0);
}

function declare(btf: Btf, id: number, name: string, depth: number): string {
  const prefix: string[] = [];
  let declarator = name;
  let inPointer = false;
  let type = btf.typeById(id);
  for (let steps = 0; steps < deepest; steps++) {
    if (type.kind === 'pointer') {
      declarator = `*${declarator}`;
    } else if (type.kind === 'array') {
      declarator = `${inPointer ? `(${declarator})` : declarator}[${type.count || ''}]`;
    } else if (type.kind === 'prototype') {
      declarator = `${inPointer ? `(${declarator})` : declarator}(${formatParameters(btf, type, depth)})`;
    } else if (isQualifier(type)) {
      const ofPointer = btf.typeById(type.type).kind === 'pointer';
      if (ofPointer) declarator = `${type.kind} ${declarator}`.trimEnd();
      else prefix.push(type.kind);
    } else if (type.kind !== 'typeTag') {
      return [...prefix, baseName(type), ...(declarator === '' ? [] : [declarator])].join(' ');
    }
    inPointer = type.kind === 'pointer' || (inPointer && (isQualifier(type) || type.kind === 'typeTag'));
    type = btf.typeById(nextType(type));
  }
  return [...prefix, '…', declarator].join(' ');
}

type Qualifier = BtfReference & { readonly kind: 'const' | 'volatile' | 'restrict' };

function isQualifier(type: BtfType): type is Qualifier {
  return qualifiers.includes(type.kind);
}

function nextType(type: BtfArray | BtfPrototype | BtfReference): number {
  if (type.kind === 'array') return type.element;
  return type.kind === 'prototype' ? type.result : type.type;
}

/** A definition with its members, for types that have a name and a body; undefined for all others. */
export function formatDefinition(btf: Btf, type: BtfType): string | undefined {
  if (type.name === '') return undefined;
  switch (type.kind) {
    case 'struct':
    case 'union':
      return [`${type.kind} ${type.name} { // ${type.size} bytes`, ...members(btf, type.members), '};'].join('\n');
    case 'enum':
    case 'enum64':
      return [`enum ${type.name} {`, ...type.values.map(({ name, value }) => `  ${name} = ${value},`), '};'].join('\n');
    case 'typedef':
      return `typedef ${formatDeclaration(btf, type.type, type.name)};`;
    default:
      return undefined;
  }
}

function members(btf: Btf, list: readonly BtfMember[]): string[] {
  return list.map(({ name, type, bitOffset, bitSize }) => {
    const bits = bitSize > 0 ? ` : ${bitSize}` : '';
    const place = bitSize > 0 ? `${Math.floor(bitOffset / 8)}, bit ${bitOffset % 8}` : `${bitOffset / 8}`;
    return `  ${formatDeclaration(btf, type, name)}${bits}; // at ${place}`;
  });
}

function formatParameters(btf: Btf, { parameters }: BtfPrototype, depth: number): string {
  if (parameters.length === 0) return 'void';
  if (depth >= deepestPrototype || parameters.length > deepest) return '…';
  return parameters.map(({ name, type }) => (type === 0 ? '...' : declare(btf, type, name, depth + 1))).join(', ');
}

function baseName(type: BtfType): string {
  const keyword = { struct: 'struct ', union: 'union ', enum: 'enum ', enum64: 'enum ' }[type.kind as string] ?? '';
  if (type.kind === 'void') return 'void';
  if (type.kind === 'forward') return `${type.union ? 'union' : 'struct'} ${type.name}`;
  return type.name === '' ? `${keyword}{…}` : `${keyword}${type.name}`;
}
