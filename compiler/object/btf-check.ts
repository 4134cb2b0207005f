/** Checks that BTF types fit together: ids in range, kinds where they belong, sizes that hold, no endless types. */
import type { BtfMember, BtfType } from './btf-types.js';
import { refuse } from './object-error.js';

/** What neither an object nor a kernel has: it bounds sums of sizes, so that none can lose precision. */
const largestSize = 2 ** 32;
const identifier = /^[A-Za-z_.$][\w.$]*$/;

/** @param types by id. @throws ObjectError at the first type that is wrong. */
export function checkBtf(types: readonly BtfType[]): void {
  for (const type of types) checkType(types, type);
  checkCircles(types);
  const sizes = new Sizes(types);
  for (const type of types) sizes.checkMembers(type);
}

function checkType(types: readonly BtfType[], type: BtfType): void {
  for (const id of references(type)) {
    const referred = types[id];
    if (!referred) refuse(`BTF type ${type.id} refers to type ${id}, which does not exist`);
    if (referred.kind === 'section') refuse(`BTF type ${type.id} refers to a section as if it were a type`);
    if (
      type.kind !== 'section' &&
      type.kind !== 'declarationTag' &&
      ['variable', 'declarationTag'].includes(referred.kind)
    ) {
      refuse(`BTF type ${type.id} refers to a ${referred.kind} as if it were a type`);
    }
    if (type.kind !== 'declarationTag' && referred.kind === 'function')
      refuse(`BTF type ${type.id} refers to a function`);
  }
  checkName(type);
  if (type.kind === 'int') checkInteger(type);
  if (type.kind === 'function' && types[type.type].kind !== 'prototype')
    refuse(`BTF function ${type.name} has no prototype`);
  if (type.kind === 'section') checkEntries(types, type);
}

/** The ids of all types that a type names. */
function references(type: BtfType): readonly number[] {
  switch (type.kind) {
    case 'array':
      return [type.element, type.index];
    case 'struct':
    case 'union':
      return type.members.map((member) => member.type);
    case 'prototype':
      return [type.result, ...type.parameters.map((parameter) => parameter.type)];
    case 'section':
      return type.entries.map((entry) => entry.type);
    default:
      return 'type' in type ? [type.type] : [];
  }
}

function checkName(type: BtfType): void {
  const needed = ['typedef', 'function', 'variable', 'section', 'int', 'float', 'forward', 'typeTag', 'declarationTag'];
  if (needed.includes(type.kind) && type.name === '') refuse(`BTF type ${type.id} (${type.kind}) has no name`);
  const named = ['function', 'variable', 'typedef', 'struct', 'union', 'enum', 'enum64', 'forward'];
  if (named.includes(type.kind) && type.name !== '' && !identifier.test(type.name)) {
    refuse(`BTF type ${type.id} (${type.kind}) has a name that is no identifier`);
  }
}

function checkInteger({ id, size, bits, bitOffset }: Extract<BtfType, { kind: 'int' }>): void {
  if (![1, 2, 4, 8, 16].includes(size) || bits === 0 || bits > 128 || bits + bitOffset > size * 8) {
    refuse(`BTF type ${id} is an integer of ${bits} bits in ${size} bytes`);
  }
}

function checkEntries(types: readonly BtfType[], section: Extract<BtfType, { kind: 'section' }>): void {
  for (const entry of section.entries) {
    const { kind } = types[entry.type];
    if (kind !== 'variable' && kind !== 'function') refuse(`BTF section ${section.name} holds a ${kind}`);
  }
}

interface Visit {
  readonly id: number;
  readonly inner: readonly number[];
  next: number;
}

/**
 * Calls `leave` for each type after all that it leads to. Without recursion, since a hostile file may nest 100,000
 * types.
 */
function walk(
  types: readonly BtfType[],
  inner: (type: BtfType) => readonly number[],
  leave: (type: BtfType) => void,
): void {
  const [left, open] = [new Set<number>(), new Set<number>()];
  const stack: Visit[] = [];
  const enter = (id: number): void => {
    if (left.has(id)) return;
    if (open.has(id)) refuse(`BTF type ${id} contains itself`);
    open.add(id);
    stack.push({ id, inner: inner(types[id]), next: 0 });
  };
  for (const { id } of types) {
    enter(id);
    for (let visit = stack.at(-1); visit; visit = stack.at(-1)) {
      if (visit.next < visit.inner.length) {
        enter(visit.inner[visit.next++]);
        continue;
      }
      leave(types[visit.id]);
      left.add(visit.id);
      stack.pop();
    }
  }
}

/** Only a struct or union may lead back to itself, and only through a pointer: all else could never be written down. */
function checkCircles(types: readonly BtfType[]): void {
  const leads = (type: BtfType): readonly number[] =>
    type.kind === 'struct' || type.kind === 'union' ? [] : references(type);
  walk(types, leads, () => undefined);
}

/** The sizes of all types, each worked out once. */
class Sizes {
  private readonly known = new Map<number, number>();

  constructor(private readonly types: readonly BtfType[]) {
    walk(types, contained, (type) => this.known.set(type.id, this.compute(type)));
  }

  checkMembers(type: BtfType): void {
    if (type.kind !== 'struct' && type.kind !== 'union') return;
    for (const member of type.members) {
      const end = member.bitOffset + (member.bitSize || this.size(member.type) * 8);
      if (end > type.size * 8) refuse(`member ${member.name || '(unnamed)'} of BTF type ${type.id} does not fit`);
      if (member.bitSize > 64) refuse(`member ${member.name} of BTF type ${type.id} has too many bits`);
      if (member.bitSize > 0) this.checkBitField(type.id, member);
    }
  }

  /** Loaders divide by the size of a bit field's type. */
  private checkBitField(id: number, { name, type }: BtfMember): void {
    let resolved = this.types[type];
    while (aliases.includes(resolved.kind) && 'type' in resolved) resolved = this.types[resolved.type];
    const isInteger = ['int', 'enum', 'enum64'].includes(resolved.kind);
    if (!isInteger || ![1, 2, 4, 8, 16].includes(this.size(type)))
      refuse(`the bit field ${name} of BTF type ${id} is of no integer type`);
  }

  private size(id: number): number {
    return this.known.get(id) ?? 0;
  }

  /** In bytes, 0 for what has none. */
  private compute(type: BtfType): number {
    const size = this.plainSize(type);
    if (size >= largestSize) refuse(`BTF type ${type.id} is larger than any memory`);
    return size;
  }

  private plainSize(type: BtfType): number {
    if (type.kind === 'array') return type.count * this.size(type.element);
    if (type.kind === 'pointer') return 8;
    if ('size' in type) return type.kind === 'section' ? 0 : type.size;
    return contained(type).length > 0 ? this.size(contained(type)[0]) : 0;
  }
}

const aliases = ['typedef', 'volatile', 'const', 'restrict', 'typeTag', 'variable'];

/** The types that are part of a type. Only pointers and functions may close a circle. */
function contained(type: BtfType): readonly number[] {
  if (type.kind === 'array') return [type.element];
  if (type.kind === 'struct' || type.kind === 'union') return type.members.map((member) => member.type);
  return 'type' in type && aliases.includes(type.kind) ? [type.type] : [];
}
