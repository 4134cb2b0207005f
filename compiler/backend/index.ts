/** Finds what turns IR into objects on this machine: libLLVM, or else a clang. */
import type { Backend } from './backend.js';
import { findClangBackend } from './clang.js';
import { prefetchLibrary } from './libllvm.js';
import { findLibraryBackend } from './llvm-backend.js';

export type { AssembleOptions, Backend, BackendMessage, BackendResult } from './backend.js';

/** The Debian package to install where nothing is found; also the LLVM that tsbpf is tested with. */
export const backendPackage = 'libllvm19';

let cached: { readonly setting: string | undefined; readonly backend: Backend | undefined } | undefined;

/**
 * The back end of this machine: the newest libLLVM from 15 to 22, or else the newest clang on PATH. The environment
 * variable TSBPF_LLVM names another: the path of a libLLVM or of a clang, or `clang` for the one on PATH.
 *
 * @returns undefined where there is neither, or where what TSBPF_LLVM names cannot be used.
 */
export function findBackend(): Backend | undefined {
  const setting = process.env.TSBPF_LLVM || undefined;
  if (!cached || cached.setting !== setting) cached = { setting, backend: choose(setting) };
  return cached.backend;
}

/** For who will call `findBackend` soon: loads the library meanwhile, on another thread. Only the first call does anything. */
export function prefetchBackend(): void {
  if (prefetched || cached || process.env.TSBPF_LLVM) return;
  prefetched = true;
  prefetchLibrary();
}

let prefetched = false;

function choose(setting: string | undefined): Backend | undefined {
  if (setting === undefined) return findLibraryBackend() ?? findClangBackend();
  if (setting === 'clang') return findClangBackend();
  return /clang[^/]*$/.test(setting) ? findClangBackend(setting) : findLibraryBackend(setting);
}
