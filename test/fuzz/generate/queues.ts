/** Queues and stacks: they hold few values, so that programs find them full and empty. */
import { tree, type Tree } from '../tree.js';
import type { Context } from './context.js';
import { anyNumber } from './numbers.js';
import { statement, type Production } from './statement.js';
import { literalOf, storedScalar } from './values.js';

export const queueLength = 3;

/** `queue.push(value)`; where it is full, nothing comes of it. */
export const useQueue: Production = (c, depth) => {
  if (c.queues.length === 0) return undefined;
  const { name, value } = c.random.pick(c.queues);
  if (c.random.once(3)) return statement([], () => `${name}.pop();`);
  const pushed = value.kind === 'scalar' ? storedScalar(c, value, depth - 1) : literalOf(c, value, depth - 1);
  return statement([pushed], (_, [x]) => `${name}.push(${x});`);
};

/** `queue.pop() ?? x`, `queue.peek()?.field ?? x`. */
export function queueNumber(c: Context, depth: number): Tree | undefined {
  const usable = c.queues.filter(({ value }) =>
    value.kind === 'struct' ? value.fields.some(({ type }) => isNumber(type)) : isNumber(value),
  );
  if (usable.length === 0) return undefined;
  const { name, value } = c.random.pick(usable);
  const method = c.random.pick(['pop', 'peek']);
  const otherwise = anyNumber(c, depth - 1);
  const fields = value.kind === 'struct' ? value.fields.filter(({ type }) => isNumber(type)) : [];
  const part = fields.length > 0 ? `?.${c.random.pick(fields).name}` : '';
  return tree('number', [otherwise], (_, [x]) => `(${name}.${method}()${part} ?? ${x})`, Math.max(32, otherwise.bits));
}

const isNumber = (type: { kind: string; category?: string }) => type.kind === 'scalar' && type.category === 'number';
