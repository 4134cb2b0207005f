/** Methods of arrays: of a `FixedArray` in memory, and of constants with arguments that are known at run time only. */
import { ts } from '../../typescript.js';
import { constantNeeded, functionNotConstant, notCallable, tooManyIterations } from '../../diagnostics/index.js';
import { constant64, trueValue } from '../../ir/values.js';
import type { LoweringContext } from '../context.js';
import { loadFrom, storeTo } from '../memory.js';
import { noteStore } from '../overwritten.js';
import { Merge } from '../merge.js';
import { truth } from '../scalars.js';
import { nothing, type FunctionValue, type Value } from '../values.js';
import { callFunction } from '../visitors/call.js';
import { isEqual } from '../visitors/equal.js';
import { elementsOfConstant, whyNotKnown } from '../visitors/fold.js';
import { lowerExpression } from '../visitors/index.js';
import { isNothing, lowerArgument } from './arguments.js';

const MOST_ELEMENTS = 512;

interface Elements {
  readonly receiver: Value;
  readonly length: number;
  at(index: number): Value;
}

type Method = (elements: Elements, node: ts.CallExpression, context: LoweringContext) => Value;

const METHODS: Readonly<Record<string, Method>> = {
  includes: (elements, node, context) =>
    search(elements, equals(node, context), node, context, {
      from: position(node, 1, 0, elements, context),
      found: () => known(true),
      none: known(false),
    }),
  indexOf: (elements, node, context) =>
    search(elements, equals(node, context), node, context, {
      from: position(node, 1, 0, elements, context),
      found: known,
      none: known(-1),
    }),
  lastIndexOf: (elements, node, context) =>
    node.arguments.length > 1
      ? context.refuse(notCallable(node.arguments[1]!, 'lastIndexOf with a position'))
      : search(elements, equals(node, context), node, context, { backwards: true, found: known, none: known(-1) }),
  some: (elements, node, context) =>
    search(elements, test(node, context, elements), node, context, { found: () => known(true), none: known(false) }),
  every: (elements, node, context) =>
    search(elements, not(test(node, context, elements), context), node, context, {
      found: () => known(false),
      none: known(true),
    }),
  find: (elements, node, context) =>
    search(elements, test(node, context, elements), node, context, {
      found: (index) => elements.at(index),
      none: nothing,
    }),
  findIndex: (elements, node, context) =>
    search(elements, test(node, context, elements), node, context, { found: known, none: known(-1) }),
  findLast: (elements, node, context) =>
    search(elements, test(node, context, elements), node, context, {
      backwards: true,
      found: (index) => elements.at(index),
      none: nothing,
    }),
  findLastIndex: (elements, node, context) =>
    search(elements, test(node, context, elements), node, context, { backwards: true, found: known, none: known(-1) }),
  forEach: lowerForEach,
  reduce: lowerReduce,
  fill: lowerFill,
};

export const known = (value: unknown): Value => ({ kind: 'static', value });

export function callArrayMethod(
  receiver: Value,
  name: string,
  node: ts.CallExpression,
  context: LoweringContext,
): Value {
  const elements = elementsOf(receiver, node, context);
  const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
  const reason = elements && isObjectLike(receiver) && !method ? whyNotKnown(node, context) : undefined;
  if (reason) return context.refuse(constantNeeded(node, `What '${name}' gives`, reason));
  if (!elements || !method) return context.refuse(notCallable(node.expression, node.expression.getText()));
  if (elements.length > MOST_ELEMENTS) context.refuse(tooManyIterations(node, elements.length, MOST_ELEMENTS));
  return method(elements, node, context);
}

function isObjectLike(receiver: Value): boolean {
  return receiver.kind === 'static' || receiver.kind === 'literal';
}

function elementsOf(receiver: Value, node: ts.Node, context: LoweringContext): Elements | undefined {
  const isObject = receiver.kind === 'static' && typeof receiver.value === 'object';
  const values = isObject && elementsOfConstant(receiver.value, MOST_ELEMENTS, node, context);
  if (values) return { receiver, length: values.length, at: (index) => known(values[index]) };
  if (receiver.kind === 'list')
    return { receiver, length: receiver.elements.length, at: (index) => receiver.elements[index]! };
  if (receiver.kind === 'literal') {
    const values = [...receiver.members.values()];
    return { receiver, length: values.length, at: (index) => values[index]! };
  }
  if (receiver.kind !== 'reference' || receiver.type.kind !== 'array') return undefined;
  const { element, length } = receiver.type;
  return {
    receiver,
    length,
    at: (index) =>
      loadFrom(element, context.builder.offset(receiver.address, index * element.size), receiver.origin, context),
  };
}

type Test = (element: Value, index: number) => ReturnType<typeof truth>;

/** A position that is given as an argument: a constant, from the end where it is negative. */
function position(
  node: ts.CallExpression,
  argument: number,
  otherwise: number,
  { length }: Elements,
  context: LoweringContext,
): number {
  const expression = node.arguments[argument];
  if (!expression) return otherwise;
  const value = lowerExpression(expression, context);
  if (isNothing(value)) return otherwise;
  if (value.kind !== 'static' || typeof value.value !== 'number')
    return context.refuse(
      constantNeeded(expression, 'This position', whyNotKnown(expression, context) ?? 'it is known at run time only'),
    );
  const whole = Math.trunc(value.value) || 0;
  return whole < 0 ? Math.max(0, length + whole) : Math.min(length, whole);
}

/** The first element that passes decides. */
function search(
  elements: Elements,
  passes: Test,
  node: ts.Node,
  context: LoweringContext,
  results: { from?: number; backwards?: boolean; found(index: number): Value; none: Value },
): Value {
  const { builder } = context;
  const merge = new Merge(context);
  const indexes = Array.from({ length: elements.length }, (_, index) => index).slice(results.from ?? 0);
  for (const index of results.backwards ? indexes.reverse() : indexes) {
    const hit = builder.createBlock('hit');
    const next = builder.createBlock('next');
    builder.branch(passes(elements.at(index), index), hit, next);
    builder.start(hit);
    merge.arrive(results.found(index), node);
    builder.start(next);
  }
  merge.arrive(results.none, node);
  return merge.finish();
}

function equals(node: ts.CallExpression, context: LoweringContext): Test {
  const wanted = lowerArgument(node, 0, context);
  return (element) => {
    if (element.kind === 'static' && wanted.kind === 'static')
      return truth(known(element.value === wanted.value), node, context);
    return isEqual(element, wanted, node, context);
  };
}

/** The result for the first of some constants that equals the first argument. */
export function findEqual(
  constants: readonly unknown[],
  found: (index: number) => Value,
  none: Value,
  node: ts.CallExpression,
  context: LoweringContext,
): Value {
  const { length } = constants;
  if (length > MOST_ELEMENTS) context.refuse(tooManyIterations(node, length, MOST_ELEMENTS));
  const elements = { receiver: known(constants), length, at: (index: number) => known(constants[index]) };
  return search(elements, equals(node, context), node, context, { found, none });
}

/**
 * Calls the function that is the first argument so many times.
 *
 * @param parameters of a call are asked for when it is made: the one before may have changed them.
 */
export function callEach(
  times: number,
  parameters: (index: number) => readonly Value[],
  node: ts.CallExpression,
  context: LoweringContext,
): Value {
  if (times > MOST_ELEMENTS) context.refuse(tooManyIterations(node, times, MOST_ELEMENTS));
  const callee = callback(node, context);
  for (let index = 0; index < times; index++) callFunction(callee, parameters(index), node, context);
  return nothing;
}

function callback(node: ts.CallExpression, context: LoweringContext): FunctionValue {
  const value = lowerArgument(node, 0, context);
  return value.kind === 'function'
    ? value
    : context.refuse(functionNotConstant(node.arguments[0]!, node.expression.getText()));
}

function test(node: ts.CallExpression, context: LoweringContext, elements: Elements): Test {
  const callee = callback(node, context);
  return (element, index) =>
    truth(callFunction(callee, [element, known(index), elements.receiver], node, context), node, context);
}

function not(passes: Test, { builder }: LoweringContext): Test {
  return (element, index) => builder.binary('xor', passes(element, index), trueValue);
}

function lowerForEach({ receiver, length, at }: Elements, node: ts.CallExpression, context: LoweringContext): Value {
  return callEach(length, (index) => [at(index), known(index), receiver], node, context);
}

function lowerReduce(elements: Elements, node: ts.CallExpression, context: LoweringContext): Value {
  const callee = callback(node, context);
  let from = 0;
  let result: Value = node.arguments.length > 1 ? lowerArgument(node, 1, context) : elements.at(from++);
  for (let index = from; index < elements.length; index++)
    result = callFunction(callee, [result, elements.at(index), known(index), elements.receiver], node, context);
  return result;
}

function lowerFill(elements: Elements, node: ts.CallExpression, context: LoweringContext): Value {
  const value = lowerArgument(node, 0, context);
  const { receiver } = elements;
  if (receiver.kind !== 'reference' || receiver.type.kind !== 'array')
    return context.refuse(notCallable(node.expression, 'fill'));
  const { element } = receiver.type;
  const end = position(node, 2, elements.length, elements, context);
  for (let index = position(node, 1, 0, elements, context); index < end; index++) {
    const address = context.builder.offset(receiver.address, constant64(index * element.size));
    storeTo(element, address, value, node, context);
    noteStore({ address, type: element }, context);
  }
  return receiver;
}
