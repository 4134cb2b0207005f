/** Values that may be undefined: `??`, `!== undefined`, and what `find` gives. */
import { tree, type Tree } from '../tree.js';
import type { Context } from './context.js';
import { anyNumber } from './numbers.js';

export function optionalNumber(c: Context, depth: number): Tree | undefined {
  const usable = c.optionals.filter(({ type }) => type.kind === 'scalar' && type.category === 'number');
  if (usable.length === 0) return undefined;
  const { name, type } = c.random.pick(usable);
  const otherwise = anyNumber(c, depth - 1);
  const bits = Math.max(otherwise.bits, type.kind === 'scalar' ? type.bits : 0);
  if (c.random.once(3))
    return tree('number', [otherwise], (_, [x]) => `(${name} !== undefined ? ${name} : ${x})`, bits);
  if (c.random.once(3)) return tree('number', [otherwise], (_, [x]) => `(${name} || ${x})`, bits);
  return tree('number', [otherwise], (_, [x]) => `(${name} ?? ${x})`, bits);
}

export function optionalTest(c: Context): Tree | undefined {
  if (c.optionals.length === 0) return undefined;
  const { name } = c.random.pick(c.optionals);
  const test = c.random.pick([`${name} === undefined`, `${name} !== undefined`, `${name} === 3`, `!${name}`]);
  return tree('boolean', [], () => `(${test})`);
}
