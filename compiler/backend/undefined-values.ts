/**
 * Values that are anything at all.
 *
 * LLVM keeps what a loop writes to memory in a register, and where it wrote nothing yet, any value will do (LICM,
 * promoteLoopAccessesToScalars); so it will where a number was divided by a zero, on a way that the verifier does not know to be none.
 * The BPF back end then reads a register that nothing was written to, which the verifier refuses ("R6 !read_ok"). A zero is as good.
 */
import type { LlvmFunctions, Pointer } from './libllvm.js';

/** Puts a zero in the place of each operand that is undefined. */
export function defineAllValues(module: Pointer, llvm: LlvmFunctions): void {
  for (const function_ of each(llvm.LLVMGetFirstFunction(module), llvm.LLVMGetNextFunction))
    for (const block of each(llvm.LLVMGetFirstBasicBlock(function_), llvm.LLVMGetNextBasicBlock))
      for (const instruction of each(llvm.LLVMGetFirstInstruction(block), llvm.LLVMGetNextInstruction))
        define(instruction, llvm);
}

function define(instruction: Pointer, llvm: LlvmFunctions): void {
  const count = llvm.LLVMGetNumOperands(instruction) as number;
  for (let index = 0; index < count; index++) {
    const operand = llvm.LLVMGetOperand(instruction, index);
    if (llvm.LLVMIsUndef(operand) !== 0)
      llvm.LLVMSetOperand(instruction, index, llvm.LLVMConstNull(llvm.LLVMTypeOf(operand)));
  }
}

function* each(first: Pointer, next: (value: Pointer) => Pointer): Generator<Pointer> {
  for (let value = first; value !== null; value = next(value)) yield value;
}
