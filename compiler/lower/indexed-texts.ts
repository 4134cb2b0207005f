/** Which names of texts stand under an index that may not be known: what they name is decoded once, where it gets its name. */
import { ts } from '../typescript.js';

const known = new WeakMap<ts.Symbol, boolean>();

/**
 * Whether a text is gone through by an index: `text[i]`, `text.charCodeAt(i)`, `text.charAt(i)`, anywhere in the function that the
 * name belongs to.
 */
export function isIndexedByVariable(symbol: ts.Symbol, name: ts.Identifier, checker: ts.TypeChecker): boolean {
  let found = known.get(symbol);
  if (found === undefined) known.set(symbol, (found = isIndexedIn(scopeOf(name), name.text, symbol, checker)));
  return found;
}

function scopeOf(name: ts.Node): ts.Node {
  let scope: ts.Node = name;
  while (scope.parent && !ts.isFunctionLike(scope)) scope = scope.parent;
  return scope;
}

const BY_INDEX: ReadonlySet<string> = new Set(['charCodeAt', 'charAt']);

function isIndexedIn(node: ts.Node, text: string, symbol: ts.Symbol, checker: ts.TypeChecker): boolean {
  const index = indexOf(node, text);
  if (index && !ts.isNumericLiteral(index.index) && checker.getSymbolAtLocation(index.of) === symbol) return true;
  return ts.forEachChild(node, (child) => isIndexedIn(child, text, symbol, checker)) ?? false;
}

/** What of that name a node indexes, and by what. */
function indexOf(node: ts.Node, text: string): { of: ts.Identifier; index: ts.Expression } | undefined {
  const isNamed = (of: ts.Expression): of is ts.Identifier => ts.isIdentifier(of) && of.text === text;
  if (ts.isElementAccessExpression(node))
    return isNamed(node.expression) ? { of: node.expression, index: node.argumentExpression } : undefined;
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  const { expression: of, name } = node.expression;
  const [index] = node.arguments;
  return index && BY_INDEX.has(name.text) && isNamed(of) ? { of, index } : undefined;
}
