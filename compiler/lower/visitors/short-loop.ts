/** Short loops that may be left early: which of them LLVM may write out. */
import { ts } from '../../typescript.js';

/** More of the source than this is not written out a few times. */
const MOST_NODES = 80;
const MOST_ROUNDS = 8;

/**
 * Whether a loop that may be left early is better written out, as LLVM would do by itself if its bound were not kept from it: the
 * verifier then keeps apart what it knows in each round.
 *
 * @param rounds how often the body runs at most; undefined where the head does not say it.
 */
export function isShort(node: ts.IterationStatement, rounds: number | undefined): boolean {
  if (rounds === undefined || rounds > MOST_ROUNDS) return false;
  let nodes = 0;
  const isSmall = (inner: ts.Node): boolean => {
    nodes += 1;
    const isLoop = ts.isIterationStatement(inner, false);
    return !isLoop && nodes <= MOST_NODES && !ts.forEachChild(inner, (child) => !isSmall(child));
  };
  return isSmall(node.statement) && !testsCount(node);
}

/**
 * Whether the body tests what changes by as much in every round. From such a test LLVM may know that the loop is left before its
 * bound, drops the bound, and then cannot tell how often to write the loop out.
 */
function testsCount(node: ts.IterationStatement): boolean {
  const counting = new Set<string>();
  if (ts.isForStatement(node) && node.incrementor) gatherSteps(node.incrementor, counting);
  gatherSteps(node.statement, counting);
  gatherCopies(node.statement, counting);
  const tests = (inner: ts.Node): boolean =>
    (isTest(inner) && names(inner, counting)) || (ts.forEachChild(inner, tests) ?? false);
  return tests(node.statement);
}

/** What a step by a constant changes: `i++`, `at += 4`. */
function gatherSteps(node: ts.Node, into: Set<string>): void {
  const isUnary = ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node);
  if (isUnary && isStep(node.operator) && ts.isIdentifier(node.operand)) into.add(node.operand.text);
  if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind) && ts.isIdentifier(node.left)) {
    const isCompound = node.operatorToken.kind !== ts.SyntaxKind.EqualsToken;
    if (isCompound ? ts.isNumericLiteral(node.right) : names(node.right, new Set([node.left.text]))) {
      into.add(node.left.text);
    }
  }
  ts.forEachChild(node, (child) => gatherSteps(child, into));
}

/** Variables that the body makes of what counts, in the order of the source. */
function gatherCopies(node: ts.Node, into: Set<string>): void {
  const isSet = ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind) && ts.isIdentifier(node.left);
  if (isSet && names(node.right, into)) into.add((node.left as ts.Identifier).text);
  if (
    ts.isVariableDeclaration(node) &&
    ts.isIdentifier(node.name) &&
    node.initializer &&
    names(node.initializer, into)
  ) {
    into.add(node.name.text);
  }
  ts.forEachChild(node, (child) => gatherCopies(child, into));
}

/** What decides the way: comparisons, and numbers that stand where a boolean is asked for. */
function isTest(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isIfStatement(parent) || ts.isSwitchStatement(parent)) return parent.expression === node;
  if (ts.isConditionalExpression(parent)) return parent.condition === node;
  if (ts.isPrefixUnaryExpression(parent)) return parent.operator === ts.SyntaxKind.ExclamationToken;
  return ts.isBinaryExpression(node) && isComparison(node.operatorToken.kind);
}

/** Whether an expression computes with one of these; what is read or called with them is another value. */
function names(node: ts.Node, wanted: ReadonlySet<string>): boolean {
  if (ts.isIdentifier(node)) return wanted.has(node.text);
  if (ts.isCallExpression(node) || ts.isElementAccessExpression(node) || ts.isPropertyAccessExpression(node))
    return false;
  return ts.forEachChild(node, (child) => names(child, wanted)) ?? false;
}

function isStep(operator: ts.SyntaxKind): boolean {
  return operator === ts.SyntaxKind.PlusPlusToken || operator === ts.SyntaxKind.MinusMinusToken;
}

function isAssignment(operator: ts.SyntaxKind): boolean {
  return operator >= ts.SyntaxKind.FirstAssignment && operator <= ts.SyntaxKind.LastAssignment;
}

function isComparison(operator: ts.SyntaxKind): boolean {
  const { SyntaxKind } = ts;
  const equality = operator >= SyntaxKind.EqualsEqualsToken && operator <= SyntaxKind.ExclamationEqualsEqualsToken;
  return equality || (operator >= SyntaxKind.LessThanToken && operator <= SyntaxKind.GreaterThanEqualsToken);
}
