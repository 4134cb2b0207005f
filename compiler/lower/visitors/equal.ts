/** `a === b` where no operator says so: in `switch`, and in searches. */
import type { ts } from '../../typescript.js';
import type { IrValue } from '../../ir/values.js';
import { comparedOperands, compareScalars } from '../arithmetic.js';
import { compareText } from '../builtins/text.js';
import type { LoweringContext } from '../context.js';
import type { Value } from '../values.js';
import { compareOptional, compareWithUndefined, isText } from './binary.js';

export function isEqual(left: Value, right: Value, node: ts.Node, context: LoweringContext): IrValue {
  const undefinedTest = compareWithUndefined('===', left, right, true, context);
  if (undefinedTest) return undefinedTest;
  if (isText(left) || isText(right)) return compareText(true, left, right, node, context);
  const mixed = compareOptional('===', left, right, node, context);
  if (mixed) return mixed;
  const [a, b] = comparedOperands(left, right, node, context);
  return compareScalars('===', a, b, context);
}
