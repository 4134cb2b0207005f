/**
 * Turns TypeScript into JavaScript by blanking types out, so that every line stays where it was; a node that needs
 * more than that (enums, namespaces, parameter properties) is left to TypeScript's own emit.
 */
import { ts } from '../typescript.js';

/** A span of the source file with what stands in its place. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The edits that erase types within a node, or undefined where erasing is not enough. */
export function eraseTypes(root: ts.Node): readonly Edit[] | undefined {
  const eraser = new Eraser(root.getSourceFile());
  eraser.visit(root);
  return eraser.possible ? eraser.edits : undefined;
}

/** The decorators within a node, and `export default` before it. */
export function eraseModifiers(root: ts.Node): readonly Edit[] {
  const edits: Edit[] = [];
  const visit = (node: ts.Node): void => {
    const { modifiers = [] } = node as { modifiers?: readonly ts.ModifierLike[] };
    for (const modifier of modifiers) {
      const isDropped = ts.isDecorator(modifier) || (node === root && isExport(modifier));
      if (isDropped) edits.push({ start: modifier.getStart(), end: modifier.end, text: '' });
    }
    ts.forEachChild(node, visit);
  };
  visit(root);
  return edits;
}

/** The text of a node after its edits; the lines of blanked text are kept. */
export function applyEdits(root: ts.Node, edits: readonly Edit[]): string {
  const source = root.getSourceFile().text;
  let position = root.getStart();
  let text = '';
  for (const edit of [...edits].sort(inOrder)) {
    if (edit.start < position) continue;
    text += source.slice(position, edit.start) + edit.text + blank(source.slice(edit.start, edit.end));
    position = edit.end;
  }
  return text + source.slice(position, root.end);
}

/** At one place insertions come first, then the edit that covers most. */
function inOrder(a: Edit, b: Edit): number {
  const insertsFirst = Number(a.end > a.start) - Number(b.end > b.start);
  return a.start - b.start || insertsFirst || b.end - a.end;
}

function blank(text: string): string {
  return text === '' ? '' : text.replace(/[^\n]/g, '') || ' ';
}

function isExport({ kind }: ts.ModifierLike): boolean {
  return kind === ts.SyntaxKind.ExportKeyword || kind === ts.SyntaxKind.DefaultKeyword;
}

const typeModifiers = new Set([
  ts.SyntaxKind.PublicKeyword,
  ts.SyntaxKind.PrivateKeyword,
  ts.SyntaxKind.ProtectedKeyword,
  ts.SyntaxKind.ReadonlyKeyword,
  ts.SyntaxKind.AbstractKeyword,
  ts.SyntaxKind.OverrideKeyword,
]);

class Eraser {
  readonly edits: Edit[] = [];
  possible = true;
  readonly #file: ts.SourceFile;

  constructor(file: ts.SourceFile) {
    this.#file = file;
  }

  visit = (node: ts.Node): void => {
    if (!this.possible) return;
    if (isTypeOnly(node)) return this.#erase(node.getStart(), node.end, ';');
    if (needsEmit(node)) return void (this.possible = false);
    this.#eraseAround(node);
    ts.forEachChild(node, (child) => {
      if (!ts.isTypeNode(child) || ts.isExpressionWithTypeArguments(child)) this.visit(child);
    });
  };

  #erase(start: number, end: number, text = ''): void {
    this.edits.push({ start, end, text });
  }

  #eraseAround(node: ts.Node): void {
    if (ts.isAsExpression(node) || ts.isSatisfiesExpression(node)) return this.#erase(node.expression.end, node.end);
    if (ts.isNonNullExpression(node)) return this.#erase(node.end - 1, node.end);
    if (ts.isTypeAssertionExpression(node)) return this.#erase(node.getStart(), node.expression.getStart());
    if (ts.isHeritageClause(node) && node.token === ts.SyntaxKind.ImplementsKeyword) {
      return this.#erase(node.getStart(), node.end);
    }
    this.#eraseModifiers(node);
    this.#eraseMarks(node);
    this.#eraseAnnotation(node);
    this.#eraseBrackets((node as { typeParameters?: ts.NodeArray<ts.Node> }).typeParameters);
    if (!ts.isTypeNode(node) || ts.isExpressionWithTypeArguments(node)) {
      this.#eraseBrackets((node as { typeArguments?: ts.NodeArray<ts.Node> }).typeArguments);
    }
  }

  #eraseModifiers(node: ts.Node): void {
    if (!ts.canHaveModifiers(node)) return;
    for (const modifier of ts.getModifiers(node) ?? []) {
      if (typeModifiers.has(modifier.kind)) this.#erase(modifier.getStart(), modifier.end);
    }
  }

  #eraseMarks(node: ts.Node): void {
    const isMember = ts.isMethodDeclaration(node) || ts.isPropertyDeclaration(node);
    if (!isMember && !ts.isParameter(node) && !ts.isVariableDeclaration(node)) return;
    const marked = node as { questionToken?: ts.Node; exclamationToken?: ts.Node };
    const mark = marked.questionToken ?? marked.exclamationToken;
    if (mark) this.#erase(mark.getStart(), mark.end);
  }

  #eraseAnnotation(node: ts.Node): void {
    const { type } = node as { type?: ts.Node };
    if (!type) return;
    const isAnnotated =
      ts.isParameter(node) ||
      ts.isVariableDeclaration(node) ||
      ts.isPropertyDeclaration(node) ||
      ts.isFunctionLike(node);
    if (!isAnnotated) return;
    const colon = this.#file.text.lastIndexOf(':', type.getStart() - 1);
    // A line break may not stand between an arrow function's parameters and its arrow.
    if (ts.isArrowFunction(node) && this.#file.text.slice(colon, node.equalsGreaterThanToken.end).includes('\n')) {
      this.possible = false;
      return;
    }
    this.#erase(colon, type.end);
  }

  #eraseBrackets(list: ts.NodeArray<ts.Node> | undefined): void {
    if (!list) return;
    const close = this.#file.text.indexOf('>', list.end);
    this.#erase(list.pos - 1, close + 1);
  }
}

function isTypeOnly(node: ts.Node): boolean {
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return true;
  if (ts.isIndexSignatureDeclaration(node)) return true;
  if (ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node) || ts.isConstructorDeclaration(node)) {
    return !node.body;
  }
  if (!ts.canHaveModifiers(node)) return false;
  const modifiers = ts.getModifiers(node) ?? [];
  const isAbstractMember = ts.isPropertyDeclaration(node) && has(modifiers, ts.SyntaxKind.AbstractKeyword);
  return isAbstractMember || has(modifiers, ts.SyntaxKind.DeclareKeyword);
}

function needsEmit(node: ts.Node): boolean {
  if (ts.isEnumDeclaration(node) || ts.isModuleDeclaration(node) || ts.isImportEqualsDeclaration(node)) return true;
  if (!ts.isParameter(node)) return false;
  if (ts.isIdentifier(node.name) && node.name.text === 'this') return true;
  return (ts.getModifiers(node) ?? []).length > 0;
}

function has(modifiers: readonly ts.Modifier[], kind: ts.SyntaxKind): boolean {
  return modifiers.some((modifier) => modifier.kind === kind);
}
