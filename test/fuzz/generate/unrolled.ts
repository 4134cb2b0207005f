/** Loops over constants, which unroll. */
import { statement, type Production } from './statement.js';
import { statements } from './statements.js';
import { numberType } from './types.js';

/** Over constant objects, taken apart, over pairs, and over functions. */
export const unrolled: Production = (c, depth) => {
  if (c.nested >= 2) return undefined;
  const [a, b] = [c.local('e'), c.local('e')];
  const kind = c.random.below(4);
  if (kind === 3) {
    const sums = c.variables.filter(({ type, mutable }) => mutable && type.name === 'number');
    if (sums.length === 0) return undefined;
    const { name } = c.random.pick(sums);
    return statement([], () => `for (const f of [OPERATIONS.half, OPERATIONS.squared]) ${name} = f(${name} | 0);`);
  }
  const body = c.scoped(() => {
    c.nested += 1;
    c.loops += 1;
    c.breakable += 1;
    for (const name of [a, b])
      c.variables.push({ name, type: { ...numberType, bits: 17 }, mutable: false, varies: false });
    return statements(c, depth - 1, 1 + c.random.below(2));
  });
  if (kind === 0) return statement([body], (_, [x]) => `for (const { x: ${a}, y: ${b} } of POINTS) {\n${x}\n}`);
  if (kind === 1)
    return statement([body], (_, [x]) => `for (const [${a} = 0, ${b} = 0] of [[1, 20], [300, 4]]) {\n${x}\n}`);
  return statement(
    [body],
    (_, [x]) => `for (const { x: ${a} } of POINTS) {\nconst ${b} = SETTINGS.inner.on ? 5 : 6;\n${x}\n}`,
  );
};
