/** Finds everything of an entry file that concerns the kernel: programs, maps, shared data, and what they reach. */
import { ts } from '../typescript.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import {
  exportNotFound,
  programInsideProgram,
  programNameInvalid,
  programNameReserved,
  programNameTaken,
} from '../diagnostics/discover.js';
import type { DiscoveredMap, DiscoveredProgram, DiscoveredShared, Discovery } from '../model.js';
import { findNear, type Opened } from '../open/index.js';
import { userFiles } from '../open/files.js';
import { checkFit } from './fit.js';
import { checkSignatures } from './signature.js';
import { asCreation, holderOf, isInside, mapDraft, reportHolder, sharedDraft, type Creation } from './maps.js';
import { isIdentifier, Names, sectionNames } from './naming.js';
import { programOfCall, programOfClass, programOfDecorator, type ProgramDraft } from './programs.js';
import { reach } from './reach.js';

export { functionOf, resolveSymbol, tsbpfName, unwrap } from './symbols.js';

export interface Discovered {
  readonly discovery: Discovery;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Discovers the BPF half of an opened file.
 *
 * @param opened an opened program whose entry was read; `opened.entry` must be there.
 * @returns what was found, complete even where diagnostics say that parts of it are wrong.
 */
export function discover(opened: Opened): Discovered {
  const { checker } = opened;
  const entry = opened.entry!;
  const diagnostics: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic) => void diagnostics.push(diagnostic);
  const { drafts, creations } = scan(entry, checker, report);
  checkFit(drafts, entry, checker, report);
  checkSignatures(drafts, checker, report);
  const reached = reach(
    drafts.map((draft) => draft.function),
    checker,
  );
  for (const { kind, site, function: target } of drafts) {
    const others = new Set([...reached.functions].filter((node) => node !== target));
    if (isInside(site, others)) report(programInsideProgram(site, kind));
  }
  const kinds = drafts.map(({ kind }) => kind);
  const names = new Names(kinds);
  const explicit = claimExplicitNames(drafts, names, new Set(sectionNames(kinds)), report);
  const all = new Map([...creations.map((creation) => [creation.node, creation] as const)]);
  for (const creation of reached.creations.values()) all.set(creation.node, creation);
  const strays = [...reached.stray].filter((node) => !all.has(node)).map((node) => asCreation(node, checker)!);
  const maps = new Map<ts.Symbol, DiscoveredMap>();
  const shared = new Map<ts.Symbol, DiscoveredShared>();
  for (const creation of [...all.values(), ...strays]) {
    const declaration = holderOf(creation);
    const symbol = declaration && checker.getSymbolAtLocation(declaration.name);
    if (!declaration || !symbol) {
      reportHolder(creation, reached.functions, report);
      continue;
    }
    const name = names.claim(symbol.name);
    if (creation.form === 'map') {
      maps.set(symbol, { ...mapDraft(creation, declaration, symbol, checker, report), name });
    } else {
      shared.set(symbol, { ...sharedDraft(creation, declaration, symbol, checker, report), name });
    }
  }
  const programs = drafts.map((draft) => finish(draft, explicit.get(draft) ?? names.claim(draft.wishedName)));
  diagnostics.push(...checkImports(opened));
  return { discovery: { entry, programs, maps, shared, functions: reached.functions }, diagnostics };
}

/** Everything of the entry file in one walk. */
function scan(
  entry: ts.SourceFile,
  checker: ts.TypeChecker,
  report: (diagnostic: Diagnostic) => void,
): { drafts: ProgramDraft[]; creations: Creation[] } {
  const drafts: ProgramDraft[] = [];
  const creations: Creation[] = [];
  const visit = (node: ts.Node): void => {
    let draft: ProgramDraft | undefined;
    if (ts.isDecorator(node)) draft = programOfDecorator(node, checker, report);
    else if (ts.isCallExpression(node)) draft = programOfCall(node, checker, report);
    else if (ts.isNewExpression(node)) draft = programOfClass(node, checker, report);
    else if (ts.isTypeNode(node)) return;
    if (draft) drafts.push(draft);
    const creation = ts.isNewExpression(node) || ts.isCallExpression(node) ? asCreation(node, checker) : undefined;
    if (creation) creations.push(creation);
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(entry, visit);
  return { drafts, creations };
}

/** Names from the `name` option come first, so that none of them is changed. */
function claimExplicitNames(
  drafts: readonly ProgramDraft[],
  names: Names,
  sections: ReadonlySet<string>,
  report: (diagnostic: Diagnostic) => void,
): Map<ProgramDraft, string> {
  const result = new Map<ProgramDraft, string>();
  for (const draft of drafts) {
    const literal = nameOption(draft.options);
    if (!literal) continue;
    if (!isIdentifier(literal.text)) report(programNameInvalid(literal, literal.text));
    else if (sections.has(literal.text)) report(programNameReserved(literal, literal.text));
    else if (names.isTaken(literal.text)) report(programNameTaken(literal, literal.text));
    else result.set(draft, names.claim(literal.text));
  }
  return result;
}

function nameOption(options: ts.Expression | undefined): ts.StringLiteralLike | undefined {
  if (!options || !ts.isObjectLiteralExpression(options)) return undefined;
  for (const property of options.properties) {
    if (!ts.isPropertyAssignment(property) || property.name.getText() !== 'name') continue;
    if (ts.isStringLiteralLike(property.initializer)) return property.initializer;
  }
  return undefined;
}

function finish({ wishedName: _, ...draft }: ProgramDraft, name: string): DiscoveredProgram {
  return { ...draft, name };
}

/** Names imported from `tsbpf` that it does not export. */
function checkImports({ program, checker }: Opened): Diagnostic[] {
  const result: Diagnostic[] = [];
  for (const source of userFiles(program)) {
    for (const statement of source.statements) {
      if (!ts.isImportDeclaration(statement)) continue;
      const { moduleSpecifier } = statement;
      const bindings = statement.importClause?.namedBindings;
      if (!ts.isStringLiteral(moduleSpecifier) || moduleSpecifier.text !== 'tsbpf') continue;
      const module = checker.getSymbolAtLocation(moduleSpecifier);
      if (!module || !bindings || !ts.isNamedImports(bindings)) continue;
      const exported = new Set(checker.getExportsOfModule(module).map((symbol) => symbol.name));
      for (const specifier of bindings.elements) {
        const name = specifier.propertyName ?? specifier.name;
        if (!exported.has(name.text)) result.push(exportNotFound(name, name.text, findNear(name.text, exported)));
      }
    }
  }
  return result;
}
