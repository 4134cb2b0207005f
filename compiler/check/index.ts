/** Small passes, each of which knows one limit of the kernel and says so before the kernel does. */
import type { Diagnostic } from '../diagnostics/index.js';
import type { Discovery } from '../model.js';
import { checkSyntax } from './syntax.js';

export function checkLimits({ functions }: Discovery): Diagnostic[] {
  return [...functions].flatMap((node) => checkSyntax(node));
}
