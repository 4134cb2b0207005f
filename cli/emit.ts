/** What `--emit` names, made from a compilation. */
import type { Compilation } from '../compiler/index.js';
import type { Emit } from './output-paths.js';

export interface Emitted {
  readonly content: Uint8Array | string;
  /** The `.d.ts` that belongs to a module. */
  readonly declarations?: string;
}

type Emitter = (compilation: Compilation) => Promise<Emitted | undefined>;

const emitters: Readonly<Record<Emit, Emitter>> = {
  obj: async (compilation) => present(compilation.object()),
  ll: async (compilation) => present(compilation.ir()),
  asm: async (compilation) => present(compilation.assembly()),
  module: emitModule,
  evaluated: async (compilation) => present(await compilation.evaluated()),
};

/** @returns undefined where errors left nothing to write; the compilation's diagnostics then say why. */
export function emitOutput(compilation: Compilation, emit: Emit): Promise<Emitted | undefined> {
  return emitters[emit](compilation);
}

function present(content: Uint8Array | string | undefined): Emitted | undefined {
  return content === undefined || content.length === 0 ? undefined : { content };
}

async function emitModule(compilation: Compilation): Promise<Emitted | undefined> {
  if (compilation.object() === undefined) return undefined;
  const { emitModule: emit } = await import('../compiler/transform/module.js');
  const { code, declarations } = emit(compilation);
  return { content: code, declarations };
}
