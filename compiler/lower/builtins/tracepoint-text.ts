/** What stands behind the fields of a tracepoint's record: `ctx.filename` of `sched:sched_process_exec`. */
import { i32, i64 } from '../../ir/types.js';
import { constant, constant64, type IrValue } from '../../ir/values.js';
import { findHelper } from '../../programs/helpers.js';
import type { TracepointField } from '../../programs/tracepoint-format.js';
import type { BpfType } from '../../types/types.js';
import type { LoweringContext } from '../context.js';
import { loadFrom, zeroStack } from '../memory.js';
import { isBefore } from '../target.js';
import type { Value } from '../values.js';

/** Brought probe_read_kernel_str; before it probe_read_str reads whatever address there is. */
const KERNEL_READS = '5.5';
/** The lower half of the field says where the text is, the upper how long. */
const OFFSET_MASK = 0xffff;
const LENGTH_SHIFT = 16;

/**
 * Reads text, or an array as far as it goes, into memory of the program's own, zeroed first. The record is the kernel's, and a program may read it
 * at constant offsets alone, so that a helper reads it.
 */
export function loadBehind(field: TracepointField, type: BpfType, context: LoweringContext): Value {
  const { builder } = context;
  const location = builder.load(i32, builder.offset(context.contextPointer, constant64(field.offset)), 4);
  const offset = builder.cast('zext', builder.binary('and', location, constant(i32, OFFSET_MASK)), i64);
  const from = field.dataFrom === 'field' ? field.offset + field.size : 0;
  const value = context.allocate(type);
  zeroStack(type, value, context);
  const record: IrValue = builder.offset(context.contextPointer, constant64(from));
  const isOld = isBefore(KERNEL_READS, context.module.options);
  const call = (name: string, size: IrValue) =>
    builder.callHelper(findHelper(name)!.number, i64, [value, size, builder.offset(record, offset)]);
  if (type.kind === 'chars') {
    call(isOld ? 'probeReadStr' : 'probeReadKernelStr', constant64(type.size));
  } else {
    const length = builder.cast('zext', builder.binary('lshr', location, constant(i32, LENGTH_SHIFT)), i64);
    const most = constant64(type.size);
    call(isOld ? 'probeRead' : 'probeReadKernel', builder.select(builder.compare('ult', length, most), length, most));
  }
  return loadFrom(type, value, 'stack', context);
}
