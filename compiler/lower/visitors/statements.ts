/** Statements that are one expression, or less. */
import type { ts } from '@ts-morph/bootstrap';
import type { LoweringContext } from '../context.js';
import { nothing } from '../values.js';
import { lowerExpression } from './index.js';

export function lowerExpressionStatement(node: ts.ExpressionStatement, context: LoweringContext): void {
  lowerExpression(node.expression, context);
}

export function lowerReturn(node: ts.ReturnStatement, context: LoweringContext): void {
  const value = node.expression ? lowerExpression(node.expression, context) : nothing;
  context.at(node);
  context.frame.return(value, node.expression ?? node);
}

/** `throw` ends the program with its default result. */
export function lowerThrow(_node: ts.ThrowStatement, context: LoweringContext): void {
  context.builder.jump(context.exitBlock());
}
