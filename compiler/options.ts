/** What a caller of the compiler can choose, and what it chooses when nothing is said. */

export type CpuVersion = 'v1' | 'v2' | 'v3' | 'v4';
export type Architecture = 'x86_64' | 'arm64';

export interface CompilerOptions {
  /** The instruction-set level (`llc -mcpu`): v3, of kernel 5.1 and later, unless told otherwise or `target` is older. */
  readonly cpu: CpuVersion;
  /** The oldest kernel that the object has to run on, as `[major, minor]`; undefined asks nothing. */
  readonly target: readonly [number, number] | undefined;
  /**
   * The kernel that runs the object at once, as `[major, minor]`: what it lacks is made another way where there is one. What has
   * none is not refused, for the program may ask for the feature itself, and not load what needs it.
   */
  readonly running: readonly [number, number] | undefined;
  /** The object's license string; most tracing helpers ask for GPL. */
  readonly license: string;
  /** Whose `pt_regs` and system-call convention probes read. */
  readonly architecture: Architecture;
  /** `--define NAME=value`: names that become known at build. */
  readonly defines: Readonly<Record<string, unknown>>;
  /** A file with a kernel's types (BTF), for `tsbpf/kernel`; the running kernel's without it. */
  readonly btf: string | undefined;
  /** Off is for differential tests alone: it leaves the IR as lowered, cleaned up as far as the verifier needs. */
  readonly optimize: boolean;
  /** Keeps what partial evaluation decided, so that `evaluated()` of the compilation can print it. */
  readonly record: boolean;
}

export const defaultCompilerOptions: CompilerOptions = {
  cpu: 'v3',
  target: undefined,
  running: undefined,
  license: 'GPL',
  architecture: process.arch === 'arm64' ? 'arm64' : 'x86_64',
  defines: {},
  btf: undefined,
  optimize: true,
  record: false,
};

/** The highest level that kernels of the target take: v3 asks for 5.1, and v2 for 4.14. */
export function levelFor(target: CompilerOptions['target']): CpuVersion {
  if (!target) return defaultCompilerOptions.cpu;
  const [major, minor] = target;
  if (major > 5 || (major === 5 && minor >= 1)) return 'v3';
  return major === 5 || (major === 4 && minor >= 14) ? 'v2' : 'v1';
}
