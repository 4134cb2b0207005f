/** What each name stands for: a cell to run, an import, a global, a name of a BPF function, or nothing that could be static. */
import { ts } from '../typescript.js';
import path from 'node:path';
import type { Host } from '../host.js';
import type { FunctionNode } from '../model.js';
import { conversionsName, createConversions, type Conversions } from './conversions.js';
import { ChangeIndex } from './changes.js';
import {
  importedName,
  isAliasDeclaration,
  isAmbient,
  isLibrary,
  isLoopOrCatchVariable,
  isPlainStatic,
  isValue,
  outermost,
  topLevelOf,
  valueDeclaration,
} from './declarations.js';
import { isGlobalName } from './globals.js';
import type { Names } from './facts.js';
import type { Cell, Reference, Target } from './model.js';

export interface ResolverInput {
  readonly program: ts.Program;
  readonly checker: ts.TypeChecker;
  readonly host: Host;
  readonly defines: Readonly<Record<string, unknown>>;
  isBpf(symbol: ts.Symbol): boolean;
  readonly functions: ReadonlySet<FunctionNode>;
  /** The pure exports of tsbpf, by name. */
  library(name: string): { readonly value: unknown } | undefined;
}

const runtimeOnly = (what: string): Target => ({
  kind: 'never',
  reason: `${what} is only known while the program runs`,
});

export class Resolver implements Names {
  readonly #input: ResolverInput;
  readonly #targets = new Map<ts.Symbol, Target>();
  readonly #cells = new Map<ts.Node, Cell>();
  readonly #changes: ChangeIndex;
  readonly #dottedDefines: ReadonlySet<string>;

  constructor(input: ResolverInput) {
    this.#input = input;
    this.#changes = new ChangeIndex(input.program, (identifier) => this.#resolved(identifier));
    this.#dottedDefines = new Set(Object.keys(input.defines).filter((name) => name.includes('.')));
  }

  symbolOf(identifier: ts.Identifier): ts.Symbol | undefined {
    const { checker } = this.#input;
    if (ts.isShorthandPropertyAssignment(identifier.parent) && identifier.parent.name === identifier) {
      return checker.getShorthandAssignmentValueSymbol(identifier.parent);
    }
    return checker.getSymbolAtLocation(identifier);
  }

  defined(access: ts.PropertyAccessExpression): Target | undefined {
    if (this.#dottedDefines.size === 0) return undefined;
    const text = access.getText();
    return this.#dottedDefines.has(text) ? { kind: 'value', value: this.#input.defines[text] } : undefined;
  }

  memberOf(access: ts.PropertyAccessExpression): { symbol?: ts.Symbol; target?: Target } | undefined {
    if (!ts.isIdentifier(access.expression) || access.questionDotToken) return undefined;
    const symbol = this.symbolOf(access.expression);
    if (!symbol) return undefined;
    const name = access.name.text;
    const imported = symbol.declarations?.find(ts.isNamespaceImport);
    if (imported) return this.#namespaceMember(imported.parent.parent.moduleSpecifier, name);
    const owner = this.#follow(symbol);
    const member =
      owner.flags & ts.SymbolFlags.Class ? owner.exports?.get(ts.escapeLeadingUnderscores(name)) : undefined;
    return member && isPlainStatic(member.valueDeclaration) ? { symbol: member } : undefined;
  }

  /** What a free name stands for. */
  target(reference: Reference): Target {
    if (reference.target) return reference.target;
    const { symbol } = reference;
    if (!symbol) return this.#global(reference.name);
    const known = this.#targets.get(symbol);
    if (known) return known;
    const target = this.#resolve(symbol);
    this.#targets.set(symbol, target);
    return target;
  }

  /** Which annotations convert what is stored under them. */
  readonly conversions: Conversions = createConversions(`${conversionsName}.`, (identifier) =>
    this.symbolOf(identifier),
  );

  /** A cell for an expression that is evaluated for its own sake. */
  expressionCell(root: ts.Node): Cell {
    return this.#cell(root, 'expression', root.getText().slice(0, 40), false);
  }

  targetOfSymbol(symbol: ts.Symbol): Target {
    return this.target({ symbol, name: symbol.name } as Reference);
  }

  #resolved(identifier: ts.Identifier): ts.Symbol | undefined {
    const symbol = this.symbolOf(identifier);
    return symbol && this.#follow(symbol);
  }

  #follow(symbol: ts.Symbol): ts.Symbol {
    return symbol.flags & ts.SymbolFlags.Alias ? this.#input.checker.getAliasedSymbol(symbol) : symbol;
  }

  #resolve(symbol: ts.Symbol): Target {
    if (this.#input.isBpf(symbol)) return runtimeOnly(`'${symbol.name}'`);
    if (symbol.flags & ts.SymbolFlags.Alias) return this.#alias(symbol);
    const declaration = valueDeclaration(symbol);
    if (declaration && ts.isEnumDeclaration(declaration) && isAmbient(declaration)) return this.#ambientEnum(symbol);
    if (!declaration || isAmbient(declaration)) return this.#global(symbol.name);
    if (this.#isDefined(symbol, declaration)) return { kind: 'value', value: this.#input.defines[symbol.name] };
    if (ts.isVariableDeclaration(declaration) || ts.isBindingElement(declaration) || ts.isParameter(declaration)) {
      return this.#variable(symbol, declaration);
    }
    const cell = this.#declarationCell(symbol, declaration);
    if (!cell) return runtimeOnly(`'${symbol.name}'`);
    return this.#isKernelSide(declaration)
      ? { kind: 'local', symbol, cell }
      : { kind: 'cell', symbol, declaration: declaration as ts.Declaration, cell };
  }

  /** An enum without code of its own: the checker knows its members. */
  #ambientEnum(symbol: ts.Symbol): Target {
    const value: Record<string, string | number | undefined> = {};
    for (const [name, member] of symbol.exports ?? []) {
      const { valueDeclaration: declaration } = member;
      if (!declaration || !ts.isEnumMember(declaration)) continue;
      value[ts.unescapeLeadingUnderscores(name)] = this.#input.checker.getConstantValue(declaration);
    }
    return { kind: 'value', value };
  }

  #isDefined(symbol: ts.Symbol, declaration: ts.Node): boolean {
    if (!Object.hasOwn(this.#input.defines, symbol.name)) return false;
    return ts.isVariableDeclaration(declaration) && ts.isSourceFile(declaration.parent.parent.parent ?? declaration);
  }

  #global(name: string): Target {
    const { defines } = this.#input;
    if (Object.hasOwn(defines, name)) return { kind: 'value', value: defines[name] };
    if (isGlobalName(name) || name === 'require') return { kind: 'global', name };
    return { kind: 'never', reason: `'${name}' has no value at build; \`--define ${name}=…\` would give it one` };
  }

  /** Whether any code changes a part of what the name holds, by this name or another that refers to it. */
  isContentChanged(symbol: ts.Symbol): boolean {
    return this.#changes.of(symbol).content.length > 0;
  }

  #variable(
    symbol: ts.Symbol,
    declaration: ts.VariableDeclaration | ts.BindingElement | ts.ParameterDeclaration,
  ): Target {
    const outer = outermost(declaration);
    if (this.#isKernelSide(outer)) return this.#kernelVariable(symbol, outer);
    const { assigned, content } = this.#changes.of(symbol);
    if (assigned.length > 0) return { kind: 'variable', name: symbol.name };
    if (ts.isParameter(outer))
      return { kind: 'load', symbol, declaration, reason: 'is a parameter of user-space code' };
    if (isLoopOrCatchVariable(outer)) {
      return { kind: 'load', symbol, declaration, reason: 'is set by user-space code while it runs' };
    }
    const changed = content.find((node) => this.#isUserSpaceFunction(node));
    const statements = content.filter((node) => !ts.findAncestor(node, ts.isFunctionLike)).map(topLevelOf);
    const cell = this.#variableCell(outer, true, [...new Set(statements)], changed);
    return { kind: 'cell', symbol, declaration, cell, ...(cell.form === 'pattern' ? { part: symbol.name } : {}) };
  }

  #kernelVariable(symbol: ts.Symbol, outer: ts.VariableDeclaration | ts.ParameterDeclaration): Target {
    const isConstant = ts.isVariableDeclaration(outer) && ts.getCombinedNodeFlags(outer) & ts.NodeFlags.Const;
    if (!isConstant || !outer.initializer) return { kind: 'local', symbol };
    if (this.#changes.of(symbol).content.length > 0) return { kind: 'local', symbol };
    const cell = this.#variableCell(outer, false, [], undefined);
    return { kind: 'local', symbol, cell, ...(cell.form === 'pattern' ? { part: symbol.name } : {}) };
  }

  #variableCell(
    declaration: ts.VariableDeclaration,
    constant: boolean,
    statements: readonly ts.Node[],
    changedAt: ts.Node | undefined,
  ): Cell {
    const name = declaration.name.getText();
    const patches = statements.filter((one) => one !== declaration).map((one) => this.#patchCell(one));
    if (!declaration.initializer) return this.#cell(declaration, 'undefined', name, constant, patches, changedAt);
    if (ts.isIdentifier(declaration.name)) {
      return this.#cell(declaration.initializer, 'expression', name, constant, patches, changedAt);
    }
    return this.#cell(declaration, 'pattern', name, constant, patches, changedAt);
  }

  #patchCell(node: ts.Node): Cell {
    if (ts.isVariableDeclaration(node)) return this.#variableCell(node, true, [], undefined);
    return this.#cell(node, 'statement', 'a statement', false);
  }

  #declarationCell(symbol: ts.Symbol, declaration: ts.Node): Cell | undefined {
    if (ts.isFunctionDeclaration(declaration) || ts.isClassDeclaration(declaration)) {
      return this.#cell(declaration, 'declaration', declaration.name?.text ?? '', false);
    }
    if (ts.isEnumDeclaration(declaration) || ts.isModuleDeclaration(declaration)) {
      return this.#cell(declaration, 'declaration', symbol.name, false);
    }
    if (ts.isExportAssignment(declaration)) return this.#cell(declaration.expression, 'expression', 'default', true);
    if (ts.isPropertyDeclaration(declaration) && declaration.initializer) {
      if (this.#changes.of(symbol).assigned.length > 0) return undefined;
      return this.#cell(declaration.initializer, 'expression', symbol.name, true);
    }
    if (ts.isMethodDeclaration(declaration)) return this.#cell(declaration, 'method', symbol.name, false);
    // A function expression's own name, or a class expression's.
    if (ts.isFunctionExpression(declaration) || ts.isClassExpression(declaration)) {
      return this.#cell(declaration, 'expression', symbol.name, false);
    }
    return undefined;
  }

  #cell(
    root: ts.Node,
    form: Cell['form'],
    name: string,
    constant: boolean,
    patches: readonly Cell[] = [],
    changedAt?: ts.Node,
  ): Cell {
    const known = this.#cells.get(root);
    if (known) return known;
    const cell: Cell = { root, form, name, constant, patches, changedAt };
    this.#cells.set(root, cell);
    return cell;
  }

  #isKernelSide(node: ts.Node): boolean {
    const { functions } = this.#input;
    // A program's own declaration is outside of it: its ancestors alone decide.
    return ts.findAncestor(node.parent, (one) => functions.has(one as FunctionNode)) !== undefined;
  }

  #isUserSpaceFunction(node: ts.Node): boolean {
    return ts.findAncestor(node, ts.isFunctionLike) !== undefined && !this.#isKernelSide(node);
  }

  #alias(symbol: ts.Symbol): Target {
    const declaration = symbol.declarations?.find(isAliasDeclaration);
    if (!declaration) return runtimeOnly(`'${symbol.name}'`);
    if (ts.isImportEqualsDeclaration(declaration)) return this.#importEquals(declaration);
    const statement = ts.findAncestor(
      declaration as ts.Node,
      (node): node is ts.ImportDeclaration | ts.ExportDeclaration =>
        ts.isImportDeclaration(node) || ts.isExportDeclaration(node),
    );
    if (statement?.moduleSpecifier) return this.#imported(statement.moduleSpecifier, importedName(declaration));
    const local = ts.isExportSpecifier(declaration)
      ? this.#input.checker.getExportSpecifierLocalTargetSymbol(declaration)
      : this.#follow(symbol);
    return local && local !== symbol ? this.targetOfSymbol(local) : runtimeOnly(`'${symbol.name}'`);
  }

  #importEquals(declaration: ts.ImportEqualsDeclaration): Target {
    const { moduleReference } = declaration;
    if (ts.isExternalModuleReference(moduleReference)) return this.#imported(moduleReference.expression, '=');
    const symbol = this.#input.checker.getSymbolAtLocation(moduleReference);
    return symbol ? this.targetOfSymbol(symbol) : runtimeOnly(declaration.name.text);
  }

  #namespaceMember(specifier: ts.Expression, name: string): { symbol?: ts.Symbol; target?: Target } | undefined {
    const module = this.#projectModule(specifier);
    if (!module) return isLibrary(specifier) ? { target: this.#imported(specifier, name) } : undefined;
    const symbol = this.#input.checker.tryGetMemberInModuleExports(name, module);
    return symbol ? { symbol } : { target: this.#imported(specifier, name) };
  }

  #imported(specifier: ts.Expression, name: string): Target {
    const { checker } = this.#input;
    if (isLibrary(specifier)) {
      return this.#input.library(name)
        ? { kind: 'value', value: this.#input.library(name)!.value }
        : runtimeOnly(`'${name}' of tsbpf`);
    }
    const module = this.#projectModule(specifier);
    if (module && name === '*')
      return { kind: 'namespace', members: checker.getExportsOfModule(module).filter(isValue) };
    const member = module && checker.tryGetMemberInModuleExports(name, module);
    if (member) return this.targetOfSymbol(member);
    if (module || !ts.isStringLiteralLike(specifier)) return runtimeOnly(`'${name}'`);
    const file = specifier.getSourceFile().fileName;
    const json = this.#jsonFile(specifier, file);
    if (json) return { kind: 'json', file: json, name };
    return { kind: 'module', request: { specifier: specifier.text, file, name } };
  }

  #projectModule(specifier: ts.Expression): ts.Symbol | undefined {
    const module = this.#input.checker.getSymbolAtLocation(specifier);
    const file = module?.valueDeclaration;
    if (!file || !ts.isSourceFile(file) || file.isDeclarationFile || file.fileName.endsWith('.json')) return undefined;
    return module;
  }

  #jsonFile(specifier: ts.StringLiteralLike, importer: string): string | undefined {
    if (!specifier.text.endsWith('.json')) return undefined;
    const resolved = this.#input.checker.getSymbolAtLocation(specifier)?.valueDeclaration;
    if (resolved && ts.isSourceFile(resolved) && resolved.fileName.endsWith('.json')) return resolved.fileName;
    return /^\.{0,2}\//.test(specifier.text) ? path.resolve(path.dirname(importer), specifier.text) : undefined;
  }
}
