/** Declarations of variables: scalars, objects, second names for objects, values that may be undefined. */
import { tree, type Tree } from '../tree.js';
import { booleanOf } from './booleans.js';
import type { Context } from './context.js';
import { numberOf } from './numbers.js';
import { findPlace } from './places.js';
import { statement, type Production } from './statement.js';
import {
  arrayType,
  bytesType,
  fixedType,
  i64Type,
  isWhole,
  numberType,
  storedTypes,
  textType,
  variableTypes,
  type ScalarType,
  type Type,
} from './types.js';
import { literalOf, storedScalar, valueOf, varies } from './values.js';

export const declareScalar: Production = (c, depth) => {
  const { random } = c;
  const type = random.once(10) ? fixedType : random.pick(variableTypes);
  const name = c.local('v');
  const mutable = type !== fixedType && random.once(2);
  const annotated =
    type.name !== 'bigint' &&
    (type !== numberType || random.once(2)) &&
    (type.category === 'number' || type.category === 'boolean' || type === fixedType || random.once(2));
  const value = annotated
    ? storedScalar(c, type, depth)
    : valueOf(c, type.category, depth, type.category === 'number' ? numberType.bits : undefined);
  // Of a number without annotation, the type is what arithmetic gives.
  const held = annotated || type.category !== 'number' ? type : numberType;
  const plain = !annotated && mutable && type.category === 'i64' ? i64Type : held;
  const given =
    !annotated && value.children.length === 0 && type.category !== 'number' ? storedScalar(c, type, 0) : value;
  const literalSafe = type.category === 'u64' || type.category === 'i64' ? asTyped(type, given) : given;
  c.variables.push({ name, type: plain, mutable, varies: varies(c, literalSafe) });
  return statement(
    [literalSafe],
    (w, [x]) =>
      `${mutable ? 'let' : 'const'} ${w.declare(name, annotated ? type.name : type === numberType && given.children.length === 0 ? 'number' : '')} = ${x};`,
  );
};

function asTyped(type: ScalarType, value: Tree): Tree {
  const category = type.category as 'u64' | 'i64';
  return tree(category, [value], (w, [x]) => (w.compiled ? `${category}(${x})` : `$.${category}(${x})`));
}

export const declareObject: Production = (c, depth) => {
  const type = objectType(c);
  if (!type) return undefined;
  const name = c.local('o');
  const value = literalOf(c, type, Math.min(depth, 2));
  const mutable = type.kind === 'text' && c.random.once(2);
  c.variables.push({ name, type, mutable, varies: false });
  return statement([value], (w, [x]) => `${mutable ? 'let' : 'const'} ${w.declare(name, type.name)} = ${x};`);
};

export const aliasObject: Production = (c) => {
  const place = findPlace(c, (type) => !isWhole(type), false);
  if (!place || isWhole(place.type)) return undefined;
  const name = c.local('o');
  c.variables.push({ name, type: place.type, mutable: false, varies: false });
  const word = c.random.pick(['let', 'const']);
  return statement([place.tree], (w, [x]) => `${word} ${w.declare(name, place.type.name)} = ${x};`);
};

export function objectType(c: Context): Exclude<Type, ScalarType> | undefined {
  const { random } = c;
  const kind = random.below(10);
  if (kind < 5 && c.structs.length > 0) return random.pick(c.structs);
  if (kind === 9) return bytesType(random.pick([2, 4, 5, 8]));
  if (kind === 8) return textType(random.pick([1, 2, 4, 8, 16]));
  if (c.arrays.length > 0 && random.once(2)) return random.pick(c.arrays);
  const element: Type = c.structs.length > 0 && random.once(5) ? random.pick(c.structs) : random.pick(storedTypes);
  const made = arrayType(element, 1 + random.below(element.kind === 'struct' ? 3 : 6), random.once(4));
  c.arrays.push(made);
  return made;
}

export const declareOptional: Production = (c, depth) => {
  const name = c.local('q');
  const test = booleanOf(c, 1);
  const value = numberOf(c, depth - 1, numberType.bits);
  c.optionals.push({ name, type: numberType });
  const flipped = c.random.once(2);
  return statement(
    [test, value],
    (w, [t, x]) =>
      `const ${w.declare(name, 'number | undefined')} = ${flipped ? `${t} ? undefined : ${x}` : `${t} ? ${x} : undefined`};`,
  );
};

/** `x ??= value`, after which it is no longer undefined. */
export const declareFilled: Production = (c, depth) => {
  const [name, filled] = [c.local('x'), c.local('v')];
  const test = booleanOf(c, 1);
  const [value, other] = [numberOf(c, depth - 1, numberType.bits), numberOf(c, depth - 1, numberType.bits)];
  c.variables.push({ name: filled, type: numberType, mutable: false, varies: false });
  return statement(
    [test, value, other],
    (w, [t, x, y]) =>
      `let ${w.declare(name, 'number | undefined')} = ${t} ? ${x} : undefined;\n${name} ??= ${y};\nconst ${filled} = ${name};`,
  );
};

/** An object or none, of which a field is read. */
export const declareOptionalObject: Production = (c, depth) => {
  const place = findPlace(c, (type) => type.kind === 'struct', false);
  if (!place || place.type.kind !== 'struct') return undefined;
  const numbers = place.type.fields.filter(({ type }) => type.kind === 'scalar' && type.category === 'number');
  if (numbers.length === 0) return undefined;
  const { name: field } = c.random.pick(numbers);
  const [name, value] = [c.local('x'), c.local('v')];
  const test = booleanOf(c, 1);
  const other = numberOf(c, depth - 1, numberType.bits);
  const type = place.type.name;
  const way = c.random.pick([
    (x: string) => `${name}?.${field} ?? ${x}`,
    (x: string) => `${name} ? ${name}.${field} : ${x}`,
    (x: string) => `(${name} !== undefined && ${name}.${field} > 3) ? ${name}.${field} : ${x}`,
    (x: string) => `${name} === undefined ? ${x} : ${name}.${field}`,
  ]);
  c.variables.push({ name: value, type: numberType, mutable: false, varies: false });
  return statement(
    [test, place.tree, other],
    (w, [t, of, x = '']) =>
      `const ${w.declare(name, `${type} | undefined`)} = ${t} ? ${of} : undefined;\nconst ${w.declare(value, 'number')} = ${way(x)};`,
  );
};
