/** What a function's own body returns, that of functions inside it left out. */
import { ts } from '../typescript.js';

/** The expressions behind `return`, or the expression that an arrow function is. */
export function returnedExpressions(body: ts.ConciseBody | undefined): readonly ts.Expression[] {
  if (!body) return [];
  if (!ts.isBlock(body)) return [body];
  const found: ts.Expression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) || ts.isClassLike(node)) return;
    if (ts.isReturnStatement(node) && node.expression) found.push(node.expression);
    ts.forEachChild(node, visit);
  };
  visit(body);
  return found;
}
