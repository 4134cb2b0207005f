/**
 * Values that a loop or a join has on none of its ways in particular.
 *
 * LLVM keeps what a loop writes to memory in a register, and where it wrote nothing yet, any value will do (LICM,
 * promoteLoopAccessesToScalars). The BPF back end then copies a register that nothing was written to, which the verifier refuses
 * ("R6 !read_ok"). A zero is as good.
 */
import type { LlvmFunctions, Pointer } from './libllvm.js';

/** LLVMPHI of enum LLVMOpcode (llvm-c/Core.h). */
const PHI = 44;

/** Gives a zero to each way into a block on which a value is undefined. */
export function defineAllWays(module: Pointer, llvm: LlvmFunctions): void {
  for (const function_ of each(llvm.LLVMGetFirstFunction(module), llvm.LLVMGetNextFunction))
    for (const block of each(llvm.LLVMGetFirstBasicBlock(function_), llvm.LLVMGetNextBasicBlock))
      // These are the first instructions of a block, if there are any.
      for (const instruction of each(llvm.LLVMGetFirstInstruction(block), llvm.LLVMGetNextInstruction)) {
        if (llvm.LLVMGetInstructionOpcode(instruction) !== PHI) break;
        define(instruction, llvm);
      }
}

function define(phi: Pointer, llvm: LlvmFunctions): void {
  const count = llvm.LLVMCountIncoming(phi) as number;
  for (let way = 0; way < count; way++) {
    if (llvm.LLVMIsUndef(llvm.LLVMGetIncomingValue(phi, way)) !== 0)
      llvm.LLVMSetOperand(phi, way, llvm.LLVMConstNull(llvm.LLVMTypeOf(phi)));
  }
}

function* each(first: Pointer, next: (value: Pointer) => Pointer): Generator<Pointer> {
  for (let value = first; value !== null; value = next(value)) yield value;
}
