/** Names for one of several objects: `c ? a : b`, a `let` that is assigned again, and a generic function's choice. */
import { tree, type Tree } from '../tree.js';
import { booleanOf } from './booleans.js';
import type { Context } from './context.js';
import { findPlace } from './places.js';
import { statement, type Production } from './statement.js';
import type { StructType } from './types.js';

/** Two structs of one type. */
function pair(c: Context): { readonly type: StructType; readonly trees: readonly [Tree, Tree] } | undefined {
  const first = findPlace(c, (type) => type.kind === 'struct', false);
  if (first?.type.kind !== 'struct') return undefined;
  const { type } = first;
  const second = findPlace(c, (wanted) => wanted === type, false);
  return second && { type, trees: [first.tree, second.tree] };
}

/** `const r = c ? a : b`, `const r = choose(c, a, b)`. */
export const chooseObject: Production = (c) => {
  const both = pair(c);
  if (!both) return undefined;
  const name = c.local('o');
  const test = booleanOf(c, 1);
  c.variables.push({ name, type: both.type, mutable: false, varies: false });
  const generic = c.random.once(2);
  return statement([test, ...both.trees], (w, [t, a, b]) =>
    generic
      ? `const ${name} = choose${w.types(`<${both.type.name}>`)}(${t}, ${a}, ${b});`
      : `const ${w.declare(name, both.type.name)} = ${t} ? ${a} : ${b};`,
  );
};

/** `let r = a; if (c) r = b;`: a variable of its own, which holds a copy. */
export const reassignObject: Production = (c) => {
  const both = pair(c);
  if (!both) return undefined;
  const name = c.local('o');
  const test = booleanOf(c, 1);
  c.variables.push({ name, type: both.type, mutable: false, varies: false });
  return statement(
    [both.trees[0], test, both.trees[1]],
    (w, [a = '', t, b = '']) =>
      `let ${w.declare(name, both.type.name)} = ${w.copy(a)};\nif (${t}) ${name} = ${w.copy(b)};`,
  );
};

/** A choice between two values of a type, by a generic function. */
export function chosen(type: 'u64' | 'i64', [test, a, b]: readonly [Tree, Tree, Tree]): Tree {
  return tree(type, [test, a, b], (w, [t, x, y]) => `choose${w.types(`<${type}>`)}(${t}, ${x}, ${y})`);
}
