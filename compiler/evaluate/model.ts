/** The vocabulary of partial evaluation: what a name stands for, and what an expression depends on. */
import type { ts } from '@ts-morph/bootstrap';
import type { Diagnostic } from '../diagnostics/diagnostic.js';

/**
 * Values of names that lowering has bound itself: unrolled loop variables, parameters of specialised functions,
 * constants inside program functions.
 */
export type Bindings = (symbol: ts.Symbol) => { readonly value: unknown } | undefined;

export type Evaluation =
  | { readonly kind: 'static'; readonly value: unknown }
  /**
   * The expression is a name whose value only the running program knows. `symbol` and `declaration` are those of the
   * constant itself, imports followed; `name` is the name as written at the expression.
   */
  | {
      readonly kind: 'load';
      readonly symbol: ts.Symbol;
      readonly declaration: ts.Declaration;
      readonly name: string;
      readonly reason: string;
    }
  /** Lowering has to deal with it; `node` is the part that is not static. */
  | { readonly kind: 'notStatic'; readonly node: ts.Node; readonly reason: string }
  | { readonly kind: 'failed'; readonly diagnostic: Diagnostic };

/** A declaration (or an expression, or a statement that fills a constant) that is run at most once. */
export interface Cell {
  /** What is run; its free names are what it depends on. */
  readonly root: ts.Node;
  readonly form: 'expression' | 'pattern' | 'declaration' | 'method' | 'statement' | 'undefined';
  /** What the declaration is called, for messages and for the code that returns it. */
  readonly name: string;
  /** A user-space constant: what it needs beyond constants makes it known at load, and effects of computing it are its own affair. */
  readonly constant: boolean;
  /** Statements that fill the constant at the top level of a module, in order. */
  readonly patches: readonly Cell[];
  /** Where a function of user space changes the content; only direct use in a program function minds. */
  readonly changedAt: ts.Node | undefined;
}

/** What is imported from outside the project. */
export interface ModuleRequest {
  readonly specifier: string;
  /** The importing file. */
  readonly file: string;
  /** An export's name, `default`, `*` for the namespace, `=` for what `require` returns. */
  readonly name: string;
}

export type Target =
  /** A name inside a BPF function: static where lowering bound it, or where it is a constant with a static initializer. */
  | { readonly kind: 'local'; readonly symbol: ts.Symbol; readonly cell?: Cell; readonly part?: string }
  /** A declaration outside BPF functions; `part` is the name within a destructuring declaration. */
  | {
      readonly kind: 'cell';
      readonly symbol: ts.Symbol;
      readonly declaration: ts.Declaration;
      readonly cell: Cell;
      readonly part?: string;
    }
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'module'; readonly request: ModuleRequest }
  | { readonly kind: 'json'; readonly file: string; readonly name: string }
  | { readonly kind: 'namespace'; readonly members: readonly ts.Symbol[] }
  | { readonly kind: 'global'; readonly name: string }
  | { readonly kind: 'load'; readonly symbol: ts.Symbol; readonly declaration: ts.Declaration; readonly reason: string }
  | { readonly kind: 'never'; readonly reason: string }
  | { readonly kind: 'variable'; readonly name: string };

/** A free name of a node, or a part of its text that stands for a value of its own (`import.meta`, `Class.CONSTANT`). */
export interface Reference {
  readonly node: ts.Node;
  /** The name as written; for a replaced part the text it had. */
  readonly name: string;
  readonly symbol: ts.Symbol | undefined;
  /** Known without a symbol: globals, `this`, tsbpf's own exports. */
  readonly target: Target | undefined;
  /** The name of the property that is read from it directly; `()` and `new()` where it is called without arguments. */
  readonly member: string | undefined;
  /** The whole node is replaced by a parameter when the slice is run. */
  readonly replaced: boolean;
  /** A node within which this is no free name. */
  readonly scope: readonly ts.Node[];
}

/** Something that computing would do beyond giving a value. */
export interface Effect {
  readonly node: ts.Node;
  readonly reason: string;
  readonly scope: readonly ts.Node[];
}

export interface Facts {
  readonly references: readonly Reference[];
  readonly effect: Effect | undefined;
}

export interface Reason {
  readonly node: ts.Node;
  readonly text: string;
}

export type Assessment =
  | { readonly kind: 'static'; readonly effect: Reason | undefined; readonly bound: boolean }
  | { readonly kind: 'load'; readonly reason: Reason; readonly bound: boolean }
  | { readonly kind: 'never'; readonly reason: Reason; readonly bound: boolean };
