/** Fixed-point values; Node counts them in 1/100000, as bigints. */
import { leaf, tree, type Tree } from '../tree.js';
import type { Context } from './context.js';
import { numberOf } from './numbers.js';
import { read } from './places.js';
import { varies } from './values.js';

export function fixedOf(c: Context, depth: number): Tree {
  const { random } = c;
  if (depth <= 0 || random.once(3)) return read(c, 'fixed') ?? ofNumber(c, depth);
  const operation = random.pick(['add', 'subtract', 'multiply', 'divide'] as const);
  const operator = { add: '+', subtract: '-', multiply: '*', divide: '/' }[operation];
  const [first, other] = [fixedOf(c, depth - 1), fixedOf(c, depth - 1)];
  // Of constants alone JavaScript computes with fractions that a fixed-point value has not.
  const a = varies(c, first) ? first : ofVariable(c);
  if (!a) return first;
  const b = random.once(3) || (operation === 'divide' && !varies(c, other)) ? literal(c) : other;
  return tree('fixed', [a, b], (w, [x, y]) =>
    w.compiled ? `(${x} ${operator} ${y})` : `$.fixed.${operation}(${x}, ${y})`,
  );
}

function ofVariable(c: Context): Tree | undefined {
  const usable = c.variables.filter(
    (one) => one.varies && one.type.kind === 'scalar' && one.type.category === 'number',
  );
  if (usable.length === 0) return undefined;
  const name = leaf('number', c.random.pick(usable).name, 8);
  return tree('fixed', [name], (w, [x]) => (w.compiled ? `fixed(u8(${x}))` : `$.fixed.of($.u8(${x}))`));
}

function literal(c: Context): Tree {
  const counted = 1 + c.random.below(1_000_000);
  return tree('fixed', [], (w) => (w.compiled ? `fixed(${counted / 100000})` : `${counted}n`));
}

function ofNumber(c: Context, depth: number): Tree {
  if (c.random.once(4)) return literal(c);
  const value = numberOf(c, Math.min(depth, 1), 20);
  return tree('fixed', [value], (w, [x]) => (w.compiled ? `fixed(${x})` : `$.fixed.of(${x})`));
}
