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

/** Where Debian keeps the headers of the machine's own architecture, by `process.arch`. */
const architectures: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64', riscv64: 'riscv64' };

/**
 * Compiles C to programs and maps, as `loadObject` takes them from a file: `clang -O2 -g -target bpf`. The headers of
 * libbpf (`<bpf/bpf_helpers.h>`) and of the kernel have to be installed where the text includes them.
 *
 * ```ts
 * using object = compileC(`#include <linux/bpf.h> … SEC("xdp") int pass(struct xdp_md *ctx) { return XDP_PASS; }`);
 * ```
 *
 * @throws TsbpfError (TSBPF2044) with what clang says; UnsupportedFeatureError where no clang is on PATH.
 */
export function compileC(text: string, { flags = [] }: CompileCOptions = {}): LoadedObject {
  const include = `-I/usr/include/${architectures[process.arch] ?? process.arch}-linux-gnu`;
  const parameters = ['-O2', '-g', '-target', 'bpf', include, ...flags, '-x', 'c', '-c', '-', '-o', '-'];
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
