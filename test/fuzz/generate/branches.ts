/** Branches and jumps. */
import { tree } from '../tree.js';
import { booleanOf } from './booleans.js';
import { statement, type Production } from './statement.js';
import { block, statements } from './statements.js';
import { storedScalar, valueOf } from './values.js';

export const branch: Production = (c, depth) => {
  const test = booleanOf(c, depth);
  const then = block(c, depth - 1);
  if (c.random.once(2)) return statement([test, then], (_, [t, x]) => `if (${t}) {\n${x}\n}`);
  const otherwise = block(c, depth - 1);
  return statement([test, then, otherwise], (_, [t, x, y]) => `if (${t}) {\n${x}\n} else {\n${y}\n}`);
};

export const jump: Production = (c) => {
  const { random } = c;
  const test = booleanOf(c, 1);
  const labelled = c.labels.length > 0 && random.once(2) ? random.pick(c.labels) : undefined;
  if (labelled) {
    const word = labelled.loop && random.once(2) ? 'continue' : 'break';
    return statement([test], (_, [t]) => `if (${t}) ${word} ${labelled.name};`);
  }
  if (c.loops > 0 && random.once(2)) return statement([test], (_, [t]) => `if (${t}) continue;`);
  if (c.breakable > 0) return statement([test], (_, [t]) => `if (${t}) break;`);
  return undefined;
};

export const leave: Production = (c, depth) => {
  const { result } = c;
  if (result?.kind !== 'scalar') return undefined;
  const test = booleanOf(c, 1);
  if (c.random.once(6)) return statement([test], (_, [t]) => `if (${t}) throw new Error('x');`);
  const value = storedScalar(c, result, depth - 1);
  return statement([test, value], (_, [t, x]) => `if (${t}) return ${x};`);
};

export const labelledBlock: Production = (c, depth) => {
  const label = c.local('l');
  const body = c.scoped(() => {
    c.labels.push({ name: label, loop: false });
    return statements(c, depth - 1, 1 + c.random.below(3));
  });
  return statement([body], (_, [x]) => `${label}: {\n${x}\n}`);
};

export const choice: Production = (c, depth) => {
  const { random } = c;
  const big = random.once(4);
  const category = big ? (random.once(2) ? 'u64' : 'i64') : 'number';
  const on = valueOf(c, category, depth - 1);
  const masked = big
    ? tree(category as 'u64', [on], (w, [x]) => `(${w.compiled ? category : `$.${category}`}(${x}) & 7n)`)
    : tree('number', [on], (_, [x]) => `(${x} & 7)`, 3);
  const labels = [0, 1, 2, 3, 5, 7].filter(() => random.once(2));
  const other = random.once(3) ? -1 : random.below(labels.length + 1);
  const ends: boolean[] = [];
  const parts = c.scoped(() => {
    c.breakable += 1;
    return [...labels, 0].map(() => {
      ends.push(!random.once(3));
      return c.scoped(() => statements(c, depth - 1, 1 + random.below(2)));
    });
  });
  const suffix = big ? 'n' : '';
  return statement([masked, ...parts], (_, [of, ...texts]) => {
    const cases = labels.map(
      (label, index) => `case ${label}${suffix}: {\n${texts[index]}\n}${ends[index] ? '\nbreak;' : ''}`,
    );
    if (other >= 0)
      cases.splice(other, 0, `default: {\n${texts[labels.length]}\n}${ends[labels.length] ? '\nbreak;' : ''}`);
    return `switch (${of}) {\n${cases.join('\n')}\n}`;
  });
};
