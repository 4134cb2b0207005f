/** What every back end can do: take LLVM IR as text and give back a BPF object, assembly, or optimised IR. */
import type { CpuVersion } from '../options.js';

export interface AssembleOptions {
  /** The instruction-set level. */
  readonly cpu: CpuVersion;
  /** An ELF object, BPF assembly as text, or the optimised IR as text. */
  readonly emit: 'object' | 'assembly' | 'ir';
  /** LLVM's O2; off, only the clean-up without which the kernel's verifier refuses almost everything. */
  readonly optimize: boolean;
}

export interface BackendMessage {
  readonly severity: 'error' | 'warning' | 'remark' | 'note';
  readonly text: string;
  /** In the file that the debug information names, or in the IR where the IR itself is malformed; from 1. */
  readonly line?: number;
  readonly column?: number;
}

export interface BackendResult {
  /** Absent where a message is an error. Text is UTF-8. */
  readonly output?: Uint8Array;
  readonly messages: readonly BackendMessage[];
}

export interface Backend {
  readonly kind: 'libllvm' | 'clang';
  /** LLVM's major version. */
  readonly version: number;
  /** The library's or the program's name or path, as it was found. */
  readonly path: string;
  /** Never throws for bad IR: whatever LLVM says comes back as messages. */
  assemble(ir: string, options: AssembleOptions): BackendResult;
}

/** The versions that are looked for, newest first. Text IR with opaque pointers begins with 15. */
export const supportedVersions: readonly number[] = [22, 21, 20, 19, 18, 17, 16, 15];

/** The triple of every object: bpfel, so that the host's byte order never matters. */
export const bpfTriple = 'bpfel';

/** The first LLVM whose BPF back end knows the level, where that is later than the oldest one supported. */
const firstVersionOf: Partial<Record<CpuVersion, number>> = { v4: 18 };

/** A message where this LLVM is too old for what is asked, which LLVM itself would only print and ignore. */
export function unsupportedCpu(cpu: CpuVersion, version: number): BackendMessage | undefined {
  const first = firstVersionOf[cpu];
  if (first === undefined || version >= first) return undefined;
  return {
    severity: 'error',
    text: `instruction-set level ${cpu} needs LLVM ${first} or later, and this is LLVM ${version}`,
  };
}
