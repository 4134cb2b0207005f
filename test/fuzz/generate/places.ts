/** Places: variables, fields and elements, which can be read and written. */
import { leaf, tree, type Tree } from '../tree.js';
import type { Context } from './context.js';
import { categoryOf, isWhole, type ScalarType, type Type } from './types.js';

export interface Place {
  readonly tree: Tree;
  readonly type: Type;
}

/** A way from a value of a type to a part of it that is wanted. */
function walk(c: Context, from: Place, wanted: (type: Type) => boolean, depth: number): Place | undefined {
  const { type } = from;
  if (wanted(type) && (isWhole(type) || c.random.once(2))) return from;
  if (isWhole(type) || depth <= 0) return wanted(type) ? from : undefined;
  if (type.kind === 'struct') {
    const fields = type.fields.filter((field) => reaches(field.type, wanted));
    if (fields.length === 0) return wanted(type) ? from : undefined;
    const field = c.random.pick(fields);
    const part = tree(categoryOf(field.type), [from.tree], (_, [of = '']) => `${of}.${field.name}`, bitsOf(field.type));
    return walk(c, { tree: part, type: field.type }, wanted, depth - 1);
  }
  if (!reaches(type.element, wanted)) return wanted(type) ? from : undefined;
  return walk(c, element(c, from), wanted, depth - 1);
}

function bitsOf(type: Type): number {
  return type.kind === 'scalar' ? type.bits : 0;
}

/** An element, at a constant index or at one of run time that is mostly inside. */
export function element(c: Context, array: Place): Place {
  if (array.type.kind !== 'array') throw new Error('only arrays have elements');
  const { length, element: type } = array.type;
  const index = indexOf(c, length);
  const part = tree(
    categoryOf(type),
    [array.tree, index],
    (world, [of = '', at = '']) => `${of}[${world.index(at, length)}]`,
    bitsOf(type),
  );
  return { tree: part, type };
}

function indexOf(c: Context, length: number): Tree {
  const { random } = c;
  if (random.once(3)) return leaf('number', String(random.below(length)), 4);
  const value = pureNumber(c);
  if (!value) return leaf('number', String(random.below(length)), 4);
  if (random.once(12)) return value;
  if ((length & (length - 1)) === 0 && random.once(2))
    return tree('number', [value], (_, [text = '']) => `(${text} & ${length - 1})`, 4);
  return tree('number', [value], (_, [text = '']) => `((${text} >>> 0) % ${length})`, 4);
}

/** A number that only the run knows, without effects: indexes are written twice where Node has to convert what is stored. */
export function pureNumber(c: Context): Tree | undefined {
  const names = c.variables.filter(
    ({ type, varies }) => varies && type.kind === 'scalar' && type.category === 'number',
  );
  if (names.length === 0) return undefined;
  const one = c.random.pick(names);
  const base = leaf('number', one.name, bitsOf(one.type));
  if (c.random.once(2)) return base;
  const [operator, by] = [c.random.pick(['+', '^', '>>', '*']), c.random.below(7)];
  return tree('number', [base], (_, [text = '']) => `(${text} ${operator} ${by})`, base.bits + 3);
}

/** Whether a type is wanted, or holds a part that is. */
function reaches(type: Type, wanted: (type: Type) => boolean): boolean {
  if (wanted(type)) return true;
  if (type.kind === 'struct') return type.fields.some((field) => reaches(field.type, wanted));
  return type.kind === 'array' && reaches(type.element, wanted);
}

/** A place in scope of a type that is wanted; undefined where there is none. */
export function findPlace(c: Context, wanted: (type: Type) => boolean, written: boolean): Place | undefined {
  const usable = c.variables.filter(
    ({ type, mutable }) => reaches(type, wanted) && (!written || mutable || type.kind !== 'scalar'),
  );
  if (usable.length === 0) return undefined;
  const variable = c.random.pick(usable);
  const start = { tree: leaf(categoryOf(variable.type), variable.name, bitsOf(variable.type)), type: variable.type };
  // A constant that is an object may be written into, but not as a whole.
  const ofParts = (type: Type) => wanted(type) && !(written && type === variable.type && !variable.mutable);
  return walk(c, start, ofParts, 4);
}

/** A value of a scalar category, from a place. */
export function read(c: Context, category: ScalarType['category']): Tree | undefined {
  return findPlace(c, (type) => type.kind === 'scalar' && type.category === category, false)?.tree;
}

/** The ways from a value of a type to its scalars of a category: `.f0`, `.f1.f0`, `.f2[1]`. */
export function pathsTo(type: Type, category: ScalarType['category']): readonly string[] {
  if (type.kind === 'scalar') return type.category === category ? [''] : [];
  if (type.kind === 'struct')
    return type.fields.flatMap(({ name, type: of }) => pathsTo(of, category).map((path) => `.${name}${path}`));
  return type.kind === 'array' ? pathsTo(type.element, category).map((path) => `[${type.length - 1}]${path}`) : [];
}
