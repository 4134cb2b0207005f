/** Which names a project assigns after their declaration, and where it changes the content of what they hold. */
import { ts } from '../typescript.js';
import { isRuntimeFile } from '../open/resolve.js';
import { assignments, mutatedRoot, namedRoot } from './syntax.js';

export interface Changes {
  /** Assignments to the name itself. */
  readonly assigned: readonly ts.Node[];
  /** Changes of a part of its value, by this name or by another that refers to it. */
  readonly content: readonly ts.Node[];
}

interface Record {
  readonly assigned: ts.Node[];
  readonly content: ts.Node[];
  /** Names that refer to a part of the value, and calls that are given it. */
  readonly aliases: (() => ts.Symbol | undefined)[];
}

export class ChangeIndex {
  readonly #program: ts.Program;
  readonly #symbolOf: (identifier: ts.Identifier) => ts.Symbol | undefined;
  #records: Map<ts.Symbol, Record> | undefined;

  constructor(program: ts.Program, symbolOf: (identifier: ts.Identifier) => ts.Symbol | undefined) {
    this.#program = program;
    this.#symbolOf = symbolOf;
  }

  of(symbol: ts.Symbol): Changes {
    const records = (this.#records ??= this.#index());
    const record = records.get(symbol);
    if (!record) return { assigned: [], content: [] };
    return { assigned: record.assigned, content: this.#content(symbol, records, new Set()) };
  }

  #content(symbol: ts.Symbol, records: Map<ts.Symbol, Record>, seen: Set<ts.Symbol>): readonly ts.Node[] {
    const record = records.get(symbol);
    if (!record || seen.has(symbol)) return [];
    seen.add(symbol);
    const behind = record.aliases.flatMap((alias) => {
      const other = alias();
      return other ? this.#content(other, records, seen) : [];
    });
    return [...record.content, ...behind];
  }

  #index(): Map<ts.Symbol, Record> {
    const records = new Map<ts.Symbol, Record>();
    const record = (identifier: ts.Identifier): Record | undefined => {
      const symbol = this.#symbolOf(identifier);
      if (!symbol) return undefined;
      const known = records.get(symbol) ?? { assigned: [], content: [], aliases: [] };
      records.set(symbol, known);
      return known;
    };
    const visit = (node: ts.Node): void => {
      if (ts.isTypeNode(node)) return;
      this.#note(node, record);
      ts.forEachChild(node, visit);
    };
    for (const file of this.#program.getSourceFiles()) {
      if (!file.isDeclarationFile && !isRuntimeFile(file.fileName)) visit(file);
    }
    return records;
  }

  #note(node: ts.Node, record: (identifier: ts.Identifier) => Record | undefined): void {
    for (const { root, whole } of assignments(node)) {
      if (ts.isIdentifier(root)) record(root)?.[whole ? 'assigned' : 'content'].push(node);
    }
    const changed = mutatedRoot(node);
    if (changed && ts.isIdentifier(changed)) record(changed)?.content.push(node);
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer) {
      const root = namedRoot(node.initializer);
      const { name } = node;
      if (root) record(root)?.aliases.push(() => this.#symbolOf(name));
    }
    if (ts.isCallExpression(node)) this.#noteArguments(node, record);
  }

  #noteArguments(call: ts.CallExpression, record: (identifier: ts.Identifier) => Record | undefined): void {
    const callee = namedRoot(call.expression);
    if (callee !== call.expression || !callee) return;
    call.arguments.forEach((argument, index) => {
      const root = namedRoot(argument);
      if (root) record(root)?.aliases.push(() => this.#parameter(callee, index));
    });
  }

  #parameter(callee: ts.Identifier, index: number): ts.Symbol | undefined {
    const declaration = this.#symbolOf(callee)?.valueDeclaration;
    const value = declaration && ts.isVariableDeclaration(declaration) ? declaration.initializer : declaration;
    if (!value || !(ts.isFunctionDeclaration(value) || ts.isArrowFunction(value) || ts.isFunctionExpression(value))) {
      return undefined;
    }
    const name = value.parameters[index]?.name;
    return name && ts.isIdentifier(name) ? this.#symbolOf(name) : undefined;
  }
}
