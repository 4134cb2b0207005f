/** TypeScript's own errors in the BPF half, without those that only the reduced library causes. */
import { ts } from '../typescript.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { Discovery } from '../model.js';
import { libraryFile } from './library/index.js';
import { isRuntimeFile } from './resolve.js';
import type { Opened } from './index.js';

/** TS1206: decorators are not valid here. Ours are, on function declarations. */
const decoratorNotValid = 1206;
/** Names that TypeScript knows from a fuller library or from Node's types. */
const unknownNames = new Set([2304, 2503, 2552, 2580, 2581, 2582, 2583, 2584, 2585, 2591, 2592, 2593]);
const unknownProperties = new Set([2339, 2550, 2551, 2568]);
const unresolvedModules = new Set([2307, 2792, 7016, 1470, 2732]);
const implicitAny = new Set([7006, 7019, 7031]);

/**
 * Checks the BPF half: the functions that programs reach, the places where programs are made, the declarations of
 * maps and shared data, and the types that all these name.
 *
 * @returns TypeScript's diagnostics there, as its codes have them.
 */
export function checkBpfHalf(opened: Opened, discovery: Discovery): Diagnostic[] {
  const { program, checker } = opened;
  const roots = bpfNodes(discovery, checker);
  const byFile = new Map<ts.SourceFile, ts.Node[]>();
  for (const node of roots) {
    const file = node.getSourceFile();
    byFile.set(file, [...(byFile.get(file) ?? []), node]);
  }
  return [...byFile].flatMap(([file, nodes]) =>
    program
      .getSemanticDiagnostics(file)
      .filter(({ start = -1 }) => nodes.some((node) => node.getStart(file) <= start && start < node.end))
      .filter((diagnostic) => isReal(diagnostic, file, checker)),
  );
}

/** All nodes in which an error is an error of the BPF half. */
function bpfNodes(discovery: Discovery, checker: ts.TypeChecker): Set<ts.Node> {
  const nodes = new Set<ts.Node>(discovery.functions);
  for (const { site } of discovery.programs) nodes.add(site);
  for (const { declaration } of discovery.maps.values()) nodes.add(declaration);
  for (const { declaration } of discovery.shared.values()) nodes.add(declaration);
  for (const node of nodes) collectTypes(node, checker, nodes);
  return nodes;
}

/** Adds the interfaces, type aliases and enums that a node names. */
function collectTypes(node: ts.Node, checker: ts.TypeChecker, nodes: Set<ts.Node>): void {
  const visit = (child: ts.Node): void => {
    if (ts.isTypeReferenceNode(child) || ts.isExpressionWithTypeArguments(child)) {
      addDeclarations(ts.isTypeReferenceNode(child) ? child.typeName : child.expression, checker, nodes);
    }
    ts.forEachChild(child, visit);
  };
  visit(node);
}

function addDeclarations(name: ts.Node, checker: ts.TypeChecker, nodes: Set<ts.Node>): void {
  const found = checker.getSymbolAtLocation(name);
  const symbol = found && found.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(found) : found;
  for (const declaration of symbol?.declarations ?? []) {
    const { fileName } = declaration.getSourceFile();
    if (fileName === libraryFile || isRuntimeFile(fileName)) continue;
    const isType = ts.isInterfaceDeclaration(declaration) || ts.isTypeAliasDeclaration(declaration);
    if (isType || ts.isEnumDeclaration(declaration)) nodes.add(declaration);
  }
}

function isReal(diagnostic: ts.Diagnostic, file: ts.SourceFile, checker: ts.TypeChecker): boolean {
  const { code, start = 0 } = diagnostic;
  if (code === decoratorNotValid || unresolvedModules.has(code)) return false;
  if (unknownNames.has(code)) return !isNodeGlobal(tokenAt(file, start).getText(file));
  if (unknownProperties.has(code)) return !existsInNode(tokenAt(file, start), checker);
  if (implicitAny.has(code)) return !isArgumentOfAny(tokenAt(file, start), checker);
  return true;
}

/** Names that Node knows, though our library does not; this process is a Node. */
function isNodeGlobal(name: string): boolean {
  return name in globalThis || name === 'NodeJS' || name === 'BufferEncoding';
}

/** A property that the value has in Node, of a class that our library knows in part. */
function existsInNode(token: ts.Node, checker: ts.TypeChecker): boolean {
  const { parent } = token;
  if (!ts.isPropertyAccessExpression(parent)) return false;
  const type = checker.getApparentType(checker.getTypeAtLocation(parent.expression));
  const symbol = type.getSymbol();
  const isLibrary = symbol?.declarations?.some((declaration) => declaration.getSourceFile().fileName === libraryFile);
  if (!symbol || !isLibrary) return false;
  const global = globalThis as unknown as Record<string, { prototype?: object } | undefined>;
  const [holder, property] = [global[symbol.name.replace(/Constructor$/, '')], token.getText()];
  if (holder === undefined || holder === null) return false;
  return property in Object(symbol.name.endsWith('Constructor') ? holder : (holder.prototype ?? holder));
}

/** A parameter of a function that is handed to something unresolved: its type is lost with that of the callee. */
function isArgumentOfAny(token: ts.Node, checker: ts.TypeChecker): boolean {
  let node: ts.Node | undefined = token;
  while (node && !ts.isFunctionLike(node)) node = node.parent;
  const call = node?.parent;
  if (!call || !(ts.isCallExpression(call) || ts.isNewExpression(call))) return false;
  return (checker.getTypeAtLocation(call.expression).flags & ts.TypeFlags.Any) !== 0;
}

function tokenAt(file: ts.SourceFile, position: number): ts.Node {
  let found: ts.Node = file;
  const visit = (node: ts.Node): void => {
    if (node.getStart(file) > position || position >= node.end) return;
    found = node;
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(file, visit);
  return found;
}
