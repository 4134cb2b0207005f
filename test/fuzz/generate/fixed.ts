/** Fixed-point values; Node counts them in 1/100000, as bigints. */
import { tree, type Tree } from '../tree.js';
import type { Context } from './context.js';
import { numberOf } from './numbers.js';
import { read } from './places.js';
import { varies } from './values.js';

export function fixedOf(c: Context, depth: number): Tree {
  const { random } = c;
  if (depth <= 0 || random.once(3)) return read(c, 'fixed') ?? ofNumber(c, depth);
  const operation = random.pick(['add', 'subtract', 'multiply', 'divide'] as const);
  const operator = { add: '+', subtract: '-', multiply: '*', divide: '/' }[operation];
  const [a, other] = [fixedOf(c, depth - 1), fixedOf(c, depth - 1)];
  const b = random.once(3) || (operation === 'divide' && !varies(c, other)) ? literal(c) : other;
  return tree('fixed', [a, b], (w, [x, y]) =>
    w.compiled ? `(${x} ${operator} ${y})` : `$.fixed.${operation}(${x}, ${y})`,
  );
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
