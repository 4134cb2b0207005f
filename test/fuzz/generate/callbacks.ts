/** `bpf.loop`: a function that a helper calls so many times, with the variables around it. */
import { tree } from '../tree.js';
import { booleanOf } from './booleans.js';
import { numberOf } from './numbers.js';
import { sequence, statement, type Production } from './statement.js';
import { statements } from './statements.js';
import { numberType } from './types.js';

export const helperLoop: Production = (c, depth) => {
  if (c.nested >= 1) return undefined;
  const { random } = c;
  const name = c.local('i');
  const count = random.once(2) ? undefined : numberOf(c, 1);
  const most = random.below(6);
  const stops = random.once(2);
  const body = c.scoped(() => {
    Object.assign(c, { labels: [], breakable: 0, loops: 0, result: undefined });
    c.nested += 1;
    c.variables.push({ name, type: { ...numberType, bits: 4 }, mutable: false, varies: true });
    const list = statements(c, depth - 1, 1 + random.below(3)).children;
    if (!stops) return sequence(list);
    const test = booleanOf(c, 1);
    return sequence([...list, tree('other', [test], (_, [t]) => `return ${t};`)]);
  });
  const times = count
    ? tree('number', [count], (_, [x]) => `(${x} & 7)`, 3)
    : tree('number', [], () => String(most), 3);
  return statement([times, body], (w, [n, x]) => `${w.compiled ? '' : '$.'}bpf.loop(${n}, (${name}) => {\n${x}\n});`);
};
