/** `...rest` of a pattern: what the other names left over, under names and indexes that are known at build. */
import { ts } from '../../typescript.js';
import { unsupportedSyntax } from '../../diagnostics/index.js';
import type { LoweringContext } from '../context.js';
import { loadField } from '../memory.js';
import { unshared } from '../shared.js';
import type { Value } from '../values.js';
import { elementAt, isTuple } from './access.js';

/** The elements of an array, tuple or list from an index on; undefined where their number is not known at build. */
export function knownElements(source: Value, from: number, at: ts.Node, context: LoweringContext): Value[] | undefined {
  if (source.kind === 'optional') return knownElements(source.inner, from, at, context);
  if (source.kind === 'list') return source.elements.slice(from);
  if (source.kind === 'literal' && ts.isArrayLiteralExpression(source.node))
    return [...source.members.values()].slice(from);
  if (source.kind !== 'reference') return undefined;
  if (source.type.kind === 'struct' && isTuple(source.type))
    return source.type.fields.slice(from).map((field) => loadField(source, field, context));
  if (source.type.kind !== 'array') return undefined;
  const { type } = source;
  const count = Math.max(0, type.length - from);
  return Array.from({ length: count }, (_, index) =>
    elementAt(source, type, { kind: 'static', value: from + index }, at, context).load(),
  );
}

export function restOfList(source: Value, from: number, at: ts.Node, context: LoweringContext): Value {
  if (source.kind === 'static' && Array.isArray(source.value))
    return { kind: 'static', value: source.value.slice(from) };
  const elements = knownElements(source, from, at, context);
  return elements ? { kind: 'list', elements } : context.refuse(unsupportedSyntax(at, 'Taking the rest of this value'));
}

/** @param taken the names that stand before the rest. */
export function restOfObject(source: Value, taken: ReadonlySet<string>, at: ts.Node, context: LoweringContext): Value {
  if (source.kind === 'static' && typeof source.value === 'object' && source.value !== null) {
    const left = Object.entries(source.value).filter(([name]) => !taken.has(name));
    return { kind: 'static', value: Object.fromEntries(left) };
  }
  const members = membersOf(unshared(source.kind === 'optional' ? source.inner : source, context), context);
  if (!members) return context.refuse(unsupportedSyntax(at, 'Taking the rest of this value'));
  return { kind: 'literal', node: at, members: new Map(members.filter(([name]) => !taken.has(name))) };
}

function membersOf(source: Value, context: LoweringContext): [string, Value][] | undefined {
  if (source.kind === 'literal') return [...source.members];
  if (source.kind !== 'reference' || source.type.kind !== 'struct') return undefined;
  return source.type.fields.map((field) => [field.name, loadField(source, field, context)]);
}
