/**
 * IR that ends the whole process inside LLVM's BPF back end ("Cannot select", "unimplemented opcode") where other
 * mistakes are reported: found in the text beforehand and refused. Each entry was seen to end LLVM 15 or 19.
 */
import type { AssembleOptions, BackendMessage } from './backend.js';

interface Refusal {
  readonly pattern: RegExp;
  readonly text: string;
  applies?(options: AssembleOptions, version: number): boolean;
}

const withoutAlu32 = ({ cpu }: AssembleOptions): boolean => cpu === 'v1' || cpu === 'v2';

const refusals: readonly Refusal[] = [
  {
    pattern: /(?:^|\{)[ \t]*fence\b/m,
    text: 'the BPF instruction set has no memory fence',
  },
  {
    pattern: /(?:^|\{)[ \t]*(?:%\S+ = )?atomicrmw (?:volatile )?(?!add|sub|and|or|xor|xchg)\w+/m,
    text: 'the BPF instruction set has no such atomic operation: add, sub, and, or, xor and xchg exist',
  },
  {
    pattern: /(?:^|\{)[ \t]*(?:%\S+ = )?(?:atomicrmw|cmpxchg)\b[^\n]*, i(?!32 |64 )\d+ /m,
    text: 'atomic operations of the BPF instruction set are 32 or 64 bits wide',
  },
  {
    pattern: /(?:^|\{)[ \t]*(?:%\S+ = )?(?:atomicrmw (?:volatile )?(?!add|sub)\w+|cmpxchg)\b[^\n]*, i32 /m,
    text: 'this 32-bit atomic operation needs instruction-set level v3',
    applies: withoutAlu32,
  },
  {
    pattern: /(?:^|\{)[ \t]*%\S+ = atomicrmw (?:volatile )?xchg\b/m,
    text: 'atomic exchange needs instruction-set level v3',
    applies: withoutAlu32,
  },
  {
    pattern: /(?:^|\{)[ \t]*store atomic\b/m,
    text: 'atomic stores need LLVM 21 and instruction-set level v4: use atomicrmw xchg',
    applies: ({ cpu }, version) => version < 21 || cpu !== 'v4',
  },
  {
    pattern: /(?:^|\{)[ \t]*%\S+ = (?:sdiv|srem)\b/m,
    text: 'signed division needs instruction-set level v4, or LLVM 17 for constant divisors',
    applies: ({ cpu }, version) => version < 17 && cpu !== 'v4',
  },
  {
    pattern: /^@\S+ = (?:[a-z_]+ )*thread_local\b/m,
    text: 'BPF programs have no thread-local variables',
  },
  {
    pattern: /(?:^|\{)[ \t]*indirectbr\b/m,
    text: 'the BPF instruction set has no indirect jump',
  },
  {
    pattern:
      /(?:^|\{)[ \t]*(?:%\S+ = )?(?:(?:tail|notail) )?call [^\n]*@llvm\.(?:returnaddress|frameaddress|eh\.|va_)/m,
    text: 'the BPF instruction set cannot inspect its stack frames',
  },
  {
    pattern: /^define (?:[a-z_]+ )*(?:\w+_\w*cc|cc ?\d+|ghccc|anyregcc|swiftcc|swifttailcc|tailcc)\b/m,
    text: 'BPF functions have the calling convention ccc or fastcc',
  },
];

/** The first such place in the IR, as an error at the IR's own line; undefined where there is none. */
export function findUnsupported(ir: string, options: AssembleOptions, version: number): BackendMessage | undefined {
  for (const { pattern, text, applies } of refusals) {
    if (applies && !applies(options, version)) continue;
    const match = pattern.exec(ir);
    if (!match) continue;
    return { severity: 'error', text, line: ir.slice(0, match.index).split('\n').length };
  }
  return undefined;
}
