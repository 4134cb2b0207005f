import { ts } from '../typescript.js';

/** What stands inside any number of parentheses. */
export function skipParentheses(node: ts.Expression): ts.Expression {
  return ts.isParenthesizedExpression(node) ? skipParentheses(node.expression) : node;
}
