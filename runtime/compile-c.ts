/** `compileC`: programs written in C, compiled while the process runs. */
import { childProcess } from '../compiler/open/builtin.js';
import { TsbpfError, UnsupportedFeatureError } from './errors.js';
import { loadObject, type LoadedObject } from './object.js';

export interface CompileCOptions {
  /** Further arguments of clang: `['-I', 'include']`. */
  readonly flags?: readonly string[];
}

/** The clangs that are looked for on PATH, likeliest first. */
const clangs = ['clang', ...[22, 21, 20, 19, 18, 17, 16, 15].map((version) => `clang-${version}`)];

/**
 * By `process.arch`: where Debian keeps the headers of the machine's own architecture, and what libbpf's `bpf_tracing.h` calls
 * it, which has the registers of function arguments from no other place when clang compiles for BPF.
 */
const architectures: Readonly<Record<string, { readonly headers: string; readonly macro: string }>> = {
  x64: { headers: 'x86_64', macro: 'x86' },
  arm64: { headers: 'aarch64', macro: 'arm64' },
  riscv64: { headers: 'riscv64', macro: 'riscv' },
};

/**
 * Compiles C to programs and maps, as `loadObject` takes them from a file: `clang -O2 -g -target bpf`, with
 * `-D__TARGET_ARCH_x86` or what this machine is. The headers of libbpf (`<bpf/bpf_helpers.h>`) and of the kernel have to be
 * installed where the text includes them.
 *
 * ```ts
 * using object = compileC(`#include <linux/bpf.h> … SEC("xdp") int pass(struct xdp_md *ctx) { return XDP_PASS; }`);
 * ```
 *
 * @throws TsbpfError (TSBPF2044) with what clang says; UnsupportedFeatureError where no clang is on PATH.
 */
export function compileC(text: string, { flags = [] }: CompileCOptions = {}): LoadedObject {
  const parameters = [
    '-O2',
    '-g',
    '-target',
    'bpf',
    ...ofMachine(process.arch),
    ...flags,
    '-x',
    'c',
    '-c',
    '-',
    '-o',
    '-',
  ];
  for (const clang of clangs) {
    const { status, stdout, stderr, error } = childProcess().spawnSync(clang, parameters, {
      input: text,
      maxBuffer: 1 << 28,
    });
    if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') continue;
    if (status === 0) return loadObject(stdout);
    throw new TsbpfError(`${clang} refused the program:\n${stderr.toString().trim() || String(error)}`, {
      code: 'TSBPF2044',
      operation: 'compile C',
      subject: clang,
    });
  }
  throw new UnsupportedFeatureError({
    feature: 'compiling C',
    needs: 'clang on PATH (on Debian: apt-get install clang)',
    operation: 'compile C',
  });
}

/** The arguments of clang that differ between machines. */
function ofMachine(arch: string): string[] {
  const known = architectures[arch];
  const include = `-I/usr/include/${known?.headers ?? arch}-linux-gnu`;
  return known ? [include, `-D__TARGET_ARCH_${known.macro}`] : [include];
}
