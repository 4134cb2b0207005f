/** The door to partial evaluation: an expression whose value is known at build leaves no instruction behind. */
import { ts } from '../../typescript.js';
import type { LoweringContext } from '../context.js';
import { Refused } from '../refused.js';
import type { Static } from '../values.js';

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
  return !NEVER.has(node.kind);
}

/** The value of an expression that is static here, with what lowering knows of the names in it. */
export function fold(node: ts.Expression, context: LoweringContext): Static | undefined {
  const { scope } = context;
  const result = context.module.evaluator.evaluate(node, (symbol) => {
    const variable = scope.find(symbol);
    return variable?.kind === 'value' && variable.value.kind === 'static' ? variable.value : undefined;
  });
  if (result.kind === 'static') {
    context.recording?.decide(node, { kind: 'value', value: result.value, symbol: undefined });
    return { kind: 'static', value: result.value };
  }
  if (result.kind === 'failed') {
    context.report(result.diagnostic);
    throw new Refused();
  }
  return undefined;
}
