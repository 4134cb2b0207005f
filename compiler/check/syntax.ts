/** Program functions run to their end in the kernel: they do not wait, and they do not yield. */
import { ts } from '../typescript.js';
import { unsupportedSyntax, type Diagnostic } from '../diagnostics/index.js';
import type { FunctionNode } from '../model.js';

export function checkSyntax(node: FunctionNode): Diagnostic[] {
  const asynchronous = node.modifiers?.find(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword);
  if (asynchronous)
    return [
      { ...unsupportedSyntax(asynchronous, '`async`'), hint: 'A program function runs to its end; remove `async`.' },
    ];
  if (node.asteriskToken)
    return [
      { ...unsupportedSyntax(node.asteriskToken, 'A generator'), hint: 'Send events through a RingBuffer instead.' },
    ];
  return [];
}
