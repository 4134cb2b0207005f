/** Blocks, and the functions that are declared in them. */
import { ts } from '../../typescript.js';
import type { LoweringContext } from '../context.js';
import { lowerStatement } from './index.js';

export function lowerBlock(node: ts.Block, context: LoweringContext): void {
  context.scoped(() => lowerStatements(node.statements, context));
}

/** Statements in the current scope; functions are known from the first one on. */
export function lowerStatements(statements: readonly ts.Statement[], context: LoweringContext): void {
  for (const statement of statements) {
    if (!ts.isFunctionDeclaration(statement) || !statement.name || !statement.body) continue;
    const symbol = context.checker.getSymbolAtLocation(statement.name);
    if (symbol)
      context.scope.declare(symbol, {
        kind: 'value',
        value: { kind: 'function', node: statement, scope: context.scope },
      });
  }
  for (const statement of statements) lowerStatement(statement, context);
}

/** The block has declared it already. */
export function lowerFunctionDeclaration(_node: ts.FunctionDeclaration, _context: LoweringContext): void {
  // Nothing is left to do where it stands.
}
