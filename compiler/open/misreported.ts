/**
 * What TypeScript alone says wrongly about programs of tsbpf: that a decorator cannot stand on a function (TS1206), that
 * nothing reads what only such a decorator names or what only the kernel calls (TS6133), and that nothing reads the name
 * of a link that `using` holds.
 *
 * The editor's plugin runs this on the nodes of the editor's own TypeScript.
 */
import { ts } from '../typescript.js';
import { programSpellings } from '../discover/kinds.js';
import { tsbpfName } from '../discover/symbols.js';
import { isRuntimeFile } from './resolve.js';

const decoratorNotValid = 1206;
/** TS6133, one name; TS6192, all imports of a declaration; TS6196, a type; TS6199, all variables of a declaration. */
const unusedNames = new Set([6133, 6192, 6196, 6199]);

/**
 * @param diagnostics of one file, errors and suggestions alike.
 * @returns those that are right.
 */
export function withoutMisreported<T extends ts.Diagnostic>(
  diagnostics: readonly T[],
  source: ts.SourceFile,
  checker: ts.TypeChecker,
): T[] {
  const suspects = diagnostics.filter(({ code }) => code === decoratorNotValid || unusedNames.has(code));
  if (suspects.length === 0) return [...diagnostics];
  const decorators = ourDecorators(source, checker);
  const read = namesReadBy(decorators);
  const wrong = suspects.filter((diagnostic) =>
    diagnostic.code === decoratorNotValid
      ? decorators.some((decorator) => decorator.getStart(source) === diagnostic.start)
      : isRead(diagnostic, source, read) || isHeld(diagnostic, source, checker),
  );
  return diagnostics.filter((diagnostic) => !wrong.includes(diagnostic));
}

/** Decorators that make programs. */
function ourDecorators(source: ts.SourceFile, checker: ts.TypeChecker): ts.Decorator[] {
  const result: ts.Decorator[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isDecorator(node) && isProgramOwner(node.parent)) {
      const { expression } = node;
      const name = tsbpfName(ts.isCallExpression(expression) ? expression.expression : expression, checker);
      if (name !== undefined && programSpellings.has(name)) result.push(node);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return result;
}

function isProgramOwner(node: ts.Node): node is ts.FunctionDeclaration | ts.MethodDeclaration {
  return ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node);
}

/** The names in decorators, and those of the functions under them. */
function namesReadBy(decorators: readonly ts.Decorator[]): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) names.add(node.text);
    ts.forEachChild(node, visit);
  };
  for (const decorator of decorators) {
    visit(decorator);
    const { parent } = decorator;
    if (isProgramOwner(parent) && parent.name && ts.isIdentifier(parent.name)) names.add(parent.name.text);
  }
  return names;
}

function isRead(diagnostic: ts.Diagnostic, source: ts.SourceFile, read: ReadonlySet<string>): boolean {
  const name = /'([^']+)'/.exec(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'))?.[1];
  if (name !== undefined && read.has(name)) return true;
  const place = source.text.slice(diagnostic.start, (diagnostic.start ?? 0) + (diagnostic.length ?? 0));
  return (place.match(/[\p{ID_Continue}$]+/gu) ?? []).some((word) => read.has(word));
}

/** Whether a diagnostic is about names that `using` gave to what tsbpf releases at the end of the block. */
function isHeld({ start = 0, length = 0 }: ts.Diagnostic, source: ts.SourceFile, checker: ts.TypeChecker): boolean {
  const found: ts.VariableDeclaration[] = [];
  const visit = (node: ts.Node): void => {
    if (node.end <= start || node.getStart(source) >= start + length) return;
    if (ts.isVariableDeclaration(node) && node.name.getStart(source) < start + length && node.name.end > start) {
      found.push(node);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found.length > 0 && found.every((declaration) => isUsing(declaration) && isDisposedByUs(declaration, checker));
}

function isUsing({ parent }: ts.VariableDeclaration): boolean {
  return ts.isVariableDeclarationList(parent) && (parent.flags & ts.NodeFlags.Using) !== 0;
}

function isDisposedByUs({ name }: ts.VariableDeclaration, checker: ts.TypeChecker): boolean {
  const methods = checker
    .getTypeAtLocation(name)
    .getProperties()
    .filter((property) => /^__@(dispose|asyncDispose)/.test(property.name));
  return methods.some(({ declarations }) =>
    declarations?.some((declaration) => isRuntimeFile(declaration.getSourceFile().fileName)),
  );
}
