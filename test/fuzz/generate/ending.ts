/** What a program gives at its end. */
import { leaf, tree, type Tree } from '../tree.js';
import type { Context } from './context.js';
import { findPlace } from './places.js';
import { textEnding } from './texts.js';
import { categoryOf, type ScalarType } from './types.js';

export function ending(c: Context): Tree {
  const scalars = c.variables.filter(({ type }) => type.kind === 'scalar');
  const parts: Tree[] = scalars
    .slice(-6)
    .map(({ name, type }) => asU64(type as ScalarType, leaf(categoryOf(type), name)));
  for (let more = 0; more < 4; more += 1) {
    const place = findPlace(c, (type) => type.kind === 'scalar', false);
    if (place?.type.kind === 'scalar') parts.push(asU64(place.type, place.tree));
  }
  for (const { name } of c.variables.filter(({ type }) => type.kind === 'text').slice(-3)) parts.push(textEnding(name));
  const all = parts.reduce<Tree | undefined>(
    (sum, part) => (sum ? tree('u64', [sum, part], (w, [x, y]) => w.big('u64', `(${x} * 31n + ${y})`)) : part),
    undefined,
  );
  return all ?? leaf('u64', 'u64(0n)');
}

function asU64(type: ScalarType, value: Tree): Tree {
  if (type.category === 'u64') return value;
  if (type.category === 'fixed')
    return tree('u64', [value], (w, [x]) => (w.compiled ? `u64(Math.trunc(${x}))` : `$.u64($.fixed.trunc(${x}))`));
  return tree('u64', [value], (w, [x]) => (w.compiled ? `u64(${x})` : `$.u64(${x})`));
}
