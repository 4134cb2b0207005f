/** Assignments, plain and with an operator. */
import { leaf, type Tree } from '../tree.js';
import { bigOf } from './bigints.js';
import { booleanOf } from './booleans.js';
import type { Context } from './context.js';
import { numberOf } from './numbers.js';
import { findPlace, type Place } from './places.js';
import { statement, type Production } from './statement.js';
import { fixedType } from './types.js';
import { initialOf, storedScalar } from './values.js';

export const assignScalar: Production = (c, depth) => {
  const place = findPlace(c, (type) => type.kind === 'scalar' && type !== fixedType, true);
  if (!place || place.type.kind !== 'scalar') return undefined;
  const { type } = place;
  if (type.category === 'boolean') return assignment(place, '=', booleanOf(c, depth));
  const big = type.category === 'u64' || type.category === 'i64';
  if (c.random.once(4)) return increment(c, place);
  if (c.random.once(2)) {
    const value = storedScalar(c, type, depth);
    return statement([place.tree, value], (_, [to, x]) => `${to} = ${x};`);
  }
  if (big) {
    const operator = c.random.pick(['+', '-', '*', '&', '|', '^', '<<', '>>', '/', '%']);
    const shifting = operator === '<<' || operator === '>>';
    const dividing = operator === '/' || operator === '%';
    const operand =
      shifting || dividing
        ? leaf(type.category, `${1 + c.random.below(63)}n`)
        : bigOf(c, type.category as 'u64' | 'i64', depth);
    return assignment(place, operator, operand);
  }
  const operator = c.random.pick(['+', '-', '*', '&', '|', '^', '<<', '>>', '>>>', '%']);
  if (operator === '%') return assignment(place, operator, leaf('number', String(1 + c.random.below(100)), 7));
  if (operator === '>>>' && type.name === 'number')
    return assignment(place, operator, leaf('number', String(c.random.below(40)), 6));
  const most = operator === '*' ? 12 : operator === '+' || operator === '-' ? 36 : undefined;
  return assignment(place, operator, numberOf(c, depth, most));
};

function assignment({ tree: to, type }: Place, operator: string, value: Tree): Tree {
  const name = type.name;
  const wide = type.kind === 'scalar' && (type.category === 'u64' || type.category === 'i64');
  return statement([to, value], (w, [left = '', x = '']) => {
    if (operator === '=') return `${left} = ${w.store(name, x)};`;
    if (w.compiled) return `${left} ${operator}= ${x};`;
    const result = wide ? `${left} ${operator} ${x}` : w.number(`(${left} ${operator} ${x})`);
    return `${left} = ${w.store(wide && type.kind === 'scalar' ? type.category : name, result)};`;
  });
}

function increment(c: Context, { tree: to, type }: Place): Tree {
  const operator = c.random.pick(['++', '--']);
  const prefix = c.random.once(2);
  const one = type.kind === 'scalar' && (type.category === 'u64' || type.category === 'i64') ? '1n' : '1';
  const name = type.kind === 'scalar' && one === '1n' ? type.category : type.name;
  return statement([to], (w, [x = '']) => {
    if (w.compiled) return prefix ? `${operator}${x};` : `${x}${operator};`;
    const result = `(${x} ${operator.charAt(0)} ${one})`;
    return `${x} = ${w.store(name, one === '1' ? w.number(result) : result)};`;
  });
}

export const assignObject: Production = (c, depth) => {
  if (c.random.once(4)) {
    const text = findPlace(c, (type) => type.kind === 'text', true);
    if (text?.type.kind !== 'text') return undefined;
    const value = initialOf(c, text.type, depth);
    return statement([text.tree, value], (_, [to, x]) => `${to} = ${x};`);
  }
  const place = findPlace(c, (type) => type.kind === 'struct', true);
  if (!place || place.type.kind !== 'struct' || place.tree.children.length === 0) return undefined;
  const value = initialOf(c, place.type, depth);
  return statement([place.tree, value], (w, [to, x = '']) =>
    w.compiled ? `${to} = ${x};` : `$.overwrite(${to}, ${x});`,
  );
};

/** `place &&= value` and `place ||= value`. */
export const assignWhere: Production = (c, depth) => {
  const place = findPlace(c, (type) => type.kind === 'scalar' && type !== fixedType, true);
  if (place?.type.kind !== 'scalar') return undefined;
  const operator = c.random.pick(['&&=', '||=']);
  const value = storedScalar(c, place.type, depth);
  return statement([place.tree, value], (_, [to, x]) => `${to} ${operator} ${x};`);
};
