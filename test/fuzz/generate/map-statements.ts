/** What changes maps, and what is done with their entries. */
import { bigOf } from './bigints.js';
import { keyOf } from './maps.js';
import { numberOf } from './numbers.js';
import { statement, type Production } from './statement.js';
import { statements } from './statements.js';
import type { Type } from './types.js';
import { initialOf, literalOf } from './values.js';

export const useMap: Production = (c, depth) => {
  if (c.maps.length === 0) return undefined;
  const { random } = c;
  const map = random.pick(c.maps);
  const key = keyOf(c, map, depth - 1);
  const { value: type, name } = map;
  const kind = random.below(4);
  if (kind === 0 || (kind === 1 && map.array)) {
    const value = initialOf(c, type, depth - 1);
    return statement([key, value], (w, [k, x = '']) => `${name}.set(${k}, ${type.kind === 'scalar' ? x : w.copy(x)});`);
  }
  if (kind === 1) return statement([key], (_, [k]) => `${name}.delete(${k});`);
  if (type.kind === 'scalar' && type.category === 'boolean') return undefined;
  if (type.kind === 'scalar') {
    const big = type.category !== 'number';
    const operator = random.pick(['+', '-', '|', '&', '^']);
    const value = big ? bigOf(c, type.category as 'u64', depth - 1) : numberOf(c, depth - 1, 40);
    if (random.once(3))
      return statement([key, value], (w, [k, x]) =>
        w.compiled ? `${name}.increment(${k}, ${x});` : `$.increment(${name}, ${k}, ${x});`,
      );
    if (map.key !== 'u32') return undefined;
    return statement([key, value], (w, [k, x]) =>
      w.compiled ? `${name}[${k}] ${operator}= ${x};` : `$.count(${name}, ${k}, ${x}, (a, b) => a ${operator} b);`,
    );
  }
  if (type.kind !== 'struct') return undefined;
  const held = c.local('m');
  const inner = c.scoped(() => {
    c.variables.push({ name: held, type, mutable: false, varies: true });
    return statements(c, depth - 1, 1 + random.below(2));
  });
  if (random.once(3)) {
    const initial = literalOf(c, type, depth - 1);
    return statement(
      [key, initial, inner],
      (_, [k, x, body]) => `{\nconst ${held} = ${name}.getOrInsert(${k}, ${x});\n${body}\n}`,
    );
  }
  return statement(
    [key, inner],
    (_, [k, body]) => `{\nconst ${held} = ${name}.get(${k});\nif (${held} !== undefined) {\n${body}\n}\n}`,
  );
};

/** What is done with each entry must not depend on their order, which the kernel chooses. */
export const mapForEach: Production = (c) => {
  if (c.maps.length === 0) return undefined;
  const { name, value, key } = c.random.pick(c.maps);
  const sums = c.variables.filter(({ type, mutable }) => mutable && type.kind === 'scalar' && type.name === 'number');
  if (sums.length === 0) return undefined;
  const sum = c.random.pick(sums).name;
  const [v, k] = [c.local('e'), c.local('k')];
  const number = (text: string, type: Type) =>
    type.kind !== 'scalar'
      ? '1'
      : type.category === 'boolean'
        ? `Number(${text})`
        : `Number(BigInt(${text}) & 0xffffn)`;
  const part =
    value.kind === 'struct'
      ? number(`${v}.${value.fields[0]?.name}`, value.fields[0]?.type ?? value)
      : number(v, value);
  const ofKey = typeof key === 'string' ? `Number(${k})` : `${k}.a`;
  const operator = c.random.pick(['+', '^']);
  const both = c.random.once(2);
  return statement(
    [],
    () =>
      `${name}.forEach((${both ? `${v}, ${k}` : v}) => { ${sum} = (${sum} ${operator} ${part}${both ? ` * (${ofKey} + 1)` : ''}) | 0; });`,
  );
};
