/** Loops. */
import { leaf, tree } from '../tree.js';
import { booleanOf } from './booleans.js';
import type { Context } from './context.js';
import { numberOf } from './numbers.js';
import { findPlace } from './places.js';
import { statement, type Production } from './statement.js';
import { statements } from './statements.js';
import { numberType, type ScalarType } from './types.js';

function looped<T>(c: Context, label: string, run: () => T): T {
  return c.scoped(() => {
    c.loops += 1;
    c.nested += 1;
    c.breakable += 1;
    if (label) c.labels.push({ name: label, loop: true });
    return run();
  });
}

export const forLoop: Production = (c, depth) => {
  if (c.nested >= 2) return undefined;
  const { random } = c;
  const name = c.local('i');
  const label = random.once(4) ? c.local('l') : '';
  const prefix = label ? `${label}: ` : '';
  const most = 1 + random.below(5);
  const down = random.once(5);
  const bound = random.once(2) ? undefined : numberOf(c, 1);
  const body = looped(c, label, () => {
    c.variables.push({ name, type: { ...numberType, bits: 4 }, mutable: false, varies: false });
    return statements(c, depth - 1, 1 + random.below(3));
  });
  if (down)
    return statement([body], (_, [x]) => `${prefix}for (let ${name} = ${most}; ${name} > 0; ${name}--) {\n${x}\n}`);
  if (!bound)
    return statement(
      [body],
      (_, [x]) => `${prefix}for (let ${name} = 0; ${name} < ${most}; ${name} += ${1 + (most % 2)}) {\n${x}\n}`,
    );
  const mask = random.pick([3, 7]);
  const limit = tree('number', [bound], (_, [x]) => `(${x} & ${mask})`, 3);
  const end = c.local('n');
  return statement(
    [limit, body],
    (_, [n, x]) => `const ${end} = ${n};\n${prefix}for (let ${name} = 0; ${name} < ${end}; ${name}++) {\n${x}\n}`,
  );
};

export const whileLoop: Production = (c, depth) => {
  if (c.nested >= 2) return undefined;
  const { random } = c;
  const name = c.local('i');
  const label = random.once(4) ? c.local('l') : '';
  const prefix = label ? `${label}: ` : '';
  const most = 1 + random.below(5);
  const test = booleanOf(c, 1);
  const body = looped(c, label, () => {
    c.variables.push({ name, type: { ...numberType, bits: 4 }, mutable: false, varies: false });
    return statements(c, depth - 1, 1 + random.below(3));
  });
  // The counter comes first, so that `continue` cannot leave it out.
  const start = `let ${name} = 0;\n`;
  if (random.once(2))
    return statement(
      [test, body],
      (_, [t, x]) => `${start}${prefix}do {\n${name}++;\n${x}\n} while (${name} < ${most} && ${t});`,
    );
  return statement(
    [test, body],
    (_, [t, x]) => `${start}${prefix}while (${name} < ${most} && ${t}) {\n${name}++;\n${x}\n}`,
  );
};

export const forOf: Production = (c, depth) => {
  if (c.nested >= 2) return undefined;
  const array = c.random.once(3)
    ? undefined
    : findPlace(c, (type) => type.kind === 'array' && type.element.kind === 'scalar', false);
  const name = c.local('e');
  const element = array?.type.kind === 'array' ? array.type.element : { ...numberType, bits: 10 };
  const values = Array.from({ length: 1 + c.random.below(4) }, () => c.random.below(1000));
  const over = array?.tree ?? leaf('other', `[${values.join(', ')}]`);
  const body = looped(c, '', () => {
    c.variables.push({ name, type: element as ScalarType, mutable: false, varies: false });
    return statements(c, depth - 1, 1 + c.random.below(3));
  });
  return statement([over, body], (_, [of, x]) => `for (const ${name} of ${of}) {\n${x}\n}`);
};
