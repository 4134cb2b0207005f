// Takes our declarations apart, so that a build parses only those that a program can name (compiler/open/needed.ts).
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';

/** Interfaces that are lists of independent members, never compared as a whole: what is not named can be left out. */
const tables = new Set(['BpfHelpers', 'SyscallArguments']);

/** Methods that the language itself calls. */
const implied = new Set(['next', 'return', 'throw', 'then', 'toString', 'valueOf', 'call', 'apply', 'bind', 'add']);

const printer = ts.createPrinter({ removeComments: true });

/** @param {string} output the folder of the compiled package. */
export function declarationsFile(output) {
  return path.join(output, 'compiler', 'open', 'declarations.json');
}

/**
 * Writes `compiler/open/declarations.json` under the folder of the compiled package.
 *
 * An entry is one top-level declaration: `[names, text, needs]`, or `[names, head, needs, members]` with members
 * `[name, text, needs]`, where `needs` are the names of other entries, and a member's name is '' where it always stays.
 */
export async function writeDeclarations(output) {
  const file = declarationsFile(output);
  const load = (name) => import(pathToFileURL(path.join(output, 'compiler', 'open', name)).href);
  const { libraryText } = await load('library/index.js');
  const { isInternal } = await load('resolve.js');
  const runtime = new Flattened(path.join(output, 'runtime', 'index.d.ts'), isInternal);
  const library = entriesOf(parse('library.d.ts', libraryText).statements, true);
  const problem = runtime.problem;
  if (problem) {
    // Without the file the compiler reads all declarations, as it does for programs with errors: slower, not wrong.
    console.error(`build: the declarations are left whole: ${problem}`);
    rmSync(file, { force: true });
    return;
  }
  const data = { library: resolveNeeds(library), runtime: resolveNeeds(runtime.entries), exported: runtime.exported };
  writeFileSync(file, JSON.stringify(data));
}

function parse(name, text) {
  return ts.createSourceFile(name, text, ts.ScriptTarget.ES2022, true);
}

/** The modules behind an entry file as declarations of one module. */
class Flattened {
  entries = [];
  /** Exported name to declared name. */
  exported = {};
  problem;
  files = new Map();
  owners = new Map();

  constructor(entry, isInternal) {
    this.isInternal = isInternal;
    this.exported = Object.fromEntries(this.visit(entry));
  }

  /** @returns the module's exports, by the name of the declaration that each is. */
  visit(file) {
    const known = this.files.get(file);
    if (known) return known;
    const exported = new Map();
    this.files.set(file, exported);
    const source = parse(file, readFileSync(file, 'utf8'));
    const own = source.statements.filter((one) => !ts.isImportDeclaration(one) && !ts.isExportDeclaration(one));
    const renamed = new Map();
    for (const statement of own) {
      for (const name of namesOf(statement)) {
        const declared = this.own(name, file);
        if (declared !== name) renamed.set(name, declared);
        if (statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) exported.set(name, declared);
      }
    }
    for (const statement of source.statements) {
      if (ts.isImportDeclaration(statement)) this.import(statement, file, renamed);
      if (ts.isExportDeclaration(statement)) this.export(statement, file, exported);
    }
    this.entries.push(...entriesOf(rename(own, renamed), false));
    return exported;
  }

  /** @returns the name, or another one where a file before has it. */
  own(name, file) {
    const owner = this.owners.get(name) ?? file;
    if (owner !== file) return `${name}Of${this.files.size}`;
    this.owners.set(name, file);
    return name;
  }

  follow(specifier, file) {
    if (!specifier.startsWith('.') || this.isInternal(specifier)) return undefined;
    return this.visit(path.resolve(path.dirname(file), specifier.replace(/\.js$/, '.d.ts')));
  }

  import(statement, file, renamed) {
    const target = this.follow(statement.moduleSpecifier.text, file);
    const bindings = statement.importClause?.namedBindings;
    const elements = bindings && ts.isNamedImports(bindings) ? bindings.elements : [];
    if (target && elements.length === 0) this.problem = `${path.basename(file)} imports a whole module`;
    for (const { name, propertyName } of elements) {
      const declared = target?.get((propertyName ?? name).text);
      if (target && declared === undefined) this.problem = `${path.basename(file)} imports ${name.text} in a circle`;
      if (declared !== undefined && declared !== name.text) renamed.set(name.text, declared);
      // What leads out of our declarations is not known to the compiler either way.
      if (!target) this.entries.push({ names: [name.text], text: `type ${name.text} = any;`, identifiers: new Set() });
    }
  }

  export(statement, file, exported) {
    const specifier = statement.moduleSpecifier?.text;
    const target = specifier === undefined ? undefined : this.follow(specifier, file);
    if (!statement.exportClause) for (const [name, declared] of target ?? []) exported.set(name, declared);
    if (!statement.exportClause || !ts.isNamedExports(statement.exportClause)) return;
    for (const { name, propertyName } of statement.exportClause.elements) {
      const local = (propertyName ?? name).text;
      exported.set(name.text, target ? (target.get(local) ?? local) : local);
    }
  }
}

/** The statements again, each name replaced by that of the declaration it stands for. */
function rename(statements, names) {
  if (names.size === 0) return statements;
  const text = statements.map((statement) => statement.getText()).join('\n');
  const places = [];
  const visit = (node) => {
    if (ts.isIdentifier(node) && names.has(node.text) && !isMember(node)) places.push(node);
    ts.forEachChild(node, visit);
  };
  const source = parse('renamed.d.ts', text);
  visit(source);
  const edited = places.reduceRight(
    (result, node) => result.slice(0, node.getStart()) + names.get(node.text) + result.slice(node.end),
    text,
  );
  return parse('renamed.d.ts', edited).statements;
}

function isMember({ parent }) {
  return ts.isPropertySignature(parent) || ts.isMethodSignature(parent) || ts.isClassElement(parent);
}

function namesOf(statement) {
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations.map(({ name }) => name.text);
  return statement.name ? [statement.name.text] : [];
}

function entriesOf(statements, isLibrary) {
  return statements
    .filter((statement) => namesOf(statement).length > 0)
    .map((statement) => entryOf(statement, isLibrary));
}

function entryOf(statement, isLibrary) {
  const names = namesOf(statement);
  const divisible = ts.isInterfaceDeclaration(statement) && (isLibrary || tables.has(names[0]));
  const whole = { names, text: print(statement, isLibrary), identifiers: identifiersOf(statement) };
  if (!divisible) return whole;
  const members = statement.members.map((member) => ({
    name: isOptional(member, isLibrary) ? member.name.text : '',
    text: print(member, true),
    identifiers: identifiersOf(member),
  }));
  const head = ts.factory.updateInterfaceDeclaration(
    statement,
    statement.modifiers,
    statement.name,
    statement.typeParameters,
    statement.heritageClauses,
    [],
  );
  const ofHead = [...(statement.typeParameters ?? []), ...(statement.heritageClauses ?? [])];
  const identifiers = new Set(ofHead.flatMap((node) => [...identifiersOf(node)]));
  return { names, text: print(head, isLibrary).replace(/\s*\}\s*$/, ''), identifiers, members };
}

/** Properties of the library stay: they tell its types apart. */
function isOptional(member, isLibrary) {
  if (!member.name || ts.isComputedPropertyName(member.name)) return false;
  return !isLibrary || (ts.isMethodSignature(member) && !implied.has(member.name.text));
}

/** Exports are declared in one place at the end; in a module of declarations, all else would be exported too. */
function print(node, isLibrary) {
  const text = printer.printNode(ts.EmitHint.Unspecified, node, node.getSourceFile()).replace(/\n\s+/g, '\n');
  if (isLibrary) return text;
  return text
    .replace(/^export (default )?/, '')
    .replace(/^(declare )?(?=(abstract class|class|function|const|enum)\b)/, 'declare ');
}

function identifiersOf(node) {
  const found = new Set();
  const visit = (child) => {
    if (ts.isIdentifier(child)) found.add(child.text);
    ts.forEachChild(child, visit);
  };
  visit(node);
  return found;
}

function resolveNeeds(entries) {
  const known = new Set(entries.flatMap(({ names }) => names));
  const needs = (identifiers, own = []) => [...identifiers].filter((name) => known.has(name) && !own.includes(name));
  return entries.map(({ names, text, identifiers, members }) => [
    names,
    text,
    needs(identifiers, names),
    ...(members ? [members.map((one) => [one.name, one.text, needs(one.identifiers, names)])] : []),
  ]);
}
