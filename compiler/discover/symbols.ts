/** Which of our exports a name means, under any alias, and what a name of the user's stands for. */
import { ts } from '../typescript.js';
import { isRuntimeFile } from '../open/resolve.js';
import type { FunctionNode } from '../model.js';

const packageName = 'tsbpf';

/**
 * The name under which `tsbpf` exports what an expression names: `'kprobe'` for `kprobe`, for `probe` after
 * `import { kprobe as probe }`, for `t.kprobe` after `import * as t`, and through re-exports of the user's files.
 *
 * @returns undefined for everything else; `'shared.perCpu'` is not a name but a property of one.
 */
export function tsbpfName(expression: ts.Node, checker: ts.TypeChecker): string | undefined {
  const node = unwrap(expression);
  if (ts.isPropertyAccessExpression(node) || ts.isQualifiedName(node)) {
    const [left, right] = ts.isQualifiedName(node) ? [node.left, node.right] : [node.expression, node.name];
    return ts.isIdentifier(left) && isNamespace(checker.getSymbolAtLocation(left)) ? right.text : undefined;
  }
  if (!ts.isIdentifier(node)) return undefined;
  const symbol = checker.getSymbolAtLocation(node);
  return symbol && exportedName(symbol, checker);
}

/** Whether an identifier is `t` of `import * as t from 'tsbpf'`. */
function isNamespace(symbol: ts.Symbol | undefined): boolean {
  return (symbol?.declarations ?? []).some(
    (declaration) => ts.isNamespaceImport(declaration) && moduleName(declaration.parent.parent) === packageName,
  );
}

function exportedName(symbol: ts.Symbol, checker: ts.TypeChecker): string | undefined {
  let current: ts.Symbol | undefined = symbol;
  for (let steps = 0; current && steps < 20; steps++) {
    for (const declaration of current.declarations ?? []) {
      if (!ts.isImportSpecifier(declaration) && !ts.isExportSpecifier(declaration)) continue;
      const owner = ts.isImportSpecifier(declaration) ? declaration.parent.parent.parent : declaration.parent.parent;
      if (moduleName(owner) === packageName) return (declaration.propertyName ?? declaration.name).text;
    }
    if (!(current.flags & ts.SymbolFlags.Alias)) break;
    current = immediateAlias(current, checker);
  }
  const declaration = current?.declarations?.[0];
  return declaration && isRuntimeFile(declaration.getSourceFile().fileName) ? current!.name : undefined;
}

/** One step along `import { a } from './b.js'`; the checker has it, its public type does not say so. */
function immediateAlias(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol | undefined {
  const steps = checker as ts.TypeChecker & { getImmediateAliasedSymbol?(symbol: ts.Symbol): ts.Symbol | undefined };
  return steps.getImmediateAliasedSymbol ? steps.getImmediateAliasedSymbol(symbol) : checker.getAliasedSymbol(symbol);
}

/** The module that an import or export declaration names, or undefined. */
export function moduleName(declaration: ts.ImportDeclaration | ts.ExportDeclaration | ts.Node): string | undefined {
  if (!ts.isImportDeclaration(declaration) && !ts.isExportDeclaration(declaration)) return undefined;
  const specifier = declaration.moduleSpecifier;
  return specifier && ts.isStringLiteral(specifier) ? specifier.text : undefined;
}

/**
 * What a name stands for in the end: imports followed, `{ f }` taken as `f`.
 *
 * @returns undefined for what is not a name, and for names that lead nowhere.
 */
export function resolveSymbol(expression: ts.Node, checker: ts.TypeChecker): ts.Symbol | undefined {
  const node = unwrap(expression);
  const name = ts.isPropertyAccessExpression(node) ? node.name : node;
  if (!ts.isIdentifier(name) && !ts.isPrivateIdentifier(name)) return undefined;
  const shorthand = ts.isShorthandPropertyAssignment(name.parent) && name.parent.name === name;
  const symbol = shorthand ? checker.getShorthandAssignmentValueSymbol(name.parent) : checker.getSymbolAtLocation(name);
  if (!symbol) return undefined;
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** Parentheses, `as`, `satisfies` and `!` taken away. */
export function unwrap(node: ts.Node): ts.Node {
  while (
    ts.isParenthesizedExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isNonNullExpression(node) ||
    ts.isTypeAssertionExpression(node)
  ) {
    node = node.expression;
  }
  return node;
}

/** A function written as an expression, or undefined. */
export function asFunctionExpression(node: ts.Node | undefined): ts.ArrowFunction | ts.FunctionExpression | undefined {
  const inner = node && unwrap(node);
  return inner && (ts.isArrowFunction(inner) || ts.isFunctionExpression(inner)) ? inner : undefined;
}

/**
 * The function that a symbol names for good: a declaration with a body, a static method, a const that holds a
 * function, or one that names another of these.
 */
export function functionOf(symbol: ts.Symbol, checker: ts.TypeChecker, depth = 0): FunctionNode | undefined {
  for (const declaration of symbol.declarations ?? []) {
    if ((ts.isFunctionDeclaration(declaration) || ts.isMethodDeclaration(declaration)) && declaration.body) {
      return declaration;
    }
    const initializer = constantInitializer(declaration);
    if (!initializer) continue;
    const written = asFunctionExpression(initializer);
    if (written) return written;
    const next = depth < 20 ? resolveSymbol(initializer, checker) : undefined;
    const followed = next && functionOf(next, checker, depth + 1);
    if (followed) return followed;
  }
  return undefined;
}

/** What a `const`, a static or readonly property, or a property of an object literal is for good. */
export function constantInitializer(declaration: ts.Declaration): ts.Expression | undefined {
  if (ts.isVariableDeclaration(declaration)) return isConst(declaration) ? declaration.initializer : undefined;
  if (ts.isPropertyDeclaration(declaration)) return isStatic(declaration) ? declaration.initializer : undefined;
  return ts.isPropertyAssignment(declaration) ? declaration.initializer : undefined;
}

export function isConst(declaration: ts.VariableDeclaration): boolean {
  return ts.isVariableDeclarationList(declaration.parent) && (declaration.parent.flags & ts.NodeFlags.Const) !== 0;
}

export function isStatic(declaration: ts.PropertyDeclaration | ts.MethodDeclaration): boolean {
  return (declaration.modifiers ?? []).some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword);
}
