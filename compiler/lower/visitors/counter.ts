/** The variable that a `for` loop counts up with: which values it can have, as its head tells. */
import { ts } from '../../typescript.js';
import { assignedSymbols } from '../assigned.js';
import type { LoweringContext } from '../context.js';
import { SIGNED_64, type Range } from '../range.js';
import { skipParentheses } from '../parentheses.js';
import { integers } from '../../types/types.js';
import type { Place } from '../values.js';
import { fold } from './fold.js';

export interface Counter {
  /** Reads within what `limit` said last. */
  readonly place: Place;
  /** The greatest value in the body, where the head says it. */
  readonly last: bigint | undefined;
  /** How often the body runs at most; undefined where the head does not say it. */
  readonly rounds: number | undefined;
  /** Whether the first round runs whatever the condition's other parts say. */
  readonly entered: boolean;
  limit(part: 'head' | 'body'): void;
}

/**
 * `for (let i = 0; i < n; i++)`, with any constants in the place of 0 and 1, and more conditions behind `&&`. From then on
 * the name reads with its range.
 *
 * @returns undefined where the loop does not count so, or changes the variable elsewhere.
 */
export function counterOf(node: ts.ForStatement, context: LoweringContext): Counter | undefined {
  const name = countedName(node);
  const symbol = name && context.checker.getSymbolAtLocation(name);
  const variable = symbol && context.scope.find(symbol);
  if (!name || variable?.kind !== 'place' || variable.place.type !== integers.number) return undefined;
  const bound = boundOf(node.condition!, symbol!, context);
  const first = constantOf((name.parent as ts.VariableDeclaration).initializer!, context);
  if (!bound || first === undefined || first < 0n || !countsUp(node.incrementor!, symbol!, context)) return undefined;
  if (assignedSymbols(node.statement, context.checker).has(symbol!)) return undefined;
  const step = stepOf(node.incrementor!, context)!;
  const last = bound.last;
  if (last !== undefined && last < first) return undefined;
  const greatest = last ?? SIGNED_64.max;
  const ranges = {
    head: { min: first, max: last === undefined ? greatest : last + step },
    body: { min: first, max: greatest },
  };
  const limits = { range: ranges.head };
  const place = limited(variable.place, limits, last !== undefined);
  context.scope.declare(symbol!, { kind: 'place', place });
  return {
    place,
    last,
    rounds: last === undefined ? undefined : Number((last - first) / step) + 1,
    entered: last !== undefined && bound.alone,
    limit: (part) => void (limits.range = ranges[part]),
  };
}

function limited(place: Place, limits: { range: Range }, counted: boolean): Place {
  const { rebase } = place;
  return {
    ...place,
    load: () => {
      const value = place.load();
      return value.kind === 'scalar' ? { ...value, range: limits.range, counted } : value;
    },
    ...(rebase && { rebase: (addresses) => limited(rebase(addresses), limits, false) }),
  };
}

function countedName({ initializer, condition, incrementor }: ts.ForStatement): ts.Identifier | undefined {
  if (!condition || !incrementor || !initializer || !ts.isVariableDeclarationList(initializer)) return undefined;
  const leftmost = firstCondition(condition);
  if (!ts.isBinaryExpression(leftmost)) return undefined;
  const left = skipParentheses(leftmost.left);
  if (!ts.isIdentifier(left)) return undefined;
  const declaration = initializer.declarations.find(({ name }) => ts.isIdentifier(name) && name.text === left.text);
  return declaration?.initializer && !declaration.type ? (declaration.name as ts.Identifier) : undefined;
}

/** What is asked first of conditions that all have to hold. */
function firstCondition(condition: ts.Expression): ts.Node {
  const inner = skipParentheses(condition);
  return ts.isBinaryExpression(inner) && inner.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken
    ? firstCondition(inner.left)
    : inner;
}

function boundOf(
  condition: ts.Expression,
  symbol: ts.Symbol,
  context: LoweringContext,
): { last: bigint | undefined; alone: boolean } | undefined {
  const leftmost = firstCondition(condition);
  if (!ts.isBinaryExpression(leftmost)) return undefined;
  const { LessThanToken, LessThanEqualsToken } = ts.SyntaxKind;
  const { kind } = leftmost.operatorToken;
  if (kind !== LessThanToken && kind !== LessThanEqualsToken) return undefined;
  if (context.checker.getSymbolAtLocation(skipParentheses(leftmost.left)) !== symbol) return undefined;
  const bound = constantOf(leftmost.right, context);
  const last = bound === undefined ? undefined : kind === LessThanToken ? bound - 1n : bound;
  return { last, alone: skipParentheses(condition) === leftmost };
}

function countsUp(incrementor: ts.Expression, symbol: ts.Symbol, context: LoweringContext): boolean {
  const inner = skipParentheses(incrementor);
  const target =
    ts.isPostfixUnaryExpression(inner) || ts.isPrefixUnaryExpression(inner)
      ? inner.operand
      : ts.isBinaryExpression(inner)
        ? inner.left
        : undefined;
  return (
    target !== undefined &&
    context.checker.getSymbolAtLocation(skipParentheses(target)) === symbol &&
    stepOf(incrementor, context) !== undefined
  );
}

function stepOf(incrementor: ts.Expression, context: LoweringContext): bigint | undefined {
  const inner = skipParentheses(incrementor);
  if (ts.isPostfixUnaryExpression(inner) || ts.isPrefixUnaryExpression(inner))
    return inner.operator === ts.SyntaxKind.PlusPlusToken ? 1n : undefined;
  if (!ts.isBinaryExpression(inner) || inner.operatorToken.kind !== ts.SyntaxKind.PlusEqualsToken) return undefined;
  const step = constantOf(inner.right, context);
  return step !== undefined && step > 0n ? step : undefined;
}

/** A whole number that is known at build, as long as it stays far from where 64 bits end. */
function constantOf(node: ts.Expression, context: LoweringContext): bigint | undefined {
  const known = ts.isNumericLiteral(node) ? Number(node.text) : fold(node, context)?.value;
  return typeof known === 'number' && Number.isSafeInteger(known) ? BigInt(known) : undefined;
}
