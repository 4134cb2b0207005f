/** What builtins need to know of their arguments. */
import type { ts } from '@ts-morph/bootstrap';
import { argumentMissing } from '../../diagnostics/index.js';
import type { LoweringContext } from '../context.js';
import type { Value } from '../values.js';
import { lowerExpression } from '../visitors/index.js';

export function isNothing(value: Value): boolean {
  return value.kind === 'nothing' || (value.kind === 'static' && value.value === undefined);
}

/** The argument at an index, which has to be there. */
export function lowerArgument(node: ts.CallExpression, index: number, context: LoweringContext): Value {
  const expression = node.arguments[index];
  if (!expression) return context.refuse(argumentMissing(node, node.expression.getText(), index + 1));
  return lowerExpression(expression, context);
}
