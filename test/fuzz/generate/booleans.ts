/** Conditions: comparisons, logic, membership. */
import { leaf, tree, type Tree } from '../tree.js';
import { bigOf, literalBig, typedBig } from './bigints.js';
import { callOf } from './calls.js';
import type { Context } from './context.js';
import { fixedOf } from './fixed.js';
import { mapHas } from './maps.js';
import { anyNumber, literalNumber, unknown } from './numbers.js';
import { optionalTest } from './optionals.js';
import { findPlace, read } from './places.js';
import { textTest } from './texts.js';

type Production = (c: Context, depth: number) => Tree | undefined;

const relations = ['<', '<=', '>', '>=', '===', '!=='];

const numbers: Production = (c, depth) => {
  const operator = c.random.pick(relations);
  const a = anyNumber(c, depth - 1);
  const simple = a.children.length === 0;
  // Bitwise results are signed: equality with a wide constant is refused as never true.
  const small = () => leaf('number', String(c.random.pick([0, 1, 2, 7, 100, 255, 256, 65535, 0x7fffffff])), 31);
  const b = c.random.once(2) ? (simple ? literalNumber(c) : small()) : anyNumber(c, depth - 1);
  const left = b.children.length === 0 ? unknown(a) : a;
  const sides = c.random.once(4) ? [b, left] : [left, b];
  return tree('boolean', sides, (_, [x, y]) => `(${x} ${operator} ${y})`);
};

const bigs: Production = (c, depth) => {
  const operator = c.random.pick(relations);
  const type = c.random.pick(['u64', 'i64'] as const);
  const a = typedBig(c, type, depth - 1);
  if (c.random.once(5)) {
    const other = typedBig(c, type === 'u64' ? 'i64' : 'u64', depth - 1);
    return tree('boolean', [a, other], (_, [x, y]) => `(${x} ${operator} ${y})`);
  }
  const positive = leaf(type, c.random.pick(['1n', '255n', '0x80000000n', '0xffffffffn', '0x7fffffffffffffffn']));
  const b = c.random.once(3) ? positive : c.random.once(6) ? literalBig(c, type) : bigOf(c, type, depth - 1);
  const minus = operator.startsWith('<') || operator.startsWith('>');
  // `a - b < 0n` is refused for what wraps.
  const safe = minus && b.children.length === 0 ? positive : b;
  return tree('boolean', [a, safe], (_, [x, y]) => `(${x} ${operator} ${y})`);
};

const fixeds: Production = (c, depth) => {
  const operator = c.random.pick(['<', '<=', '>', '>=']);
  const [a, b] = [fixedOf(c, depth - 1), fixedOf(c, depth - 1)];
  return tree('boolean', [a, b], (_, [x, y]) => `(${x} ${operator} ${y})`);
};

const logic: Production = (c, depth) => {
  const operator = c.random.pick(['&&', '||']);
  return tree('boolean', [booleanOf(c, depth - 1), booleanOf(c, depth - 1)], (_, [x, y]) => `(${x} ${operator} ${y})`);
};

const not: Production = (c, depth) => tree('boolean', [booleanOf(c, depth - 1)], (_, [x]) => `!${x}`);

const truth: Production = (c, depth) => {
  const value = c.random.once(2)
    ? unknown(anyNumber(c, depth - 1))
    : typedBig(c, c.random.pick(['u64', 'i64'] as const), depth - 1);
  const way = c.random.pick(['!!', 'Boolean']);
  return tree('boolean', [value], (_, [x]) => `${way}(${x})`);
};

const equality: Production = (c, depth) => {
  const operator = c.random.pick(['===', '!==']);
  // Calls, so that TypeScript does not know either side.
  const sides = [booleanOf(c, depth - 1), booleanOf(c, depth - 1)];
  return tree('boolean', sides, (_, [x, y]) => `(Boolean(${x}) ${operator} Boolean(${y}))`);
};

const arrays: Production = (c, depth) => {
  const array = findPlace(
    c,
    (type) =>
      type.kind === 'array' && !type.bytes && type.element.kind === 'scalar' && type.element.category === 'number',
    false,
  );
  if (!array) return undefined;
  const method = c.random.pick(['includes', 'some', 'every']);
  if (method === 'includes') {
    const wanted = anyNumber(c, depth - 1);
    return tree('boolean', [array.tree, wanted], (_, [x, y]) => `${x}.includes(${y})`);
  }
  const limit = c.random.below(300);
  return tree('boolean', [array.tree], (_, [x]) => `${x}.${method}((e) => e > ${limit})`);
};

const bytes: Production = (c) => {
  const wanted = c.variables.filter(({ type }) => type.kind === 'array' && type.bytes);
  if (wanted.length === 0) return undefined;
  const a = c.random.pick(wanted);
  const same = wanted.filter(({ type }) => type.name === a.type.name);
  const b = c.random.pick(same);
  return leaf('boolean', `equal(${a.name}, ${b.name})`);
};

const productions: readonly (readonly [number, Production])[] = [
  [10, numbers],
  [6, bigs],
  [1, fixeds],
  [4, logic],
  [2, not],
  [2, truth],
  [1, equality],
  [1, arrays],
  [1, bytes],
  [1, mapHas],
  [1, optionalTest],
  [2, textTest],
  [1, (c, depth) => callOf(c, (type) => type.kind === 'scalar' && type.category === 'boolean', depth)],
  [2, (c) => read(c, 'boolean')],
];
const total = productions.reduce((all, [weight]) => all + weight, 0);

export function booleanOf(c: Context, depth: number): Tree {
  c.fuel -= 1;
  if (depth > -2 && c.fuel > -20) {
    let at = c.random.below(total);
    for (const [weight, production] of productions) {
      at -= weight;
      if (at >= 0) continue;
      const made = production(c, depth);
      if (made) return made;
      break;
    }
  }
  const read1 = read(c, 'boolean');
  if (read1) return read1;
  const value = read(c, 'number');
  return value ? tree('boolean', [value], (_, [x]) => `(${x} > 3)`) : leaf('boolean', 'Boolean(1)');
}
