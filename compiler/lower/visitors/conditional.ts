/** `condition ? a : b`. */
import type { ts } from '@ts-morph/bootstrap';
import type { LoweringContext } from '../context.js';
import { Merge } from '../merge.js';
import type { Value } from '../values.js';
import { lowerCondition } from './logical.js';
import { fold } from './fold.js';
import { lowerExpression } from './index.js';

export function lowerConditional(node: ts.ConditionalExpression, context: LoweringContext): Value {
  const known = fold(node.condition, context);
  if (known) return lowerExpression(known.value ? node.whenTrue : node.whenFalse, context);
  const { builder } = context;
  const yes = builder.createBlock('yes');
  const no = builder.createBlock('no');
  const merge = new Merge(context);
  lowerCondition(node.condition, yes, no, context);
  builder.start(yes);
  if (yes.reached) merge.arrive(lowerExpression(node.whenTrue, context), node.whenTrue);
  builder.start(no);
  if (no.reached) merge.arrive(lowerExpression(node.whenFalse, context), node.whenFalse);
  return merge.finish();
}
