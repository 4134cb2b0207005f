/** What `bpf` has for the kernel's structs beside the helpers: pointers, addresses, and questions about the running kernel. */
import { ts } from '../../typescript.js';
import { helperUnsupported, kernelMemberNeeded, kernelStructNeeded } from '../../diagnostics/index.js';
import { unwrap } from '../../discover/symbols.js';
import { i64 } from '../../ir/types.js';
import { constant64 } from '../../ir/values.js';
import type { KernelArray, KernelStructType, KernelType } from '../../types/kernel.js';
import { integers } from '../../types/types.js';
import type { LoweringContext } from '../context.js';
import { askField, askType, type FieldQuestion, type TypeQuestion } from '../kernel-fields.js';
import { kernelAddress, kernelStep, kernelStructAt } from '../kernel-memory.js';
import { UNSIGNED_32 } from '../range.js';
import { bits64, boolean, number, scalar, toScalar } from '../scalars.js';
import type { KernelStep, Value } from '../values.js';
import { lowerExpression } from '../visitors/index.js';
import { isNothing, lowerArgument } from './arguments.js';

const GET_CURRENT_TASK = 35;
const GET_CURRENT_TASK_BTF = 158;

type Call = (node: ts.CallExpression, context: LoweringContext) => Value | undefined;

const currentTask =
  (name: string, helper: number): Call =>
  (node, context) => {
    if (!node.typeArguments) return undefined;
    const task = structNamed(name, node, context);
    return kernelStructAt(task, context.builder.callHelper(helper, i64, []), context);
  };

const CALLS: Readonly<Record<string, Call>> = {
  getCurrentTask: currentTask('getCurrentTask', GET_CURRENT_TASK),
  getCurrentTaskBtf: currentTask('getCurrentTaskBtf', GET_CURRENT_TASK_BTF),
  pointer: (node, context) => {
    const type = structNamed('pointer', node, context);
    const address = bits64(toScalar(lowerArgument(node, 0, context), node, context), context);
    return kernelStructAt(type, address, context);
  },
  addressOf: (node, context) => {
    const value = lowerArgument(node, 0, context);
    if (isNothing(value)) return scalar(integers.u64, constant64(0));
    if (value.kind !== 'kernel')
      return context.refuse(helperUnsupported(node, 'addressOf', 'its argument is no struct of the kernel'));
    return scalar(integers.u64, context.builder.cast('ptrtoint', kernelAddress(value, context), i64));
  },
  fieldExists: (node, context) => isThere(askAboutField('fieldExists', 'exists', node, context), context),
  fieldSize: (node, context) => number(askAboutField('fieldSize', 'byteSize', node, context), UNSIGNED_32),
  typeExists: (node, context) => isThere(askAboutType('typeExists', 'exists', node, context), context),
  typeSize: (node, context) => number(askAboutType('typeSize', 'size', node, context), UNSIGNED_32),
};

/** @returns undefined where `name` is no function of these, or means the helper of that name. */
export function callKernelAccess(name: string, node: ts.CallExpression, context: LoweringContext): Value | undefined {
  return Object.hasOwn(CALLS, name) ? CALLS[name]!(node, context) : undefined;
}

function isThere(answer: ReturnType<typeof askField>, { builder }: LoweringContext): Value {
  return boolean(builder.compare('ne', answer, constant64(0)));
}

/** The struct that the call names as its type argument, or whose pointer is wanted where the call stands. */
function structNamed(callee: string, node: ts.CallExpression, context: LoweringContext): KernelStructType {
  const [written] = node.typeArguments ?? [];
  const type = written ? context.checker.getTypeFromTypeNode(written) : context.checker.getTypeAtLocation(node);
  const struct = context.module.kernelTypes.structOf(type);
  if (!struct || struct.name === undefined || struct.name === 'KernelStruct')
    return context.refuse(kernelStructNeeded(node, callee));
  return struct;
}

function askAboutType(callee: string, question: TypeQuestion, node: ts.CallExpression, context: LoweringContext) {
  if (!node.typeArguments) return context.refuse(kernelStructNeeded(node, callee));
  return askType(structNamed(callee, node, context), question, context);
}

function askAboutField(callee: string, question: FieldQuestion, node: ts.CallExpression, context: LoweringContext) {
  const [argument] = node.arguments;
  const part = argument && describe(argument, context);
  if (!part || part.path.length === 0) return context.refuse(kernelMemberNeeded(argument ?? node, callee));
  context.at(node);
  return askField(part.path, question, context);
}

interface Part {
  readonly type: KernelType | KernelArray;
  /** From the nearest struct that an address leads to. */
  readonly path: readonly KernelStep[];
}

/** The way to a member, from what is written: nothing is read on it. */
function describe(expression: ts.Expression, context: LoweringContext): Part | undefined {
  const node = unwrap(expression) as ts.Expression;
  if (ts.isPropertyAccessExpression(node)) {
    const base = inside(describe(node.expression, context));
    if (base?.type.kind === 'kernelStruct') {
      const step = kernelStep(base.type, node.name.text, node.name, context);
      return { type: step.field.type, path: [...base.path, step] };
    }
  }
  if (ts.isElementAccessExpression(node)) {
    const base = inside(describe(node.expression, context));
    const index = base?.type.kind === 'kernelArray' ? lowerExpression(node.argumentExpression, context) : undefined;
    if (base?.type.kind === 'kernelArray' && index?.kind === 'static') {
      const step: KernelStep = { into: 'array', type: base.type, index: Number(index.value) };
      return { type: base.type.element, path: [...base.path, step] };
    }
  }
  const type = context.module.kernelTypes.structOf(context.checker.getTypeAtLocation(node));
  return type && { type, path: [] };
}

/** Behind a pointer another struct begins. */
function inside(part: Part | undefined): Part | undefined {
  if (part?.type.kind !== 'pointer') return part;
  return part.type.to && { type: part.type.to, path: [] };
}
