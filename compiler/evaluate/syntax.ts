/** Questions about syntax alone that partial evaluation asks. */
import { ts } from '../typescript.js';

const mutators = new Set(
  'push pop shift unshift splice sort reverse fill copyWithin set add delete clear setUint8 setInt8 setUint16 setInt16 setUint32 setInt32 setBigUint64 setBigInt64 setFloat32 setFloat64'.split(
    ' ',
  ),
);
const mutatingStatics = new Set(['assign', 'defineProperty', 'defineProperties', 'setPrototypeOf', 'set']);

export function isInside(node: ts.Node, root: ts.Node): boolean {
  return node.pos >= root.pos && node.end <= root.end && node.getSourceFile() === root.getSourceFile();
}

/** Whether an identifier reads or writes a value: no declaration, property name or label. */
export function isNameReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  if (ts.isBindingElement(parent)) return parent.initializer === node;
  if (ts.isLabeledStatement(parent) || ts.isBreakOrContinueStatement(parent) || ts.isQualifiedName(parent))
    return false;
  if (ts.isExportSpecifier(parent) || ts.isImportSpecifier(parent) || ts.isMetaProperty(parent)) return false;
  return !('name' in parent && parent.name === node);
}

/** The property read directly from a node; `()` or `new()` where it is called without arguments. */
export function accessedMember(node: ts.Node): string | undefined {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.expression === node) return parent.name.text;
  if (ts.isElementAccessExpression(parent) && parent.expression === node) {
    return ts.isStringLiteralLike(parent.argumentExpression) ? parent.argumentExpression.text : undefined;
  }
  if (ts.isNewExpression(parent) && parent.expression === node && !parent.arguments?.length) return 'new()';
  if (ts.isCallExpression(parent) && parent.expression === node) return '()';
  return undefined;
}

export interface Assignment {
  /** What the assigned expression begins with; mostly an identifier. */
  readonly root: ts.Node;
  /** The name itself is assigned, not a part of what it holds. */
  readonly whole: boolean;
}

/** What a node assigns to, destructuring assignments included. */
export function assignments(node: ts.Node): readonly Assignment[] {
  if (ts.isBinaryExpression(node) && isAssignmentOperator(node.operatorToken.kind)) return targets(node.left);
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
    const changes = node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken;
    return changes ? targets(node.operand) : [];
  }
  if (ts.isDeleteExpression(node)) return targets(node.expression);
  if ((ts.isForOfStatement(node) || ts.isForInStatement(node)) && !ts.isVariableDeclarationList(node.initializer)) {
    return targets(node.initializer);
  }
  return [];
}

/** The object that a call of a mutating method changes, where it is a name or a part of one. */
export function mutatedRoot(node: ts.Node): ts.Node | undefined {
  if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'updateChecksum')
    return node.arguments[0] && namedRoot(node.arguments[0]);
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  const { expression: owner, name } = node.expression;
  const first = node.arguments[0];
  if (ts.isIdentifier(owner) && (owner.text === 'Object' || owner.text === 'Reflect')) {
    return mutatingStatics.has(name.text) && first ? namedRoot(first) : undefined;
  }
  return mutators.has(name.text) ? namedRoot(owner) : undefined;
}

/** The name that a chain of property reads begins with. */
export function namedRoot(node: ts.Node): ts.Identifier | undefined {
  const root = chainRoot(node);
  return ts.isIdentifier(root) ? root : undefined;
}

/** The expression within parentheses, assertions and `!`. */
export function unwrap(node: ts.Node): ts.Node {
  let inner = node;
  while (
    ts.isParenthesizedExpression(inner) ||
    ts.isAsExpression(inner) ||
    ts.isSatisfiesExpression(inner) ||
    ts.isNonNullExpression(inner) ||
    ts.isTypeAssertionExpression(inner)
  ) {
    inner = inner.expression;
  }
  return inner;
}

function targets(node: ts.Node): readonly Assignment[] {
  const target = unwrap(node);
  if (ts.isArrayLiteralExpression(target)) return target.elements.flatMap(targets);
  if (ts.isSpreadElement(target)) return targets(target.expression);
  if (ts.isObjectLiteralExpression(target)) return target.properties.flatMap(propertyTargets);
  if (ts.isBinaryExpression(target)) return targets(target.left);
  if (ts.isOmittedExpression(target)) return [];
  const root = chainRoot(target);
  return [{ root, whole: root === target }];
}

function propertyTargets(property: ts.ObjectLiteralElementLike): readonly Assignment[] {
  if (ts.isShorthandPropertyAssignment(property)) return [{ root: property.name, whole: true }];
  if (ts.isPropertyAssignment(property)) return targets(property.initializer);
  return ts.isSpreadAssignment(property) ? targets(property.expression) : [];
}

function chainRoot(node: ts.Node): ts.Node {
  let root = unwrap(node);
  while (ts.isPropertyAccessExpression(root) || ts.isElementAccessExpression(root)) root = unwrap(root.expression);
  return root;
}

function isAssignmentOperator(kind: ts.SyntaxKind): boolean {
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}
