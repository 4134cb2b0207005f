/** What `--emit` names, made from a compilation. */
import type { Compilation } from '../compiler/index.js';
import type { Emit } from './output-paths.js';

type Emitter = (compilation: Compilation) => Uint8Array | string | undefined;

const emitters: Readonly<Record<Emit, Emitter>> = {
  obj: (compilation) => compilation.object(),
  ll: (compilation) => compilation.ir(),
  asm: (compilation) => compilation.assembly(),
  evaluated: () => undefined,
  module: () => undefined,
};

/** @returns undefined, or '', where errors left nothing to write; the compilation's diagnostics then say why. */
export function emitOutput(compilation: Compilation, emit: Emit): Uint8Array | string | undefined {
  return emitters[emit](compilation);
}
