/** The module `tsbpf/kernel`: of a kernel's structs, what a program's text names. */
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { release, version } from 'node:os';
import path from 'node:path';
import { makeFolders } from '../open/folders.js';
import { cacheFolder } from '../open/cache-folder.js';
import { kernelImports } from '../open/kernel-import.js';
import { ObjectError } from '../object/object-error.js';
import { declareStructs, type KernelDeclarations } from './declarations.js';
import { RawBtf } from './raw-btf.js';

export { declareStructs } from './declarations.js';
export { RawBtf } from './raw-btf.js';

/** The types of the kernel that runs here. */
export const ownBtf = '/sys/kernel/btf/vmlinux';

export interface KernelModule extends KernelDeclarations {
  /** Why there is no BTF, as the end of a sentence. */
  readonly problem: string | undefined;
}

/**
 * @param texts of the files of a program.
 * @param file the BTF; that of the running kernel unless told otherwise.
 */
export function kernelModule(texts: readonly string[], file: string = ownBtf): KernelModule {
  const entry = cacheEntry(texts, file);
  const held = entry && readEntry(entry);
  if (held) return held;
  try {
    const words = new Set(texts.flatMap((text) => text.match(/\w+/g) ?? []));
    const made = declareStructs(readBtf(file), importedNames(texts), {
      keep: (member) => words.has(member),
      follow: true,
    });
    const module = { ...made, text: kernelImports + made.text, problem: undefined };
    if (entry) writeEntry(entry, module);
    return module;
  } catch (error) {
    return { text: `${kernelImports}export {};\n`, missing: [], problem: (error as Error).message };
  }
}

/** @throws Error where there is no such file; ObjectError where it holds no BTF. */
export function readBtf(file: string): RawBtf {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new Error(code === 'ENOENT' ? `there is no ${file}` : `${file} cannot be read (${code})`);
  }
  try {
    return new RawBtf(bytes);
  } catch (error) {
    if (error instanceof ObjectError) throw new ObjectError(`${file}: ${error.message}`);
    throw error;
  }
}

/** `import type { task_struct, sock as Socket }`, and what follows the name of the module as a whole. */
function importedNames(texts: readonly string[]): Set<string> {
  const names = new Set<string>();
  const clause = /\b(?:import|export)\s+(?:type\s+)?(?:\{([^}]*)\}|\*\s+as\s+(\w+))\s+from\s*['"]tsbpf\/kernel['"]/g;
  for (const text of texts) {
    for (const [, list = '', whole] of text.matchAll(clause)) {
      for (const name of list.split(',')) {
        const [written] = name
          .replace(/^\s*type\s+/, '')
          .trim()
          .split(/\s+/);
        if (written) names.add(written);
      }
      if (whole) for (const [, name] of text.matchAll(new RegExp(`\\b${whole}\\.(\\w+)`, 'g'))) names.add(name!);
    }
  }
  return names;
}

function cacheEntry(texts: readonly string[], file: string): string | undefined {
  try {
    const { size, mtimeMs } = statSync(file);
    // The kernel's own file has no time of its making.
    const identity = file === ownBtf ? [release(), version(), size] : [path.resolve(file), size, mtimeMs];
    const key = createHash('sha256').update(JSON.stringify([3, identity, texts]));
    return path.join(cacheFolder(), 'kernel-types', `${key.digest('hex').slice(0, 32)}.json`);
  } catch {
    return undefined;
  }
}

function readEntry(entry: string): KernelModule | undefined {
  try {
    const held = JSON.parse(readFileSync(entry, 'utf8')) as KernelModule;
    return typeof held.text === 'string' && Array.isArray(held.missing) ? { ...held, problem: undefined } : undefined;
  } catch {
    return undefined;
  }
}

function writeEntry(entry: string, module: KernelModule): void {
  const temporary = `${entry}.${process.pid}`;
  try {
    makeFolders(path.dirname(entry), 0o700);
    writeFileSync(temporary, JSON.stringify(module), { mode: 0o600 });
    renameSync(temporary, entry);
  } catch {
    rmSync(temporary, { force: true });
  }
}
