/** The door to partial evaluation: an expression whose value is known at build leaves no instruction behind. */
import { ts } from '../../typescript.js';
import { unwrap } from '../../discover/symbols.js';
import type { Bindings } from '../../evaluate/index.js';
import type { LoweringContext } from '../context.js';
import { Refused } from '../refused.js';
import type { Static } from '../values.js';
import { withTypes, type ValueOf } from './typed-constants.js';

const NEVER = new Set<ts.SyntaxKind>([
  ts.SyntaxKind.ArrowFunction,
  ts.SyntaxKind.FunctionExpression,
  ts.SyntaxKind.Identifier,
  ts.SyntaxKind.ParenthesizedExpression,
  ts.SyntaxKind.AsExpression,
  ts.SyntaxKind.SatisfiesExpression,
  ts.SyntaxKind.NonNullExpression,
  ts.SyntaxKind.PostfixUnaryExpression,
]);

/** Names decide for themselves, and wrappers ask what they wrap. */
export function mayFold(node: ts.Expression): boolean {
  if (ts.isArrayLiteralExpression(node)) return !node.elements.some(holdsFunction);
  if (ts.isObjectLiteralExpression(node))
    return !node.properties.some(
      (property) => ts.isPropertyAssignment(property) && holdsFunction(property.initializer),
    );
  return !NEVER.has(node.kind);
}

/** A function in a literal is lowered where it is called, so that it has to stay what was written. */
function holdsFunction(node: ts.Expression): boolean {
  const inner = unwrap(node) as ts.Expression;
  return (
    ts.isFunctionLike(inner) ||
    ((ts.isArrayLiteralExpression(inner) || ts.isObjectLiteralExpression(inner)) && !mayFold(inner))
  );
}

/** The value of an expression that is static here, with what lowering knows of the names in it. */
export function fold(node: ts.Expression, context: LoweringContext): Static | undefined {
  const { scope } = context;
  const bindings = (symbol: ts.Symbol) => {
    const variable = scope.find(symbol);
    return variable?.kind === 'value' && variable.value.kind === 'static' ? variable.value : undefined;
  };
  const result = context.module.evaluator.evaluate(node, bindings);
  // What a function does is known by its source alone.
  if (result.kind === 'static' && givesFunctions(result.value)) return undefined;
  if (result.kind === 'static') {
    const known = withTypes(node, result.value, valueBy(bindings, context), context);
    if (known) context.recording?.decide(node, { kind: 'value', value: known.value, symbol: undefined });
    return known;
  }
  if (result.kind === 'failed') {
    context.report(result.diagnostic);
    throw new Refused();
  }
  return undefined;
}

function valueBy(bindings: Bindings, { module: { evaluator } }: LoweringContext): ValueOf {
  return (part) => {
    const result = evaluator.evaluate(part, bindings);
    return result.kind === 'static' ? result : undefined;
  };
}

/** Why an expression is not known at build, with the name that it hangs on; undefined where it is known. */
export function whyNotKnown(node: ts.Expression, context: LoweringContext): string | undefined {
  const result = context.module.evaluator.evaluate(node);
  return result.kind === 'load' || result.kind === 'notStatic' ? result.reason : undefined;
}

/** Whether a value is a function, or a plain object or array that holds one. */
function givesFunctions(value: unknown, depth = 0): boolean {
  if (typeof value === 'function') return true;
  if (typeof value !== 'object' || value === null || depth > 4) return false;
  const isPlain = Array.isArray(value) || Object.prototype.toString.call(value) === '[object Object]';
  return isPlain && Object.values(value).some((member) => givesFunctions(member, depth + 1));
}

/**
 * The elements of a constant that is iterated over. Its iterator may be code of the user, so it runs as a slice does.
 *
 * @returns undefined where it is nothing to iterate over; of an endless one, `most` elements and one.
 */
export function elementsOfConstant(
  value: unknown,
  most: number,
  node: ts.Node,
  context: LoweringContext,
): readonly unknown[] | undefined {
  const isPlain = typeof value === 'string' || Array.isArray(value) || ArrayBuffer.isView(value);
  if (isPlain) return [...(value as Iterable<unknown>)];
  if (typeof value !== 'object' || value === null || !(Symbol.iterator in value)) return undefined;
  const result = context.module.evaluator.call(() => take(value as Iterable<unknown>, most + 1), [], node);
  if (result.kind === 'static') return result.value as unknown[];
  if (result.kind === 'failed') context.report(result.diagnostic);
  throw new Refused();
}

function take(values: Iterable<unknown>, most: number): unknown[] {
  const taken: unknown[] = [];
  for (const value of values) if (taken.push(value) >= most) break;
  return taken;
}
