/** bigints of the two 64-bit types: operators, conversions. */
import { leaf, tree, type Tree } from '../tree.js';
import { booleanOf } from './booleans.js';
import { callOf } from './calls.js';
import type { Context } from './context.js';
import { mapBig } from './maps.js';
import { anyNumber } from './numbers.js';
import { read } from './places.js';
import { chosen } from './references.js';
import { varies } from './values.js';

export type Big = 'u64' | 'i64';

const literals = [0n, 1n, 2n, 3n, 7n, 10n, 63n, 255n, 256n, 1000n, 0x7fffffffn, 0xffffffffn, 0x100000000n];

/** Not negative, and of both types. */
export function literalBig(c: Context, category: Big): Tree {
  const value = c.random.once(6) ? 0x7fffffffffffffffn : c.random.pick(literals);
  return leaf(category, `${value}n`);
}

type Production = (c: Context, type: Big, depth: number) => Tree | undefined;

/** A value that only the run knows: of constants alone TypeScript computes without end. */
export function typedBig(c: Context, type: Big, depth: number): Tree {
  const value = bigOf(c, type, depth);
  if (varies(c, value)) return value;
  const known = c.variables.filter((variable) => variable.varies && variable.type.kind === 'scalar');
  const usable = known.filter(({ type: of }) => of.kind === 'scalar' && of.category !== 'fixed');
  if (usable.length === 0) return tree(type, [], (w) => (w.compiled ? `${type}(0)` : '0n'));
  const { name } = c.random.pick(usable);
  return tree(type, [leaf('other', name)], (w, [x]) => (w.compiled ? `${type}(${x})` : `$.${type}(${x})`));
}

function converted(c: Context, type: Big, depth: number): Tree {
  const value = anyNumber(c, depth - 1);
  return tree(type, [value], (w, [x]) => (w.compiled ? `${type}(${x})` : `$.${type}(${x})`));
}

const arithmetic: Production = (c, type, depth) => {
  const operator = c.random.pick(['+', '-', '*', '&', '|', '^', '/', '%']);
  const a = typedBig(c, type, depth - 1);
  let b = c.random.once(3) ? literalBig(c, type) : bigOf(c, type, depth - 1);
  if ((operator === '/' || operator === '%') && !c.random.once(4)) {
    const by = 1 + c.random.below(1000);
    b = c.random.once(2)
      ? leaf(type, `${by}n`)
      : tree(type, [typedBig(c, type, depth - 2)], (w, [x]) => w.big(type, `(${x} | ${by}n)`));
  }
  const swap = c.random.once(5) && operator !== '/' && operator !== '%';
  const [left, right] = swap ? [b, a] : [a, b];
  return tree(type, [left, right], (w, [x, y]) => w.big(type, `(${x} ${operator} ${y})`));
};

const shift: Production = (c, type, depth) => {
  const operator = c.random.pick(['<<', '>>']);
  const a = typedBig(c, type, depth - 1);
  const count = c.random.pick([
    () => leaf(type, `${c.random.below(72)}n`),
    () => tree(type, [typedBig(c, type, depth - 2)], (_, [x]) => `(${x} & 63n)`),
    () => tree(type, [typedBig(c, type, depth - 2)], (_, [x]) => `(${x} % 80n)`),
    () => typedBig(c, type, depth - 1),
  ])();
  return tree(type, [a, count], (w, [x, y]) =>
    w.compiled ? `(${x} ${operator} ${y})` : `$.shift('${type}', '${operator}', ${x}, ${y})`,
  );
};

const unary: Production = (c, type, depth) => {
  const operator = c.random.pick(['-', '~']);
  const a = typedBig(c, type, depth - 1);
  return tree(type, [a], (w, [x]) => w.big(type, `(${operator}(${x}))`));
};

const conditional: Production = (c, type, depth) => {
  const test = booleanOf(c, depth - 1);
  const [a, b] = [typedBig(c, type, depth - 1), typedBig(c, type, depth - 1)];
  if (c.random.once(4)) return chosen(type, [test, a, b]);
  return tree(type, [test, a, b], (_, [t, x, y]) => `(${t} ? ${x} : ${y})`);
};

const ofNumber: Production = (c, type, depth) => {
  if (type === 'u64' || c.random.once(2)) return converted(c, type, depth);
  const value = anyNumber(c, depth - 1);
  return tree(type, [value], (_, [x]) => `BigInt(${x})`);
};

const ofOther: Production = (c, type, depth) => {
  const other = type === 'u64' ? 'i64' : 'u64';
  const value = typedBig(c, other, depth - 1);
  return tree(type, [value], (w, [x]) => (w.compiled ? `${type}(${x})` : `$.${type}(${x})`));
};

const asWidth: Production = (c, type, depth) => {
  const width = c.random.below(65);
  const value = typedBig(c, c.random.pick(['u64', 'i64'] as const), depth - 1);
  return tree(type, [value], (_, [x]) => `BigInt.as${type === 'i64' ? 'Int' : 'Uint'}N(${width}, ${x})`);
};

const power: Production = (c, type, depth) => {
  const base = typedBig(c, type, depth - 1);
  const exponent = c.random.below(5);
  return tree(type, [base], (w, [x]) => w.big(type, `((${x}) ** ${exponent}n)`));
};

const productions: readonly (readonly [number, Production])[] = [
  [10, arithmetic],
  [3, shift],
  [2, unary],
  [2, conditional],
  [3, ofNumber],
  [2, ofOther],
  [2, asWidth],
  [1, power],
  [2, (c, type, depth) => callOf(c, (wanted) => wanted.kind === 'scalar' && wanted.category === type, depth)],
  [2, mapBig],
  [4, (c, type) => read(c, type)],
];
const total = productions.reduce((all, [weight]) => all + weight, 0);

export function bigOf(c: Context, type: Big, depth: number): Tree {
  c.fuel -= 1;
  const { random } = c;
  if (depth > 0 && c.fuel > 0 && !random.once(6)) {
    let at = random.below(total);
    for (const [weight, production] of productions) {
      at -= weight;
      if (at >= 0) continue;
      const made = production(c, type, depth);
      if (made) return made;
      break;
    }
  }
  return read(c, type) ?? (depth > -3 && random.once(2) ? converted(c, type, 0) : literalBig(c, type));
}
