/** `CgroupArray` in the kernel: whether the current task, or the socket of a packet, is in a control group. */
import { ts } from '../../typescript.js';
import { mapMethodNotInProgram } from '../../diagnostics/index.js';
import { i64 } from '../../ir/types.js';
import { constant64, type IrValue } from '../../ir/values.js';
import type { ProgramKind } from '../../model.js';
import type { LoweringContext } from '../context.js';
import { bits64, boolean, toScalar } from '../scalars.js';
import type { Value } from '../values.js';
import { lowerArgument } from './arguments.js';
import type { Method } from './maps.js';

const SKB_UNDER_CGROUP = 33;
const TASK_UNDER_CGROUP = 37;

/** Programs that run on behalf of a task: `bpf_tracing_func_proto` of kernel/trace/bpf_trace.c. */
export const TRACING: readonly ProgramKind[] = [
  'kprobe',
  'kretprobe',
  'uprobe',
  'uretprobe',
  'tracepoint',
  'rawTracepoint',
];
/** `tc_cls_act_func_proto` of net/core/filter.c. */
export const CLASSIFIERS: readonly ProgramKind[] = ['tc', 'tcAction', 'ingressFilter', 'egressFilter'];

/** Refuses a method that the kernel has not for the program that is being lowered. */
export function requireProgram(
  method: string,
  kinds: readonly ProgramKind[],
  node: ts.CallExpression,
  context: LoweringContext,
  instead?: string,
): void {
  const { kind } = context.type;
  if (!kinds.includes(kind)) context.refuse(mapMethodNotInProgram(node.expression, method, kind, kinds, instead));
}

export const CGROUPS: Readonly<Record<string, Method>> = {
  contains: (layout, node, context) => {
    const instead = "Of a packet's socket: containsPacket(ctx, index), in tc programs.";
    requireProgram('CgroupArray.contains', TRACING, node, context, instead);
    const status = context.builder.callHelper(TASK_UNDER_CGROUP, i64, [layout.address, index(node, 0, context)]);
    return isIn(status, context);
  },
  containsPacket: (layout, node, context) => {
    const instead = 'Of the current task: contains(index), in probes and tracepoints.';
    requireProgram('CgroupArray.containsPacket', CLASSIFIERS, node, context, instead);
    const parameters = [context.contextPointer, layout.address, index(node, 1, context)];
    return isIn(context.builder.callHelper(SKB_UNDER_CGROUP, i64, parameters), context);
  },
};

function index(node: ts.CallExpression, at: number, context: LoweringContext): IrValue {
  return bits64(toScalar(lowerArgument(node, at, context), node, context), context);
}

/** 1 for yes; 0 for no, and less for an index that is empty or past the end. */
function isIn(status: IrValue, { builder }: LoweringContext): Value {
  return boolean(builder.compare('eq', status, constant64(1)));
}
