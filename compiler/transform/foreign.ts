/** Names of other files that handles need: maps and constants that the entry file may not import itself. */
import { ts } from '../typescript.js';
import path from 'node:path';
import type { Discovery } from '../model.js';

type Holder = ts.VariableDeclaration | ts.PropertyDeclaration;

/** The name under which a module lends a top-level name of its own to the handles of other modules. */
export function lentName(name: string): string {
  return `__tsbpf_${name}`;
}

/** The top-level name that leads to a map: its own, or that of the class that has it as a static property. */
export function topLevelName(declaration: ts.Declaration): string | undefined {
  const named = ts.isPropertyDeclaration(declaration) ? declaration.parent : declaration;
  const name = (named as { name?: ts.Node }).name;
  if (name && ts.isIdentifier(name)) return name.text;
  const holder = named.parent;
  return ts.isVariableDeclaration(holder) && ts.isIdentifier(holder.name) ? holder.name.text : undefined;
}

/** The expression for a declaration, given the name by which its top-level name is known. */
export function expressionFor(declaration: ts.Declaration, name: string): string {
  return ts.isPropertyDeclaration(declaration) ? `${name}.${declaration.name.getText()}` : name;
}

/** `export { closes as __tsbpf_closes };` for each top-level name of a file that holds maps or shared data. */
export function lendingExports(discovery: Discovery): string {
  const own: Holder[] = [...discovery.maps.values(), ...discovery.shared.values()]
    .map(({ declaration }) => declaration)
    .filter((declaration) => declaration.getSourceFile() === discovery.entry);
  const names = new Set(own.map(topLevelName).filter((name) => name !== undefined));
  const lent = [...names].map((name) => `${name} as ${lentName(name)}`);
  return lent.length ? `export { ${lent.join(', ')} };` : '';
}

/** Collects the imports that a module needs for names of other files. */
export class ForeignNames {
  private readonly imports = new Map<string, { readonly file: string; readonly exported: string }>();

  constructor(private readonly entry: ts.SourceFile) {}

  /** The expression for a declaration of any file, in the entry file's module. */
  expression(declaration: ts.Declaration): string | undefined {
    const name = topLevelName(declaration);
    if (name === undefined) return undefined;
    const source = declaration.getSourceFile();
    if (source === this.entry) return expressionFor(declaration, name);
    const exported = exportedName(source, name) ?? lentName(name);
    const existing = [...this.imports].find(
      ([, entry]) => entry.file === source.fileName && entry.exported === exported,
    );
    const local = existing?.[0] ?? `__tsbpf_import_${this.imports.size + 1}`;
    this.imports.set(local, { file: source.fileName, exported });
    return expressionFor(declaration, local);
  }

  /** Import declarations, on one line. */
  text(): string {
    return [...this.imports]
      .map(([local, { file, exported }]) => {
        const relative = path.relative(path.dirname(this.entry.fileName), file);
        const specifier = relative.startsWith('.') ? relative : `./${relative}`;
        return `import { ${exported} as ${local} } from ${JSON.stringify(specifier)}; `;
      })
      .join('');
  }
}

/** The name under which a file exports one of its own top-level names, if it does. */
function exportedName(source: ts.SourceFile, name: string): string | undefined {
  const module = (source as ts.SourceFile & { symbol?: ts.Symbol }).symbol;
  for (const [key, symbol] of module?.exports ?? []) {
    for (const declaration of symbol.declarations ?? []) {
      const isOwn = (declaration as { name?: ts.Node }).name?.getText() === name && !ts.isExportSpecifier(declaration);
      const isListed =
        ts.isExportSpecifier(declaration) &&
        !declaration.parent.parent.moduleSpecifier &&
        (declaration.propertyName ?? declaration.name).text === name;
      if (isOwn || isListed) return String(key);
    }
  }
  return undefined;
}
