/** Loops that cannot end: their condition asks for variables alone, and nothing in the loop changes one of these. */
import { ts } from '../typescript.js';
import type { FunctionNode } from '../model.js';
import { assignedSymbols } from './assigned.js';
import type { LoweringContext } from './context.js';

/**
 * The variables of a loop's condition, where none of them changes while the loop runs.
 *
 * @returns undefined where one does, or where the condition asks for more than variables and constants.
 */
export function stuckNames(
  loop: ts.IterationStatement,
  condition: ts.Expression,
  context: LoweringContext,
): readonly string[] | undefined {
  const { checker, scope, frame } = context;
  const names = namesOf(condition);
  if (!names || names.length === 0) return undefined;
  const symbols = names.map((name) => checker.getSymbolAtLocation(name));
  const parts = [loop.statement, condition, ...(ts.isForStatement(loop) && loop.incrementor ? [loop.incrementor] : [])];
  const changing = [...parts, ...closuresOf(frame.function)].map((part) => assignedSymbols(part, checker));
  const isStuck = symbols.every(
    (symbol) => symbol && scope.find(symbol) && !changing.some((assigned) => assigned.has(symbol)),
  );
  return isStuck ? [...new Set(names.map(({ text }) => text))] : undefined;
}

/** The names in an expression of operators, names and literals; undefined for any other. */
function namesOf(node: ts.Expression): ts.Identifier[] | undefined {
  if (ts.isIdentifier(node)) return [node];
  if (ts.isNumericLiteral(node) || ts.isBigIntLiteral(node)) return [];
  if (ts.isParenthesizedExpression(node)) return namesOf(node.expression);
  if (ts.isPrefixUnaryExpression(node)) return namesOf(node.operand);
  if (!ts.isBinaryExpression(node)) return undefined;
  const [left, right] = [namesOf(node.left), namesOf(node.right)];
  return left && right && [...left, ...right];
}

/** Functions inside a function, which may run anywhere in it. */
function closuresOf(node: FunctionNode): readonly ts.Node[] {
  const found: ts.Node[] = [];
  const visit = (child: ts.Node): void => {
    if (ts.isFunctionLike(child)) found.push(child);
    else ts.forEachChild(child, visit);
  };
  if (node.body) ts.forEachChild(node.body, visit);
  return found;
}
