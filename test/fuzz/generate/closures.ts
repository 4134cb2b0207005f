/** Functions inside the function, and calls for their effects. */
import { tree } from '../tree.js';
import { call } from './calls.js';
import { sequence, statement, type Production } from './statement.js';
import { statements } from './statements.js';
import { booleanType, numberType, u64Type, variableTypes } from './types.js';
import { storedScalar } from './values.js';

export const closure: Production = (c, depth) => {
  const { random } = c;
  const name = c.local('f');
  const type = random.pick([numberType, u64Type, booleanType, ...variableTypes]);
  const parameters = Array.from({ length: random.below(3) }, () => ({
    name: c.local('p'),
    type: random.pick(variableTypes),
  }));
  const body = c.scoped(() => {
    c.labels = [];
    c.breakable = 0;
    c.loops = 0;
    c.nested += 1;
    c.result = type;
    for (const { name: parameter, type: of } of parameters)
      c.variables.push({
        name: parameter,
        type: of,
        mutable: random.once(2),
        varies: of.category === 'u64' || of.category === 'i64',
      });
    const list = statements(c, depth - 2, random.below(3)).children;
    const value = storedScalar(c, type, depth - 1);
    return sequence([...list, tree('other', [value], (_, [x]) => `return ${x};`)]);
  });
  c.callables.push({
    name,
    parameters: parameters.map(({ type: of }) => ({ type: of, optional: false })),
    rest: false,
    result: type,
  });
  const convert = (w: { compiled: boolean; store(type: string, text: string): string }) =>
    w.compiled ? '' : parameters.map(({ name: of, type: to }) => `${of} = ${w.store(to.name, of)};\n`).join('');
  // What was found to be no undefined stays so in arrow functions only.
  const arrow = random.once(2) || c.variables.some(({ name: of }) => of.startsWith('m_'));
  return statement([body], (w, [x]) => {
    const list = parameters.map(({ name: of, type: to }) => w.declare(of, to.name)).join(', ');
    const result = w.types(`: ${type.name}`);
    return arrow
      ? `const ${name} = (${list})${result} => {\n${convert(w)}${x}\n};`
      : `function ${name}(${list})${result} {\n${convert(w)}${x}\n}`;
  });
};

export const callStatement: Production = (c, depth) => {
  if (c.callables.length === 0) return undefined;
  const made = call(c, c.random.pick(c.callables), depth);
  return statement([made], (_, [x]) => `${x};`);
};
