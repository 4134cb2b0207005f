/** Calls of functions and closures, and functions that take them. */
import { tree, type Tree } from '../tree.js';
import type { Callable, Context } from './context.js';
import { typedBig } from './bigints.js';
import { anyNumber, numberOf } from './numbers.js';
import { findPlace } from './places.js';
import { booleanOf } from './booleans.js';
import { categoryOf, numberType, type Type } from './types.js';
import { literalOf, storedScalar } from './values.js';

/** A call whose result is wanted. */
export function callOf(c: Context, wanted: (type: Type) => boolean, depth: number): Tree | undefined {
  if (wanted(numberType) && c.random.once(3)) return c.random.once(2) ? applied(c, depth) : chosen(c, 'number', depth);
  const usable = c.callables.filter(({ result }) => wanted(result));
  if (usable.length === 0) return undefined;
  return call(c, c.random.pick(usable), depth);
}

export function call(c: Context, callee: Callable, depth: number): Tree {
  const { parameters, result, rest } = callee;
  const count = parameters.findIndex(({ optional }) => optional && c.random.once(2));
  const given = count < 0 ? parameters : parameters.slice(0, count);
  const values = given.map(({ type }) => argument(c, type, depth - 1));
  if (rest && count < 0)
    for (let more = c.random.below(4); more > 0; more -= 1) values.push(numberOf(c, depth - 1, 40));
  const bits = result.kind === 'scalar' ? result.bits : 0;
  return tree(categoryOf(result), values, (_, texts) => `${callee.name}(${texts.join(', ')})`, bits);
}

function argument(c: Context, type: Type, depth: number): Tree {
  if (type.kind === 'scalar' && (type.category === 'u64' || type.category === 'i64'))
    return typedBig(c, type.category, depth);
  if (type.kind === 'scalar') return storedScalar(c, type, depth);
  // Objects are given as they are, and may be changed by the function.
  return findPlace(c, (wanted) => wanted === type, false)?.tree ?? literalOf(c, type, depth);
}

const CALLEES = ['apply', 'twice', 'summed'];

/** `apply((x) => …, n)`: a closure given to a function. */
function applied(c: Context, depth: number): Tree {
  const name = c.local('y');
  const body = c.scoped(() => {
    c.variables.push({ name, type: numberType, mutable: false, varies: false });
    return numberOf(c, Math.min(depth - 1, 2), 40);
  });
  const start = numberOf(c, depth - 1, 40);
  const callee = c.random.pick(CALLEES);
  // What calls itself by way of what it is given is recursion, and refused.
  const calleeFor = (x: string) => [callee, ...CALLEES].find((candidate) => !x.includes(`${candidate}(`)) ?? callee;
  return tree('number', [body, start], (_, [x = '', n]) => `${calleeFor(x)}((${name}) => ${x}, ${n})`, 44);
}

/** A generic function, compiled for the type at hand. */
function chosen(c: Context, category: 'number', depth: number): Tree {
  const test = booleanOf(c, depth - 1);
  const [a, b] = [anyNumber(c, depth - 1), anyNumber(c, depth - 1)];
  return tree(
    category,
    [test, a, b],
    (w, [t, x, y]) => `choose${w.types('<number>')}(${t}, ${x}, ${y})`,
    Math.max(a.bits, b.bits),
  );
}
