/** Small passes, each of which knows one limit of the kernel and says so before the kernel does. */
import type { ts } from '@ts-morph/bootstrap';
import type { Diagnostic } from '../diagnostics/index.js';
import type { Discovery } from '../model.js';
import { checkSyntax } from './syntax.js';

export function checkLimits(discovery: Discovery, _checker: ts.TypeChecker): Diagnostic[] {
  return [...discovery.functions].flatMap((node) => checkSyntax(node));
}
