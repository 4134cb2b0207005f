/** Methods of arrays that are called for their effects. */
import type { Variable } from './context.js';
import { findPlace } from './places.js';
import { statement, type Production } from './statement.js';
import { storedScalar } from './values.js';

export const fill: Production = (c) => {
  const place = findPlace(
    c,
    (type) =>
      type.kind === 'array' && !type.bytes && type.element.kind === 'scalar' && type.element.category !== 'fixed',
    false,
  );
  if (!place || place.type.kind !== 'array' || place.type.element.kind !== 'scalar') return undefined;
  const value = storedScalar(c, place.type.element, 1);
  return statement([place.tree, value], (_, [of, x]) => `${of}.fill(${x});`);
};

export const forEach: Production = (c) => {
  const place = findPlace(
    c,
    (type) =>
      type.kind === 'array' && !type.bytes && type.element.kind === 'scalar' && type.element.category === 'number',
    false,
  );
  const sums = c.variables.filter(
    ({ type, mutable }) => mutable && type.kind === 'scalar' && type.category === 'number',
  );
  if (!place || sums.length === 0) return undefined;
  const { name, type } = c.random.pick(sums) as Variable;
  return statement(
    [place.tree],
    (w, [of]) => `${of}.forEach((e, i) => { ${name} = ${w.store(type.name, `((${name} ^ e) + i)`)}; });`,
  );
};
