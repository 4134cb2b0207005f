/** `if`: a branch on a constant leaves only the side that is taken. */
import type { ts } from '@ts-morph/bootstrap';
import type { LoweringContext } from '../context.js';
import { lowerCondition } from './logical.js';
import { fold } from './fold.js';
import { lowerStatement } from './index.js';

export function lowerIf(node: ts.IfStatement, context: LoweringContext): void {
  const known = fold(node.expression, context);
  if (known) {
    const taken = known.value ? node.thenStatement : node.elseStatement;
    if (taken) context.scoped(() => lowerStatement(taken, context));
    return;
  }
  const { builder } = context;
  const then = builder.createBlock('then');
  const end = builder.createBlock('end');
  const otherwise = node.elseStatement ? builder.createBlock('else') : end;
  lowerCondition(node.expression, then, otherwise, context);
  builder.start(then);
  if (then.reached) context.scoped(() => lowerStatement(node.thenStatement, context));
  if (then.reached) builder.jump(end);
  if (node.elseStatement) {
    builder.start(otherwise);
    if (otherwise.reached) context.scoped(() => lowerStatement(node.elseStatement!, context));
    if (otherwise.reached) builder.jump(end);
  }
  builder.start(end);
}
