/**
 * koffi, loaded when it is first needed, and then by its native file alone where that can be found.
 *
 * koffi's own entry looks for the file in several places, by modules of its own, which takes five times as long as
 * loading it (measured with koffi 3.3 and Node 20). It remains the way on every system but glibc's.
 */
import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

type Koffi = (typeof import('koffi'))['default'];

let loaded: Koffi | undefined;

/**
 * The foreign function interface; the same object at every call.
 *
 * @throws Error where the package has no build for this machine.
 */
export function koffi(): Koffi {
  return (loaded ??= load());
}

function load(): Koffi {
  const require = createRequire(import.meta.filename);
  try {
    const native = nativeFile();
    if (native !== undefined) {
      const found = require(native) as Partial<Koffi>;
      if (isKnown(found)) return found;
    }
  } catch {
    // Built for another C library, or incomplete: the package knows more ways.
  }
  return require('koffi') as Koffi;
}

/** koffi's file for glibc in the package beside it, as npm installs them and as pnpm does; not looked for beside musl. */
function nativeFile(): string | undefined {
  const { arch } = process;
  if ((arch !== 'x64' && arch !== 'arm64') || existsSync(muslLoaders[arch])) return undefined;
  for (let folder = import.meta.dirname; ; folder = path.dirname(folder)) {
    const installed = path.join(folder, 'node_modules', 'koffi');
    if (existsSync(installed)) {
      const beside = path.dirname(realpathSync(installed));
      return path.join(beside, '@koromix', `koffi-linux-${arch}`, `linux_${arch}`, 'koffi.node');
    }
    if (folder === path.dirname(folder)) return undefined;
  }
}

const muslLoaders = { x64: '/lib/ld-musl-x86_64.so.1', arm64: '/lib/ld-musl-aarch64.so.1' };

function isKnown(module: Partial<Koffi>): module is Koffi {
  return typeof module.version === 'string' && module.version.startsWith('3.') && typeof module.load === 'function';
}
