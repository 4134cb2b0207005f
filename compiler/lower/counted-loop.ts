/** The loop of `for-of` over an array, of a callback that is walked, and of memory too large for a store a word. */
import type { Block } from '../ir/instructions.js';
import { i64 } from '../ir/types.js';
import { constant64, type IrValue } from '../ir/values.js';
import type { LoweringContext } from './context.js';
import { loopFor } from './target.js';

/** A loop over the indexes from 0 to `count` - 1. */
export function countedLoop(
  count: number,
  context: LoweringContext,
  body: (index: IrValue, targets: { breakTo: Block; continueTo: Block }) => void,
): void {
  const { builder } = context;
  const slot = builder.allocate(8);
  const test = builder.createBlock('test');
  const loop = builder.createBlock('loop');
  const next = builder.createBlock('next');
  const end = builder.createBlock('end');
  builder.store(constant64(0), slot, 8);
  builder.jump(test);
  builder.start(test);
  builder.branch(builder.compare('ult', builder.load(i64, slot, 8), constant64(count)), loop, end);
  builder.start(loop);
  body(builder.load(i64, slot, 8), { breakTo: end, continueTo: next });
  builder.jump(next);
  builder.start(next);
  builder.store(builder.binary('add', builder.load(i64, slot, 8), constant64(1)), slot, 8);
  builder.repeat(test, loopFor(context.module.options));
  builder.start(end);
}
