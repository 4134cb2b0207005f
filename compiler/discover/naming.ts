/** C names for programs, maps and shared data: valid, unique in the module, as near to the source as can be. */
import { ts } from '../typescript.js';
import type { ProgramKind } from '../model.js';
import { defaultCompilerOptions } from '../options.js';
import { programTypes } from '../programs/index.js';

/** Symbols that every object has, and its section of the license. */
const reserved = ['_license', 'license'];

/** Names of sections that no symbol can have: LLVM keeps both in one table. */
export function sectionNames(kinds: Iterable<ProgramKind>): readonly string[] {
  const sections = [...kinds].map((kind) => programTypes[kind].section([''], defaultCompilerOptions));
  return [...reserved, ...sections.filter(isIdentifier)];
}

export class Names {
  private readonly taken: Set<string>;

  /** @param kinds of the object's programs. */
  constructor(kinds: Iterable<ProgramKind> = []) {
    this.taken = new Set(sectionNames(kinds));
  }

  /** @returns the wished name as a C identifier, with `_2`, `_3`, … where it is taken. */
  claim(wish: string): string {
    const base = toIdentifier(wish);
    let name = base;
    for (let count = 2; this.taken.has(name); count++) name = `${base}_${count}`;
    this.taken.add(name);
    return name;
  }

  isTaken(name: string): boolean {
    return this.taken.has(name);
  }
}

export function isIdentifier(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}

function toIdentifier(name: string): string {
  const word = name.replace(/^#/, '').replace(/[^A-Za-z0-9_]+/g, '_');
  return /^[A-Za-z_]/.test(word) ? word : `_${word}`;
}

/** The name that a declaration gives to an expression that it holds: `const x = …`, `static x = …`, `{ x: … }`. */
export function holderName(expression: ts.Node): string | undefined {
  let node = expression;
  while (isWrapper(node.parent)) node = node.parent;
  const { parent } = node;
  const holds = ts.isVariableDeclaration(parent) || ts.isPropertyDeclaration(parent) || ts.isPropertyAssignment(parent);
  if (!holds || parent.initializer !== node) return undefined;
  const { name } = parent;
  return ts.isIdentifier(name) || ts.isStringLiteral(name) || ts.isPrivateIdentifier(name) ? name.text : undefined;
}

function isWrapper(node: ts.Node): boolean {
  return (
    ts.isParenthesizedExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isNonNullExpression(node)
  );
}
