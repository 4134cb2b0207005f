/**
 * A constant that names a part of a bigger object refers to it: `const first = list[0]`. In JavaScript it would keep the
 * old object when another is assigned to `list[0]`; in the kernel there is one memory, and a use after that is an error.
 */
import { ts } from '../typescript.js';
import { unwrap } from '../discover/symbols.js';
import { partOverwritten, type Diagnostic } from '../diagnostics/index.js';
import type { FunctionNode } from '../model.js';

/** Where something lies: `list[i].name` as its root and the text of each step. */
interface Path {
  readonly root: ts.Symbol;
  readonly steps: readonly string[];
}

interface Part extends Path {
  readonly declaration: ts.VariableDeclaration;
  readonly symbol: ts.Symbol;
  readonly uses: ts.Identifier[];
}

interface Overwrite extends Path {
  readonly node: ts.BinaryExpression;
}

export function checkOverwritten(within: FunctionNode, checker: ts.TypeChecker): Diagnostic[] {
  const parts = new Map<ts.Symbol, Part>();
  const overwrites: Overwrite[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node)) notePart(node, parts, checker);
    if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken)
      for (const path of targets(node.left, checker)) overwrites.push({ ...path, node });
    if (ts.isIdentifier(node)) {
      const part = parts.get(checker.getSymbolAtLocation(node)!);
      if (part && part.declaration.name !== node) part.uses.push(node);
    }
    ts.forEachChild(node, visit);
  };
  visit(within);
  return [...parts.values()].flatMap((part) => firstWrongUse(part, overwrites));
}

function notePart(node: ts.VariableDeclaration, parts: Map<ts.Symbol, Part>, checker: ts.TypeChecker): void {
  const symbol = ts.isIdentifier(node.name) ? checker.getSymbolAtLocation(node.name) : undefined;
  const path = symbol && node.initializer && pathOf(node.initializer, checker);
  if (!symbol || !path || path.steps.length === 0) return;
  if (!(node.parent.flags & ts.NodeFlags.Const) || isScalar(checker.getTypeAtLocation(node.name), checker)) return;
  parts.set(symbol, { ...path, declaration: node, symbol, uses: [] });
}

function isScalar(type: ts.Type, checker: ts.TypeChecker): boolean {
  const present = checker.getNonNullableType(type);
  const scalar = ts.TypeFlags.NumberLike | ts.TypeFlags.BigIntLike | ts.TypeFlags.BooleanLike | ts.TypeFlags.EnumLike;
  if (present.flags & scalar) return true;
  return present.isUnionOrIntersection() && present.types.some(({ flags }) => flags & scalar);
}

function pathOf(node: ts.Expression, checker: ts.TypeChecker): Path | undefined {
  const inner = unwrap(node) as ts.Expression;
  if (ts.isIdentifier(inner)) {
    const root = checker.getSymbolAtLocation(inner);
    return root && { root, steps: [] };
  }
  if (!ts.isPropertyAccessExpression(inner) && !ts.isElementAccessExpression(inner)) return undefined;
  const base = pathOf(inner.expression, checker);
  if (!base) return undefined;
  const step = ts.isPropertyAccessExpression(inner) ? inner.name.text : stepOf(inner.argumentExpression);
  return { root: base.root, steps: [...base.steps, step] };
}

function stepOf(index: ts.Expression): string {
  return ts.isStringLiteralLike(index) || ts.isNumericLiteral(index) ? index.text : `[${index.getText()}]`;
}

/** Everything that an assignment writes, through patterns too. */
function targets(node: ts.Expression, checker: ts.TypeChecker): Path[] {
  const inner = unwrap(node) as ts.Expression;
  if (ts.isArrayLiteralExpression(inner)) return inner.elements.flatMap((element) => targets(element, checker));
  if (ts.isObjectLiteralExpression(inner))
    return inner.properties.flatMap((property) =>
      ts.isPropertyAssignment(property) ? targets(property.initializer, checker) : [],
    );
  if (ts.isBinaryExpression(inner)) return targets(inner.left, checker);
  const path = pathOf(inner, checker);
  return path && path.steps.length > 0 ? [path] : [];
}

function firstWrongUse(part: Part, overwrites: readonly Overwrite[]): Diagnostic[] {
  for (const use of part.uses) {
    const overwrite = overwrites.find((candidate) => covers(candidate, part) && reaches(candidate.node, use, part));
    if (overwrite) return [partOverwritten(use, use.text, part.declaration.initializer!.getText())];
  }
  return [];
}

function covers(overwrite: Path, part: Path): boolean {
  if (overwrite.root !== part.root || overwrite.steps.length > part.steps.length) return false;
  return overwrite.steps.every((step, index) => step === part.steps[index]);
}

/** Whether the use may run after the assignment, with the constant made before both. */
function reaches(overwrite: ts.Node, use: ts.Node, { declaration }: Part): boolean {
  if (overwrite.pos < declaration.end && !repeats(overwrite, use, declaration)) return false;
  if (use.pos < overwrite.end) return repeats(overwrite, use, declaration);
  for (let node = overwrite; !contains(node.parent, use); node = node.parent) {
    const { parent } = node;
    if (ts.isBlock(parent) && parent.statements.some(isJump)) return false;
    if (ts.isIfStatement(parent.parent ?? parent) && isJump(node as ts.Statement)) return false;
  }
  const shared = ancestors(use).find((node) => contains(node, overwrite))!;
  const branches = ts.isIfStatement(shared) || ts.isConditionalExpression(shared) || ts.isCaseBlock(shared);
  // The condition comes before both branches; in a switch, clauses fall through only where nothing jumps, seen above.
  return (
    !branches ||
    ts.isCaseBlock(shared) ||
    partOf(shared, overwrite) === partOf(shared, use) ||
    isCondition(shared, overwrite)
  );
}

/** Whether both stand in a loop that the declaration is outside of. */
function repeats(overwrite: ts.Node, use: ts.Node, declaration: ts.Node): boolean {
  return ancestors(use).some(
    (node) => ts.isIterationStatement(node, false) && contains(node, overwrite) && !contains(node, declaration),
  );
}

function ancestors(node: ts.Node): ts.Node[] {
  const found: ts.Node[] = [];
  for (let current = node.parent; current && !ts.isSourceFile(current); current = current.parent) found.push(current);
  return found;
}

function contains(outer: ts.Node, inner: ts.Node): boolean {
  return outer.pos <= inner.pos && inner.end <= outer.end;
}

function partOf(parent: ts.Node, inner: ts.Node): ts.Node | undefined {
  return ts.forEachChild(parent, (child) => (contains(child, inner) ? child : undefined));
}

function isCondition(parent: ts.Node, inner: ts.Node): boolean {
  return ts.isIfStatement(parent)
    ? contains(parent.expression, inner)
    : ts.isConditionalExpression(parent) && contains(parent.condition, inner);
}

function isJump(node: ts.Node): boolean {
  return ts.isReturnStatement(node) || ts.isThrowStatement(node) || ts.isBreakOrContinueStatement(node);
}
