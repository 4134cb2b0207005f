/** What lowering decided about each node, kept for `--emit evaluated`: written by `lower/` as it goes, read by `print.ts`. */
import { ts } from '../typescript.js';
import { assignments } from '../evaluate/syntax.js';
import type { DiscoveredMap, DiscoveredProgram, DiscoveredShared, FunctionNode, LoadConstant } from '../model.js';
import type { BpfType } from '../types/types.js';
import type { Value } from '../lower/values.js';

/** What an expression is, or a name where it is declared. */
export type Decision =
  /** Known at build. `symbol` is that of the name, where the expression is one. */
  | { readonly kind: 'value'; readonly value: unknown; readonly symbol: ts.Symbol | undefined }
  | { readonly kind: 'load'; readonly constant: LoadConstant & { readonly type: BpfType } }
  /** A name that stands for a function, which is specialised wherever it is called. */
  | { readonly kind: 'function' }
  /** It is computed while the program runs, or was another when it was lowered again. */
  | { readonly kind: 'kept' };

/** How a node was lowered. */
export type Shape =
  /** Of `a && b`, `a || b` and `a ?? b` one side is the result. */
  | { readonly kind: 'side'; readonly right: boolean }
  /** A loop over constants, lowered once for each. */
  | { readonly kind: 'unrolled'; readonly values: readonly Value[] }
  /** A call of a function of the project, where a builtin would call back. */
  | { readonly kind: 'call' };

/** One lowering of a function's body, or of a loop's: a function that is called twice has two. */
export class Activation {
  readonly decisions = new Map<ts.Node, Decision>();
  readonly shapes = new Map<ts.Node, Shape>();
  /** Statements that were lowered; all others are unreachable. */
  readonly reached = new Set<ts.Node>();
  /** Activations of the functions called, and of the loops unrolled, by the call or the loop. */
  readonly inner = new Map<ts.Node, Activation[]>();

  constructor(readonly node: FunctionNode | ts.ForOfStatement) {}
}

export interface RecordedProgram {
  readonly program: DiscoveredProgram;
  readonly targets: readonly string[];
  /** Those that the source gives, by name. */
  readonly options: readonly (readonly [string, number])[];
  readonly activation: Activation;
}

/** The numbers of a map's definition; 0 entries are filled in by the running program. */
export interface RecordedMap {
  readonly maxEntries: number | undefined;
  readonly flags: number;
  /** Of a map of maps. */
  readonly inner?: RecordedMap;
}

export class Recording {
  readonly programs: RecordedProgram[] = [];
  readonly maps = new Map<DiscoveredMap, RecordedMap>();
  /** Initial values that are known at build. */
  readonly shared = new Map<DiscoveredShared, { readonly value: unknown } | undefined>();
  private readonly functions = new WeakMap<object, Activation>();
  private current: Activation | undefined;

  /** Records what lowering a program's function decides. */
  program<T>(program: Omit<RecordedProgram, 'activation'>, lower: () => T): T {
    const activation = new Activation(program.program.function);
    this.programs.push({ ...program, activation });
    return this.run(activation, lower);
  }

  /** Records one more activation, of a function that is called at `site`, or of the loop that `site` is. */
  within<T>(site: ts.Node, node: Activation['node'], lower: () => T): T {
    const activation = new Activation(node);
    this.add(site, activation);
    return this.run(activation, lower);
  }

  /** Records a function that may come to be one of the object, called from several places. */
  apart(node: Activation['node'], lower: () => void): Activation {
    const activation = new Activation(node);
    this.run(activation, lower);
    return activation;
  }

  /** A call of a function of the object; its activation is given where it was lowered for this call. */
  calls(site: ts.Node, target: object, activation: Activation | undefined): void {
    if (activation) this.functions.set(target, activation);
    const known = this.functions.get(target);
    if (known) this.add(site, known);
  }

  private add(site: ts.Node, activation: Activation): void {
    this.current?.inner.set(site, [...(this.current.inner.get(site) ?? []), activation]);
  }

  decide(node: ts.Node, decision: Decision): void {
    const decisions = this.current?.decisions;
    if (!decisions) return;
    const before = decisions.get(node);
    decisions.set(node, !before || agree(before, decision) ? decision : { kind: 'kept' });
  }

  reach(statement: ts.Node): void {
    this.current?.reached.add(statement);
  }

  shape(node: ts.Node, shape: Shape): void {
    this.current?.shapes.set(node, shape);
  }

  /** An expression, or the name in a declaration, and what lowering made of it. */
  value(node: ts.Node, value: Value | undefined, symbol?: ts.Symbol): void {
    if (value?.kind === 'static') return this.decide(node, { kind: 'value', value: value.value, symbol });
    if (value?.kind === 'function') return this.decide(node, { kind: 'function' });
    if (this.current?.decisions.get(node)?.kind !== 'load') this.decide(node, { kind: 'kept' });
  }

  /** An expression that was lowered; what it may do besides giving a value keeps it as it is. */
  expression(node: ts.Expression, value: Value, context: { symbolOf(node: ts.Node): ts.Symbol | undefined }): void {
    const isStatic = value.kind === 'static' && isPure(node);
    this.value(
      node,
      isStatic || value.kind === 'function' ? value : undefined,
      ts.isIdentifier(node) ? context.symbolOf(node) : undefined,
    );
  }

  private run<T>(activation: Activation, lower: () => T): T {
    const outer = this.current;
    this.current = activation;
    try {
      return lower();
    } finally {
      this.current = outer;
    }
  }
}

function agree(a: Decision, b: Decision): boolean {
  if (a.kind === 'value' && b.kind === 'value') return Object.is(a.value, b.value);
  if (a.kind === 'load' && b.kind === 'load') return a.constant.symbol === b.constant.symbol;
  return a.kind === b.kind;
}

function isPure(node: ts.Node): boolean {
  if (ts.isFunctionLike(node)) return true;
  if (ts.isCallExpression(node) || ts.isNewExpression(node) || assignments(node).length > 0) return false;
  return ts.forEachChild(node, (child) => !isPure(child)) !== true;
}
