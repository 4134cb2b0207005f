/** Offsets that are known at run time alone, within what the verifier and the kernel's helpers take. */
import type { Block } from '../../ir/instructions.js';
import { i64 } from '../../ir/types.js';
import { constant64, type IrValue } from '../../ir/values.js';
import type { LoweringContext } from '../../lower/context.js';
import type { Known } from '../analysis.js';

/** Whether an index needs no test to be known to be at most `most`, to the verifier too. */
export function isFollowed(known: Known, most: number): boolean {
  return known.max <= most && known.followed;
}

/**
 * An index in 64 bits, at most `most`; where it is more, `outside` follows.
 *
 * @param mustSee whether the verifier has to know that bound too.
 */
export function boundedIndex(
  index: IrValue,
  known: Known,
  most: number,
  mustSee: boolean,
  outside: Block,
  context: LoweringContext,
): IrValue {
  const { builder } = context;
  const wide = builder.resize(index, i64, false);
  if (known.max <= most && (known.followed || !mustSee)) return wide;
  if (most < 0) {
    builder.jump(outside);
    builder.start(builder.createBlock('never'));
    return wide;
  }
  // What LLVM knows of the bound by other ways than the verifier, it may not use to do without the test.
  const value = mustSee ? builder.opaque(wide) : wide;
  const goOn = builder.createBlock('index');
  builder.branch(builder.compare('ule', value, constant64(most)), goOn, outside);
  builder.start(goOn);
  return value;
}
