/** Counts the events that a ring buffer had no room for, in a variable that user space reads. */
import { constant64, globalName, type IrValue } from '../../ir/values.js';
import type { DiscoveredMap } from '../../model.js';
import type { LoweringContext } from '../context.js';

/** @param isLost is true where the kernel gave no room. */
export function countLost(isLost: IrValue, ring: DiscoveredMap, context: LoweringContext): void {
  const { builder, module } = context;
  const lost = builder.createBlock('lost');
  const next = builder.createBlock('next');
  builder.branch(isLost, lost, next);
  builder.start(lost);
  builder.atomic('add', globalName(module.lostCounter(ring)), constant64(1));
  builder.jump(next);
  builder.start(next);
}
