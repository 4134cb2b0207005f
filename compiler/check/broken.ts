/** Which parts of the BPF half are in error already, so that later stages look at all others and say nothing more of these. */
import type { Diagnostic } from '../diagnostics/index.js';
import type { Discovery } from '../model.js';
import { userFiles } from '../open/files.js';
import type { Opened } from '../open/index.js';
import { ts } from '../typescript.js';

/**
 * @param errors of the stages so far.
 * @returns functions, and declarations at the top of files, that contain an error, or name a constant, a map, a type or an
 * import that does; undefined where an error has no place, so that nothing else can be looked at.
 */
export function brokenParts(
  errors: readonly Diagnostic[],
  { program, checker }: Opened,
  discovery: Discovery,
): ReadonlySet<ts.Node> | undefined {
  const broken = new Set<ts.Node>();
  if (errors.length === 0) return broken;
  const statements = userFiles(program).flatMap((file) => [...file.statements]);
  const parts = new Set<ts.Node>([...discovery.functions, ...statements.flatMap(declaring)]);
  for (const { file, start } of errors) {
    if (!file || start === undefined) return undefined;
    const around = [...parts, ...statements].filter(
      (part) => part.getSourceFile() === file && part.getStart() <= start && start < part.end,
    );
    if (around.length === 0) return undefined;
    // A statement that holds functions is broken where the error is outside of them.
    const inner = around.filter((part) => parts.has(part));
    for (const part of inner.length > 0 ? inner : around) broken.add(part);
  }
  for (let before = -1; before !== broken.size;) {
    before = broken.size;
    for (const part of parts) if (!broken.has(part) && namesBroken(part, broken, checker)) broken.add(part);
  }
  return broken;
}

/** What is broken within a function stays there: who calls it leaves out the call. */
function namesBroken(part: ts.Node, broken: ReadonlySet<ts.Node>, checker: ts.TypeChecker): boolean {
  const isBroken = (symbol: ts.Symbol | undefined): boolean =>
    (symbol?.declarations ?? []).some((declaration) => {
      const holder = ts.findAncestor(declaration, (node) => broken.has(node) || ts.isFunctionLike(node));
      return holder !== undefined && !ts.isFunctionLike(holder);
    });
  const visit = (node: ts.Node): boolean => {
    if (ts.isIdentifier(node)) {
      const symbol = checker.getSymbolAtLocation(node);
      if (isBroken(symbol)) return true;
      const isAlias = symbol && symbol.flags & ts.SymbolFlags.Alias;
      return Boolean(isAlias) && isBroken(checker.getAliasedSymbol(symbol!));
    }
    return ts.forEachChild(node, visit) ?? false;
  };
  return visit(part);
}

/** What a statement declares as a whole; an import declares each of its names. */
function declaring(statement: ts.Statement): readonly ts.Node[] {
  if (!ts.isImportDeclaration(statement)) return holdsFunctions(statement) ? [] : [statement];
  const bindings = statement.importClause?.namedBindings;
  return bindings && ts.isNamedImports(bindings) ? bindings.elements : [];
}

function holdsFunctions(node: ts.Node): boolean {
  if (ts.isFunctionLike(node)) return true;
  return ts.forEachChild(node, (child) => holdsFunctions(child) || undefined) ?? false;
}
