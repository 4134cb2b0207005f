/**
 * Questions about the running kernel's types that the loader answers: LLVM makes a CO-RE relocation of each, and a number
 * that the loader fills in.
 */
import { i32, i64, pointer } from '../ir/types.js';
import { constant, constant64, globalName, nullPointer, type IrValue } from '../ir/values.js';
import type { KernelStructType } from '../types/kernel.js';
import type { LoweringContext } from './context.js';
import type { KernelStep } from './values.js';

/** `BPF_FIELD_*`: the numbers of `enum bpf_core_relo_kind` in linux/bpf.h. */
const fieldQuestions = { byteOffset: 0, byteSize: 1, exists: 2, leftShift: 4, rightShift: 5 } as const;
/** What LLVM's `llvm.bpf.preserve.type.info` takes for the questions about a type. */
const typeQuestions = { exists: 0, size: 1 } as const;

export type FieldQuestion = keyof typeof fieldQuestions;
export type TypeQuestion = keyof typeof typeQuestions;

/** What the running kernel says of a member or element, in 64 bits. */
export function askField(path: readonly KernelStep[], question: FieldQuestion, context: LoweringContext): IrValue {
  const { builder } = context;
  const name = 'llvm.bpf.preserve.field.info.p0';
  context.module.ir.declare({ name, returns: i32, parameters: [pointer, i64], immediates: [1] });
  const number = constant64(fieldQuestions[question]);
  const answer = builder.call(globalName(name), i32, [partOf(path, context), number])!;
  return builder.resize(answer, i64, false);
}

/** What the running kernel says of a struct as a whole, in 64 bits. */
export function askType(type: KernelStructType, question: TypeQuestion, context: LoweringContext): IrValue {
  const { builder, module } = context;
  const name = 'llvm.bpf.preserve.type.info';
  module.ir.declare({ name, returns: i32, parameters: [i32, i64] });
  const number = constant(i32, module.kernelDebug.nextQuestion());
  const parameters = [number, constant64(typeQuestions[question])];
  const answer = builder.call(globalName(name), i32, parameters, module.kernelDebug.struct(type))!;
  return builder.resize(answer, i64, false);
}

/** The address of a part of a struct; of the struct itself where the path is empty. */
export function addressBehind(root: IrValue, path: readonly KernelStep[], context: LoweringContext): IrValue {
  return path.length === 0 ? root : context.builder.offset(root, askField(path, 'byteOffset', context));
}

/** The part as LLVM is told of it; no program ever sees the address. */
function partOf(path: readonly KernelStep[], context: LoweringContext): IrValue {
  const { kernelDebug, ir } = context.module;
  let part: IrValue = nullPointer;
  for (const step of path) {
    const name = `llvm.preserve.${step.into}.access.index.p0.p0`;
    ir.declare({ name, returns: pointer, parameters: [pointer, i32, i32], immediates: [1, 2] });
    if (step.into === 'array') part = context.builder.access('array', part, step.index, kernelDebug.array(step.type));
    else {
      const index = kernelDebug.indexOf(step.type, step.field)!;
      part = context.builder.access('struct', part, index, kernelDebug.struct(step.type));
    }
  }
  return part;
}
