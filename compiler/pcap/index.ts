/** tcpdump expressions to code: what is loaded when a program has one. See README.md. */
import { TsbpfError } from '../../runtime/errors.js';
import { compileExpression } from '../../runtime/native/libpcap.js';
import { decode, writeRaw, type Instruction } from './cbpf.js';
import { linkTypeOf } from '../../runtime/link-type-names.js';
import { chooseByTag, expressionBesideTag } from './vlan-tag.js';

export { constantVerdict, lowerFilter, UnknownExtension } from './lower.js';
export { linkTypeNames } from '../../runtime/link-type-names.js';
export { createSource, KernelBufferSource, MemorySource } from './sources/index.js';

/** Why an expression is no filter. */
export type ExpressionProblem =
  | { readonly kind: 'library'; readonly message: string }
  | { readonly kind: 'linkType' }
  /** libpcap's words. */
  | { readonly kind: 'syntax'; readonly message: string };

export interface CompiledExpression {
  readonly instructions: readonly Instruction[];
  /** `struct bpf_insn`s in the machine's byte order. */
  readonly code: Uint8Array;
}

/** DLT_EN10MB */
const ETHERNET = 1;

/**
 * Compiles a tcpdump expression by libpcap.
 *
 * @param linkType a name as `linkTypeOf` takes it.
 * @param besideTags whether packets may have a VLAN tag beside them, as the kernel keeps it: then `instructions` look there too.
 * @returns never throws for what people write.
 */
export function compilePcap(
  expression: string,
  linkType: string,
  { besideTags = false } = {},
): CompiledExpression | { readonly problem: ExpressionProblem } {
  try {
    const number = linkTypeOf(linkType);
    if (number === undefined) return { problem: { kind: 'linkType' } };
    const { code, error } = compileExpression(expression, number);
    const beside = besideTags && number === ETHERNET ? expressionBesideTag(expression) : undefined;
    const withTag = beside === undefined ? undefined : compileExpression(beside, number).code;
    // libpcap takes no expressions that no packet matches: of each half of the packets this may be so.
    const bytes = code ?? (withTag && isNeverTrue(error) ? rejectAll : undefined);
    if (!bytes) return { problem: { kind: 'syntax', message: tidy(error ?? '') } };
    const instructions = decode(bytes);
    if (beside === undefined) return { code: bytes, instructions };
    return { code: bytes, instructions: chooseByTag(decode(withTag ?? rejectAll), instructions) };
  } catch (error) {
    if (error instanceof TsbpfError) return { problem: { kind: 'library', message: error.message } };
    throw error;
  }
}

const rejectAll = writeRaw([{ code: 6, jumpTrue: 0, jumpFalse: 0, k: 0 }]);

function isNeverTrue(error: string | undefined): boolean {
  return error?.includes('rejects all packets') ?? false;
}

/** Without what libpcap says before every error, or twice. */
function tidy(message: string): string {
  return message.replace(/^can't parse filter expression: /, '').replace(/^(.*) in filter expression: \1$/, '$1');
}
