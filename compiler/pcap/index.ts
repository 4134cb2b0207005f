/** tcpdump expressions to code: what is loaded when a program has one. See README.md. */
import { TsbpfError } from '../../runtime/errors.js';
import { compileExpression } from '../../runtime/native/libpcap.js';
import { BadCode, decode, type Instruction } from './cbpf.js';
import { linkTypeOf } from '../../runtime/link-type-names.js';

export { constantVerdict, lowerFilter, UnknownExtension } from './lower.js';
export { linkTypeNames } from '../../runtime/link-type-names.js';
export { createSource, KernelBufferSource, MemorySource } from './sources/index.js';

/** Why an expression is no filter. */
export type ExpressionProblem =
  | { readonly kind: 'library'; readonly message: string }
  | { readonly kind: 'linkType' }
  /** libpcap's words. */
  | { readonly kind: 'syntax'; readonly message: string }
  /** Its code jumps back. */
  | { readonly kind: 'loop' };

export interface CompiledExpression {
  readonly instructions: readonly Instruction[];
  /** `struct bpf_insn`s in the machine's byte order. */
  readonly code: Uint8Array;
}

/**
 * Compiles a tcpdump expression by libpcap.
 *
 * @param linkType a name as `linkTypeOf` takes it.
 * @returns never throws for what people write.
 */
export function compilePcap(
  expression: string,
  linkType: string,
): CompiledExpression | { readonly problem: ExpressionProblem } {
  try {
    const number = linkTypeOf(linkType);
    if (number === undefined) return { problem: { kind: 'linkType' } };
    const { code, error } = compileExpression(expression, number);
    if (!code) return { problem: { kind: 'syntax', message: tidy(error ?? '') } };
    return { code, instructions: decode(code) };
  } catch (error) {
    if (error instanceof BadCode && error.loop) return { problem: { kind: 'loop' } };
    if (error instanceof TsbpfError) return { problem: { kind: 'library', message: error.message } };
    throw error;
  }
}

/** Without what libpcap says before every error, or twice. */
function tidy(message: string): string {
  return message.replace(/^can't parse filter expression: /, '').replace(/^(.*) in filter expression: \1$/, '$1');
}
