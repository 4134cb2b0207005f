/** Follows names from program functions to everything else that is BPF code: functions, maps and shared data. */
import { ts } from '../typescript.js';
import type { FunctionNode } from '../model.js';
import { isRuntimeFile } from '../open/resolve.js';
import { asCreation, type Creation } from './maps.js';
import { asFunctionExpression, constantInitializer, functionOf, resolveSymbol, unwrap } from './symbols.js';

export interface Reached {
  readonly functions: Set<FunctionNode>;
  /** Maps and shared data by the symbol of their constant. */
  readonly creations: Map<ts.Symbol, Creation>;
  /** Maps and shared data that are made where no program can be: inside these functions. */
  readonly stray: Set<Creation['node']>;
}

/** Walks all that the roots reach by name, in the order in which it is met. */
export function reach(roots: readonly FunctionNode[], checker: ts.TypeChecker): Reached {
  const reached: Reached = { functions: new Set(roots), creations: new Map(), stray: new Set() };
  const seen = new Set<ts.Symbol>();
  for (const node of reached.functions) walk(node, checker, reached, seen);
  return reached;
}

function walk(node: ts.Node, checker: ts.TypeChecker, reached: Reached, seen: Set<ts.Symbol>): void {
  const visit = (child: ts.Node): void => {
    if (ts.isTypeNode(child) || ts.isDecorator(child)) return;
    if (isReference(child)) follow(child, checker, reached, seen);
    const creation = ts.isNewExpression(child) || ts.isCallExpression(child) ? asCreation(child, checker) : undefined;
    if (creation) reached.stray.add(creation.node);
    ts.forEachChild(child, visit);
  };
  ts.forEachChild(node, visit);
}

/** Identifiers that stand for a value, names of declarations and property names of literals excepted. */
function isReference(node: ts.Node): node is ts.Identifier {
  if (!ts.isIdentifier(node) && !ts.isPrivateIdentifier(node)) return false;
  const { parent } = node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  if (ts.isVariableDeclaration(parent) || ts.isParameter(parent)) return parent.initializer === node;
  return true;
}

function follow(name: ts.Identifier, checker: ts.TypeChecker, reached: Reached, seen: Set<ts.Symbol>): void {
  const symbol = resolveSymbol(name, checker);
  if (!symbol || seen.has(symbol)) return;
  seen.add(symbol);
  const declaration = symbol.declarations?.[0];
  if (!declaration || isRuntimeFile(declaration.getSourceFile().fileName)) return;
  const target = functionOf(symbol, checker);
  if (target) {
    reached.functions.add(target);
    return;
  }
  const initializer = constantInitializer(declaration);
  const creation = initializer && asCreation(initializer, checker);
  if (creation) reached.creations.set(symbol, creation);
  else if (initializer) followValue(initializer, checker, reached, seen);
}

/** A constant may be another name, or an object or array that holds functions and maps. */
function followValue(value: ts.Expression, checker: ts.TypeChecker, reached: Reached, seen: Set<ts.Symbol>): void {
  const node = unwrap(value);
  if (ts.isIdentifier(node)) return follow(node, checker, reached, seen);
  if (ts.isPropertyAccessExpression(node)) {
    if (ts.isIdentifier(node.name)) follow(node.name, checker, reached, seen);
    return;
  }
  const written = asFunctionExpression(node);
  if (written) {
    reached.functions.add(written);
  } else if (ts.isArrayLiteralExpression(node)) {
    for (const element of node.elements) followValue(element, checker, reached, seen);
  } else if (ts.isObjectLiteralExpression(node)) {
    for (const property of node.properties) {
      if (ts.isPropertyAssignment(property)) followValue(property.initializer, checker, reached, seen);
      else if (ts.isShorthandPropertyAssignment(property)) follow(property.name, checker, reached, seen);
      else if (ts.isMethodDeclaration(property)) reached.functions.add(property);
    }
  }
}
