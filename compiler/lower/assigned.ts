/** Which names a function changes after their declaration, nested functions included. */
import { ts } from '../typescript.js';
import { unwrap } from '../discover/symbols.js';

export function assignedSymbols(within: ts.Node, checker: ts.TypeChecker): ReadonlySet<ts.Symbol> {
  const symbols = new Set<ts.Symbol>();
  const note = (target: ts.Node): void => {
    const inner = unwrap(target);
    if (ts.isIdentifier(inner)) {
      const shorthand = ts.isShorthandPropertyAssignment(inner.parent) && inner.parent.name === inner;
      const symbol = shorthand
        ? checker.getShorthandAssignmentValueSymbol(inner.parent)
        : checker.getSymbolAtLocation(inner);
      if (symbol) symbols.add(symbol);
    } else if (ts.isSpreadElement(inner) || ts.isSpreadAssignment(inner)) note(inner.expression);
    else if (ts.isArrayLiteralExpression(inner)) inner.elements.forEach(note);
    else if (ts.isObjectLiteralExpression(inner)) {
      inner.properties.forEach((property) =>
        note(
          ts.isPropertyAssignment(property)
            ? property.initializer
            : ts.isSpreadAssignment(property)
              ? property
              : (property.name ?? property),
        ),
      );
    }
  };
  const visit = (node: ts.Node): void => {
    if (
      ts.isBinaryExpression(node) &&
      node.operatorToken.kind >= ts.SyntaxKind.FirstAssignment &&
      node.operatorToken.kind <= ts.SyntaxKind.LastAssignment
    )
      note(node.left);
    if (
      (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) &&
      (node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken)
    )
      note(node.operand);
    if (ts.isForOfStatement(node) && !ts.isVariableDeclarationList(node.initializer)) note(node.initializer);
    if (
      ts.isVariableDeclaration(node) &&
      !node.initializer &&
      !ts.isForOfStatement(node.parent.parent) &&
      ts.isIdentifier(node.name)
    ) {
      const symbol = checker.getSymbolAtLocation(node.name);
      if (symbol) symbols.add(symbol);
    }
    ts.forEachChild(node, visit);
  };
  visit(within);
  return symbols;
}
