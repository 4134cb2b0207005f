/** Methods of constant sets and maps whose argument is known at run time only. */
import type { ts } from '../../typescript.js';
import type { LoweringContext } from '../context.js';
import { nothing, type Value } from '../values.js';
import { callEach, findEqual, known } from './arrays.js';

/** A `Set` or `Map` of user space, whose elements were known at build. */
type Collection = ReadonlySet<unknown> | ReadonlyMap<unknown, unknown>;

type Method = (collection: Collection, node: ts.CallExpression, context: LoweringContext) => Value;

const METHODS: Readonly<Record<string, Method>> = {
  has: (collection, node, context) => findEqual([...collection.keys()], () => known(true), known(false), node, context),
  get: (collection, node, context) => {
    const values = [...collection.values()];
    return findEqual([...collection.keys()], (index) => known(values[index]), nothing, node, context);
  },
  forEach: (collection, node, context) => {
    const entries = [...collection.entries()];
    const parameters = (index: number) => {
      const [key, value] = entries[index]!;
      return [known(value), known(key), known(collection)];
    };
    return callEach(entries.length, parameters, node, context);
  },
};

/** The value of such a call; undefined where it is a call of anything else. */
export function callConstantCollection(
  receiver: Value,
  name: string,
  node: ts.CallExpression,
  context: LoweringContext,
): Value | undefined {
  if (receiver.kind !== 'static') return undefined;
  const { value } = receiver;
  const isMap = value instanceof Map;
  if (!isMap && !(value instanceof Set)) return undefined;
  const method = Object.hasOwn(METHODS, name) && (isMap || name !== 'get') ? METHODS[name] : undefined;
  return method?.(value as Collection, node, context);
}
