/** Loops of other shapes: without a condition, with two variables, counted down by `while`, over structs. */
import { tree } from '../tree.js';
import { booleanOf } from './booleans.js';
import type { Context } from './context.js';
import { numberOf } from './numbers.js';
import { findPlace } from './places.js';
import { statement, type Production } from './statement.js';
import { statements } from './statements.js';
import { numberType } from './types.js';

function bodyOf(c: Context, depth: number, names: readonly string[]) {
  return c.scoped(() => {
    c.loops += 1;
    c.nested += 1;
    c.breakable += 1;
    for (const name of names)
      c.variables.push({ name, type: { ...numberType, bits: 6 }, mutable: false, varies: false });
    return statements(c, depth - 1, 1 + c.random.below(3));
  });
}

export const oddLoop: Production = (c, depth) => {
  if (c.nested >= 2) return undefined;
  const { random } = c;
  const [i, j] = [c.local('i'), c.local('j')];
  const kind = random.below(6);
  const most = 1 + random.below(6);
  if (kind === 0) {
    const body = bodyOf(c, depth, [i]);
    return statement([body], (_, [x]) => `for (let ${i} = 0; ; ${i}++) {\nif (${i} >= ${most}) break;\n${x}\n}`);
  }
  if (kind === 1) {
    const body = bodyOf(c, depth, [i, j]);
    return statement([body], (_, [x]) => `for (let ${i} = 0, ${j} = ${most}; ${i} < ${j}; ${i}++, ${j}--) {\n${x}\n}`);
  }
  if (kind === 2) {
    const count = tree('number', [numberOf(c, 1)], (_, [x]) => `(${x} & 7)`, 3);
    const body = bodyOf(c, depth, [i]);
    return statement([count, body], (_, [n, x]) => `let ${i} = ${n};\nwhile (${i}-- > 0) {\n${x}\n}`);
  }
  if (kind === 3) {
    const body = bodyOf(c, depth, [i]);
    const step = 1 + random.below(3);
    return statement([body], (_, [x]) => `for (let ${i} = 0; ${i} !== ${step * most}; ${i} += ${step}) {\n${x}\n}`);
  }
  if (kind === 4) {
    const test = booleanOf(c, 1);
    const body = bodyOf(c, depth, [i]);
    return statement([test, body], (_, [t, x]) => `for (let ${i} = ${most}; ${t} && ${i} >= 1; ${i} -= 2) {\n${x}\n}`);
  }
  const start = tree('number', [numberOf(c, 1)], (_, [x]) => `(${x} & 3)`, 2);
  const body = bodyOf(c, depth, [i]);
  return statement([start, body], (_, [n, x]) => `for (let ${i} = ${n}; ${i} <= ${most}; ++${i}) {\n${x}\n}`);
};

/** Over structs in an array, whole or taken apart. */
export const forOfStructs: Production = (c, depth) => {
  if (c.nested >= 2) return undefined;
  const array = findPlace(c, (type) => type.kind === 'array' && type.element.kind === 'struct', false);
  if (array?.type.kind !== 'array' || array.type.element.kind !== 'struct') return undefined;
  const { element } = array.type;
  const name = c.local('e');
  const numbers = element.fields.filter(({ type }) => type.kind === 'scalar' && type.category === 'number');
  const [field] = numbers;
  const apart = field !== undefined && c.random.once(2);
  const body = c.scoped(() => {
    c.loops += 1;
    c.nested += 1;
    c.breakable += 1;
    const bits = field?.type.kind === 'scalar' ? field.type.bits : 32;
    c.variables.push({ name, type: apart ? { ...numberType, bits } : element, mutable: false, varies: false });
    return statements(c, depth - 1, 1 + c.random.below(3));
  });
  return statement([array.tree, body], (_, [of, x]) =>
    apart ? `for (const { ${field.name}: ${name} } of ${of}) {\n${x}\n}` : `for (const ${name} of ${of}) {\n${x}\n}`,
  );
};

/** A `switch` over a text, or over what an enum names. */
export const textChoice: Production = (c, depth) => {
  const text = findPlace(c, (type) => type.kind === 'text', false);
  if (text?.type.kind !== 'text') return undefined;
  const { length } = text.type;
  const words = ['', 'a', 'ab', 'abc', 'b'].filter((word) => word.length <= length && c.random.once(2));
  const part = () => c.scoped(() => statements(c, depth - 1, 1 + c.random.below(2)));
  c.breakable += 1;
  const bodies = [...words, ''].map(part);
  c.breakable -= 1;
  return statement([text.tree, ...bodies], (_, [of, ...parts]) => {
    const cases = words.map((word, index) => `case '${word}': {\n${parts[index]}\n}\nbreak;`);
    return `switch (${of}) {\n${cases.join('\n')}\ndefault: {\n${parts.at(-1)}\n}\n}`;
  });
};
