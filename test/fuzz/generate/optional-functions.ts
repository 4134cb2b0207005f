/** Functions that give undefined, or take it, and variables that are undefined at first. */
import { tree } from '../tree.js';
import { booleanOf } from './booleans.js';
import { numberOf } from './numbers.js';
import { findPlace, pathsTo } from './places.js';
import { statement, type Production } from './statement.js';
import { numberType } from './types.js';

const result = 'number | undefined';

/** A function with a result that may be undefined, and what it gives. */
export const callOptional: Production = (c, depth) => {
  const [name, parameter, held] = [c.local('f'), c.local('p'), c.local('q')];
  const parts = c.scoped(() => {
    Object.assign(c, { labels: [], breakable: 0, loops: 0 });
    c.nested += 1;
    c.variables.push({ name: parameter, type: numberType, mutable: false, varies: false });
    return [booleanOf(c, 1), numberOf(c, depth - 1, 40)] as const;
  });
  const given = numberOf(c, depth - 1, 40);
  c.optionals.push({ name: held, type: numberType });
  const early = c.random.once(2) ? 'return undefined;' : 'return;';
  return statement(
    [...parts, given],
    (w, [t, x, n]) =>
      `const ${name} = (${w.declare(parameter, 'number')})${w.types(`: ${result}`)} => {\nif (${t}) ${early}\nreturn ${x};\n};\nconst ${held} = ${name}(${n});`,
  );
};

/** A function whose parameter may be left out or undefined. */
export const callWithOptional: Production = (c, depth) => {
  const [name, parameter, value] = [c.local('f'), c.local('p'), c.local('v')];
  const other = c.scoped(() => {
    c.nested += 1;
    return numberOf(c, depth - 1, 40);
  });
  const optional = c.optionals.filter(({ type }) => type.kind === 'scalar' && type.category === 'number');
  const given = c.random.pick([
    () => tree('other', [], () => ''),
    () => tree('other', optional.length > 0 ? [] : [], () => (optional[0] ? optional[0].name : 'undefined')),
    () => numberOf(c, depth - 1, 40),
  ])();
  const way = c.random.pick([
    (x: string) => `${parameter} ?? ${x}`,
    (x: string) => `${parameter} === undefined ? ${x} : ${parameter}`,
    (x: string) => `${parameter} !== undefined && ${parameter} > 5 ? ${parameter} : ${x}`,
  ]);
  c.variables.push({ name: value, type: numberType, mutable: false, varies: false });
  return statement(
    [other, given],
    (w, [x = '', n]) =>
      `const ${name} = (${parameter}${w.types('?: number')})${w.types(': number')} => ${way(x)};\nconst ${w.declare(value, 'number')} = ${name}(${n});`,
  );
};

/** `let q: number | undefined; if (c) q = x;` */
export const declareLater: Production = (c, depth) => {
  const [name, held] = [c.local('x'), c.local('q')];
  const test = booleanOf(c, 1);
  const value = numberOf(c, depth - 1, 40);
  const otherwise = c.random.once(3) ? numberOf(c, depth - 1, 40) : undefined;
  c.optionals.push({ name: held, type: numberType });
  return statement(
    [test, value, ...(otherwise ? [otherwise] : [])],
    (w, [t, x, y]) =>
      `let ${w.declare(name, result)};\nif (${t}) ${name} = ${x};${y === undefined ? '' : `\nelse ${name} = ${y};`}\nconst ${w.declare(held, result)} = ${name};`,
  );
};

/** A struct or none, by a function, and one of its fields. */
export const callOptionalObject: Production = (c, depth) => {
  const place = findPlace(c, (type) => type.kind === 'struct', false);
  if (place?.type.kind !== 'struct') return undefined;
  const { type } = place;
  const paths = pathsTo(type, 'number');
  if (paths.length === 0) return undefined;
  const path = c.random.pick(paths);
  const [name, parameter, value] = [c.local('f'), c.local('p'), c.local('v')];
  const test = booleanOf(c, 1);
  const other = numberOf(c, depth - 1, 40);
  c.variables.push({ name: value, type: numberType, mutable: false, varies: false });
  return statement(
    [test, place.tree, other],
    (w, [t, of, x]) =>
      `const ${name} = (${w.declare(parameter, 'boolean')})${w.types(`: ${type.name} | undefined`)} => ${parameter} ? ${of} : undefined;\nconst ${w.declare(value, 'number')} = ${name}(${t})?${path} ?? ${x};`,
  );
};
