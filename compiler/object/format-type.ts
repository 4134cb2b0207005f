/** BTF types in the form of C. */
import type { Btf, BtfMember, BtfType } from './btf.js';

const words: Readonly<Record<string, string>> = { const: 'const', volatile: 'volatile', restrict: 'restrict' };

/** A declaration of a name (or of none) as C writes it: `struct event *(*callback)[4]`. */
export function formatDeclaration(btf: Btf, id: number, name: string): string {
  let declarator = name;
  let [type, inPointer] = [btf.typeById(id), false];
  for (;;) {
    if (type.kind === 'pointer') {
      declarator = `*${declarator}`;
      inPointer = true;
    } else if (type.kind === 'array' || type.kind === 'prototype') {
      const group = inPointer ? `(${declarator})` : declarator;
      declarator = type.kind === 'array' ? `${group}[${type.count || ''}]` : `${group}(${formatParameters(btf, type)})`;
      inPointer = false;
    } else if (type.kind in words && 'type' in type) {
      declarator = inPointer || declarator.startsWith('*') ? `${words[type.kind]} ${declarator}` : declarator;
      if (!inPointer && !declarator.startsWith('const'))
        return `${words[type.kind]} ${formatDeclaration(btf, type.type, name)}`;
    } else if (type.kind !== 'typeTag') {
      return declarator === '' ? baseName(type) : `${baseName(type)} ${declarator}`;
    }
    type = btf.typeById(
      type.kind === 'array' ? type.element : type.kind === 'prototype' ? type.result : (type as { type: number }).type,
    );
  }
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

function formatParameters(btf: Btf, { parameters }: Extract<BtfType, { kind: 'prototype' }>): string {
  if (parameters.length === 0) return 'void';
  return parameters.map(({ name, type }) => (type === 0 ? '...' : formatDeclaration(btf, type, name))).join(', ');
}

function baseName(type: BtfType): string {
  const keyword = { struct: 'struct ', union: 'union ', enum: 'enum ', enum64: 'enum ' }[type.kind as string] ?? '';
  if (type.kind === 'void') return 'void';
  if (type.kind === 'forward') return `${type.union ? 'union' : 'struct'} ${type.name}`;
  return type.name === '' ? `${keyword}{…}` : `${keyword}${type.name}`;
}
