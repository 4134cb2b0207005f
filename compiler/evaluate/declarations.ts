/** Questions about declarations and imports that resolving names asks. */
import { ts } from '../typescript.js';

export function isLibrary(specifier: ts.Expression): boolean {
  return ts.isStringLiteralLike(specifier) && (specifier.text === 'tsbpf' || specifier.text.startsWith('tsbpf/'));
}

export function isValue(symbol: ts.Symbol): boolean {
  return (symbol.flags & (ts.SymbolFlags.Value | ts.SymbolFlags.Alias)) !== 0;
}

export function valueDeclaration(symbol: ts.Symbol): ts.Node | undefined {
  const { declarations = [], valueDeclaration: first } = symbol;
  if (first && ts.isFunctionDeclaration(first)) {
    return declarations.find((one) => ts.isFunctionDeclaration(one) && one.body) ?? first;
  }
  return first ?? declarations.find(ts.isExportAssignment);
}

export function isAmbient(declaration: ts.Node): boolean {
  if (declaration.getSourceFile().isDeclarationFile) return true;
  return ts.findAncestor(declaration, isDeclared) !== undefined;
}

function isDeclared(node: ts.Node): boolean {
  const isStatement = ts.isVariableStatement(node) || ts.isDeclarationStatement(node);
  if (!isStatement || !ts.canHaveModifiers(node)) return false;
  return (ts.getModifiers(node) ?? []).some((modifier) => modifier.kind === ts.SyntaxKind.DeclareKeyword);
}

export function isPlainStatic(declaration: ts.Node | undefined): boolean {
  if (!declaration) return false;
  if (!ts.isPropertyDeclaration(declaration) && !ts.isMethodDeclaration(declaration)) return false;
  const isStatic = (ts.getModifiers(declaration) ?? []).some((one) => one.kind === ts.SyntaxKind.StaticKeyword);
  return isStatic && !mentionsThis(declaration);
}

function mentionsThis(node: ts.Node): boolean {
  if (node.kind === ts.SyntaxKind.ThisKeyword || node.kind === ts.SyntaxKind.SuperKeyword) return true;
  return ts.forEachChild(node, (child) => mentionsThis(child) || undefined) ?? false;
}

export function outermost(
  declaration: ts.VariableDeclaration | ts.BindingElement | ts.ParameterDeclaration,
): ts.VariableDeclaration | ts.ParameterDeclaration {
  let outer: ts.Node = declaration;
  while (ts.isBindingElement(outer)) outer = outer.parent.parent;
  return outer as ts.VariableDeclaration | ts.ParameterDeclaration;
}

export function isLoopOrCatchVariable(declaration: ts.VariableDeclaration): boolean {
  if (ts.isCatchClause(declaration.parent)) return true;
  return !ts.isVariableStatement(declaration.parent.parent);
}

export function topLevelOf(node: ts.Node): ts.Node {
  const declaration = ts.findAncestor(node, ts.isVariableDeclaration);
  if (declaration && ts.isVariableStatement(declaration.parent.parent)) return declaration;
  return ts.findAncestor(node, (one) => ts.isSourceFile(one.parent)) ?? node;
}

export function isAliasDeclaration(node: ts.Node): boolean {
  return (
    ts.isImportSpecifier(node) ||
    ts.isImportClause(node) ||
    ts.isNamespaceImport(node) ||
    ts.isExportSpecifier(node) ||
    ts.isNamespaceExport(node) ||
    ts.isImportEqualsDeclaration(node) ||
    ts.isExportAssignment(node)
  );
}

export function importedName(declaration: ts.Node): string {
  if (ts.isImportSpecifier(declaration) || ts.isExportSpecifier(declaration)) {
    return (declaration.propertyName ?? declaration.name).text;
  }
  return ts.isImportClause(declaration) ? 'default' : '*';
}
