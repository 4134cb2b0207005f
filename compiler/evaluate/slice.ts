/** The JavaScript of one cell: a function whose parameters are what the cell depends on. */
import { ts } from '../typescript.js';
import { conversionEdits, type Conversions } from './conversions.js';
import { applyEdits, eraseModifiers, eraseTypes, type Edit } from './erase.js';
import type { Cell, Reference } from './model.js';
import { countedName } from './endless.js';
import { tickName } from './world.js';

export interface Slice {
  /** An expression whose value is `(lazy) => (…parameters) => value`. */
  readonly code: string;
  readonly parameters: readonly Parameter[];
  /** The line of the file that the code's first line stands for, from 1. */
  readonly firstLine: number;
}

export interface Parameter {
  readonly name: string;
  readonly reference: Reference;
}

/**
 * @param isLazy whether a reference's value is being computed at this moment, and has to be asked for when it is read.
 */
export function createSlice(
  cell: Cell,
  references: readonly Reference[],
  isLazy: (one: Reference) => boolean,
  conversions: Conversions,
): Slice {
  const root = cell.root;
  const parameters: Parameter[] = [];
  const lazy: string[] = [];
  const edits: Edit[] = [];
  for (const reference of references) {
    const name = reference.replaced ? `$${edits.length}` : reference.name;
    if (reference.replaced) edits.push({ start: reference.node.getStart(), end: reference.node.end, text: name });
    if (isLazy(reference)) lazy.push(name);
    if (!parameters.some((one) => one.name === name)) parameters.push({ name, reference });
  }
  const watch = watchEdits(root);
  const body = bodyOf(cell, [...edits, ...watch.before, ...conversionEdits(root, conversions), ...watch.behind]);
  const names = parameters.map(({ name }) => name).filter((name) => !lazy.includes(name));
  const inner = `function (${names.join(', ')}) { 'use strict'; ${body} }`;
  const code = lazy.length > 0 ? `(function ($lazy) { with ($lazy) { return (${inner}); } })` : `(() => (${inner}))`;
  const start = root.getSourceFile().getLineAndCharacterOfPosition(root.getStart());
  return { code, parameters, firstLine: start.line + 1 };
}

/**
 * A call at the start of every round of every loop, and one around what is spread or destructured into a rest.
 *
 * @returns what is inserted in the order in which insertions at one place have to stand: before and behind all others.
 */
function watchEdits(root: ts.Node): { readonly before: readonly Edit[]; readonly behind: readonly Edit[] } {
  const before: Edit[] = [];
  const behind: Edit[] = [];
  const wrap = (start: number, end: number, opening: string, closing: string): void => {
    before.push({ start, end: start, text: opening });
    if (closing) behind.push({ start: end, end, text: closing });
  };
  const count = (node: ts.Expression): void => wrap(node.getStart(), node.end, `${countedName}(`, ')');
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node)) return;
    if (ts.isIterationStatement(node, false)) {
      const { statement } = node;
      const start = statement.getStart();
      if (ts.isBlock(statement)) wrap(start + 1, start + 1, `${tickName}(); `, '');
      else wrap(start, statement.end, `{ ${tickName}(); `, ' }');
    } else if (ts.isSpreadElement(node)) count(node.expression);
    else if (ts.isVariableDeclaration(node) && node.initializer && hasRest(node.name)) count(node.initializer);
    else if (isDestructuringAssignment(node)) {
      count(node.right);
      visit(node.right);
      return;
    }
    ts.forEachChild(node, visit);
  };
  visit(root);
  return { before, behind };
}

function hasRest(name: ts.BindingName): boolean {
  return ts.isArrayBindingPattern(name) && name.elements.some((one) => ts.isBindingElement(one) && one.dotDotDotToken);
}

/** `[a, ...rest] = b`, whose left side spreads nothing. */
function isDestructuringAssignment(node: ts.Node): node is ts.BinaryExpression {
  return (
    ts.isBinaryExpression(node) &&
    node.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
    ts.isArrayLiteralExpression(node.left)
  );
}

function bodyOf(cell: Cell, replacements: readonly Edit[]): string {
  const { root, name } = cell;
  if (cell.form === 'undefined') return 'return undefined;';
  const text = javaScript(root, replacements, cell.form);
  switch (cell.form) {
    case 'expression':
      return `return (${text}\n);`;
    case 'pattern':
      return `const ${text};\nreturn { ${boundNames((root as ts.VariableDeclaration).name).join(', ')} };`;
    case 'declaration':
      return name ? `${text};\nreturn ${name};` : `return (${text}\n);`;
    case 'method':
      return `return ({ ${text} })[${JSON.stringify(name)}];`;
    case 'statement':
      return text;
  }
}

function javaScript(root: ts.Node, replacements: readonly Edit[], form: Cell['form']): string {
  const parts = declarationsOf(root);
  const texts = parts.map((part) => {
    const edits = [
      ...replacements.filter((one) => one.start >= part.pos && one.end <= part.end),
      ...eraseModifiers(part),
    ];
    if (form === 'method') edits.push(...staticKeyword(part));
    const types = eraseTypes(part);
    return types ? applyEdits(part, [...edits, ...types]) : emit(applyEdits(part, edits), form);
  });
  return texts.join('\n');
}

/** All the parts of an enum or a namespace that is declared in several. */
function declarationsOf(root: ts.Node): readonly ts.Node[] {
  if (!ts.isEnumDeclaration(root) && !ts.isModuleDeclaration(root)) return [root];
  const symbol = (root as { symbol?: ts.Symbol }).symbol;
  const parts = (symbol?.declarations ?? []).filter((one) => one.kind === root.kind);
  return parts.length > 0 ? parts : [root];
}

function staticKeyword(node: ts.Node): readonly Edit[] {
  if (!ts.canHaveModifiers(node)) return [];
  return (ts.getModifiers(node) ?? [])
    .filter((one) => one.kind === ts.SyntaxKind.StaticKeyword)
    .map((one) => ({ start: one.getStart(), end: one.end, text: '' }));
}

function emit(text: string, form: Cell['form']): string {
  const [before, after] = wrappers[form];
  const { outputText } = ts.transpileModule(`${before}${text}${after}`, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, useDefineForClassFields: true },
  });
  const script = outputText.replace(/^\s*"use strict";\s*/, '').replace(/\s*export \{\};\s*$/, '');
  return script.trim().slice(before.length, after.length > 0 ? -after.length : undefined);
}

const wrappers: Readonly<Record<Cell['form'], readonly [string, string]>> = {
  expression: ['(', ');'],
  pattern: ['const ', ';'],
  declaration: ['', ''],
  method: ['({ ', ' });'],
  statement: ['', ''],
  undefined: ['', ''],
};

export function boundNames(name: ts.BindingName): readonly string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? boundNames(element.name) : []));
}
