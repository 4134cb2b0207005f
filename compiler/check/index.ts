/** Small passes, each of which knows one limit of the kernel and says so before the kernel does. */
import type { ts } from '@ts-morph/bootstrap';
import type { Diagnostic } from '../diagnostics/index.js';
import type { Discovery, FunctionNode } from '../model.js';
import { checkOverwritten } from './overwritten.js';
import { checkSyntax } from './syntax.js';

export function checkLimits(discovery: Discovery, checker: ts.TypeChecker): Diagnostic[] {
  const overwritten = outermost(discovery.functions).flatMap((node) => checkOverwritten(node, checker));
  return [...[...discovery.functions].flatMap((node) => checkSyntax(node)), ...overwritten];
}

/** The functions that are in no other. */
function outermost(functions: ReadonlySet<FunctionNode>): FunctionNode[] {
  return [...functions].filter((node) => {
    for (let outer: ts.Node = node.parent; outer; outer = outer.parent)
      if (functions.has(outer as FunctionNode)) return false;
    return true;
  });
}
