/** What an expression or declaration depends on: its free names, and what it would change. */
import { ts } from '../typescript.js';
import type { Effect, Facts, Reference, Target } from './model.js';
import { accessedMember, assignments, isInside, isNameReference, mutatedRoot } from './syntax.js';

/** What the walk asks of the resolver. */
export interface Names {
  symbolOf(identifier: ts.Identifier): ts.Symbol | undefined;
  /** A member of a namespace import, or a static constant of a class, which is then depended on in place of the whole. */
  memberOf(access: ts.PropertyAccessExpression): { symbol?: ts.Symbol; target?: Target } | undefined;
  /** A dotted name that `--define` gives a value. */
  defined(access: ts.PropertyAccessExpression): Target | undefined;
}

export class FactFinder {
  readonly #names: Names;
  readonly #known = new Map<ts.Node, Facts>();

  constructor(names: Names) {
    this.#names = names;
  }

  /** The free names of a node and its effects on what lies outside, found once. */
  of(root: ts.Node): Facts {
    const known = this.#known.get(root);
    if (known) return known;
    const collector = new Collector(root, this.#names, (node) => this.of(node));
    const facts = collector.collect();
    this.#known.set(root, facts);
    return facts;
  }
}

class Collector {
  readonly #root: ts.Node;
  readonly #names: Names;
  readonly #facts: (node: ts.Node) => Facts;
  readonly #references = new Map<string | ts.Symbol, Map<string, Reference>>();
  readonly #replaced: Reference[] = [];
  #effect: Effect | undefined;

  constructor(root: ts.Node, names: Names, facts: (node: ts.Node) => Facts) {
    this.#root = root;
    this.#names = names;
    this.#facts = facts;
  }

  collect(): Facts {
    this.#enter(this.#root);
    const references = [...this.#references.values()].flatMap((members) => [...members.values()]);
    return { references: [...references, ...this.#replaced], effect: this.#effect };
  }

  #visit = (node: ts.Node): void => {
    if (isErased(node)) return;
    if (ts.isIdentifier(node)) return isNameReference(node) ? this.#addName(node) : undefined;
    if (ts.isExpression(node)) return this.#merge(this.#facts(node));
    this.#enter(node);
  };

  #enter(node: ts.Node): void {
    if (ts.isIdentifier(node)) return isNameReference(node) ? this.#addName(node) : undefined;
    if (ts.isPropertyAccessExpression(node) && this.#enterAccess(node)) return;
    if (node.kind === ts.SyntaxKind.ThisKeyword || node.kind === ts.SyntaxKind.SuperKeyword) return this.#addThis(node);
    if (ts.isMetaProperty(node)) return this.#addMeta(node);
    if (ts.isAwaitExpression(node) || ts.isYieldExpression(node)) this.#addWaiting(node);
    if (ts.isForOfStatement(node) && node.awaitModifier) this.#addWaiting(node);
    if (isDynamicImport(node)) this.#add(node, never('is imported while the program runs', []));
    this.#noteEffects(node);
    ts.forEachChild(node, this.#visit);
  }

  #enterAccess(node: ts.PropertyAccessExpression): boolean {
    const target = this.#names.defined(node);
    if (target) {
      this.#add(node, { ...reference(node), target, replaced: true });
      return true;
    }
    const member = this.#names.memberOf(node);
    if (!member) return false;
    this.#add(node, {
      ...reference(node),
      symbol: member.symbol,
      target: member.target,
      member: accessedMember(node),
      replaced: true,
      scope: member.symbol?.declarations ?? [],
    });
    return true;
  }

  #addName(node: ts.Identifier): void {
    const symbol = this.#names.symbolOf(node);
    if (node.text === 'arguments' && !symbol?.declarations?.length) return this.#addThis(node);
    const scope = symbol?.declarations ?? [];
    this.#add(node, { ...reference(node), symbol, member: accessedMember(node), scope });
    const called = accessedMember(node);
    if (node.text === 'console' && called && scope.every((one) => one.getSourceFile().isDeclarationFile)) {
      this.#note({ node, reason: 'prints', scope: [] });
    }
  }

  #addThis(node: ts.Node): void {
    const container = thisContainer(node);
    this.#add(node, never(`'${node.getText()}' has no value at build`, container ? [container] : []));
  }

  #addWaiting(node: ts.Node): void {
    const container = ts.findAncestor(node.parent, ts.isFunctionLike);
    this.#add(node, never(awaited(node), container ? [container] : []));
  }

  #addMeta(node: ts.MetaProperty): void {
    if (node.keywordToken === ts.SyntaxKind.NewKeyword) return this.#addThis(node);
    this.#add(node, { ...reference(node), target: { kind: 'value', value: undefined }, replaced: true });
  }

  #noteEffects(node: ts.Node): void {
    const assigned = assignments(node).map(({ root }) => root);
    const changed = mutatedRoot(node);
    for (const root of changed ? [...assigned, changed] : assigned) {
      const symbol = ts.isIdentifier(root) ? this.#names.symbolOf(root) : undefined;
      const scope = symbol?.declarations ?? [];
      this.#note({ node, reason: `changes ${root.getText()}`, scope });
    }
  }

  #merge(facts: Facts): void {
    for (const one of facts.references) this.#add(one.node, one);
    if (facts.effect) this.#note(facts.effect);
  }

  #note(effect: Effect): void {
    if (this.#effect || effect.scope.some((node) => isInside(node, this.#root))) return;
    this.#effect = effect;
  }

  #add(node: ts.Node, details: Partial<Reference>): void {
    const one: Reference = { ...reference(node), ...details };
    if (one.scope.some((declaration) => isInside(declaration, this.#root))) return;
    if (one.replaced) return void this.#replaced.push(one);
    const key = one.symbol ?? one.name;
    const members = this.#references.get(key) ?? new Map<string, Reference>();
    this.#references.set(key, members);
    const member = one.member ?? '';
    if (!members.has(member)) members.set(member, one);
  }
}

function awaited(node: ts.Node): string {
  const what = ts.isAwaitExpression(node) ? node.expression.getText().replace(/\s+/g, ' ') : 'what is iterated over';
  const file = node.getSourceFile();
  const line = file.getLineAndCharacterOfPosition(node.getStart()).line + 1;
  return `\`${what.length > 40 ? `${what.slice(0, 37)}...` : what}\` at line ${line} is awaited`;
}

function reference(node: ts.Node): Reference {
  const name = ts.isIdentifier(node) ? node.text : node.getText();
  return { node, name, symbol: undefined, target: undefined, member: undefined, replaced: false, scope: [] };
}

function never(reason: string, scope: readonly ts.Node[]): Partial<Reference> {
  return { target: { kind: 'never', reason }, scope };
}

function thisContainer(node: ts.Node): ts.Node | undefined {
  return ts.findAncestor(node.parent, (one) => {
    if (ts.isArrowFunction(one)) return false;
    return ts.isFunctionLike(one) || ts.isClassLike(one) || ts.isModuleDeclaration(one);
  });
}

function isDynamicImport(node: ts.Node): boolean {
  return ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
}

function isErased(node: ts.Node): boolean {
  if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return true;
  if (ts.isTypeParameterDeclaration(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) {
    return true;
  }
  return ts.isDecorator(node) || (ts.isHeritageClause(node) && node.token === ts.SyntaxKind.ImplementsKeyword);
}
