/** The names that are visible at a point of a program function, and what they stand for. */
import type { ts } from '@ts-morph/bootstrap';
import type { Place, Value } from './values.js';

export type Variable =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'place'; readonly place: Place }
  /** Its declaration was refused; uses say nothing more. */
  | { readonly kind: 'refused' };

export class Scope {
  private readonly variables = new Map<ts.Symbol, Variable>();

  constructor(private readonly parent?: Scope) {}

  declare(symbol: ts.Symbol, variable: Variable): void {
    this.variables.set(symbol, variable);
  }

  find(symbol: ts.Symbol): Variable | undefined {
    return this.variables.get(symbol) ?? this.parent?.find(symbol);
  }
}
