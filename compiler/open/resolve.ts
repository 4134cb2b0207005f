/** Where an import leads: to the user's own files, to our declarations, or nowhere (`any`). */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Host } from '../host.js';

const sourceExtensions = ['.ts', '.tsx', '.mts', '.d.ts'];
const writtenAsScript: readonly (readonly [RegExp, readonly string[]])[] = [
  [/\.js$/, ['.ts', '.tsx', '.d.ts']],
  [/\.mjs$/, ['.mts', '.d.mts']],
  [/\.jsx$/, ['.tsx']],
];

/**
 * The file that a relative or absolute import means: `./x.ts`, `./x.js` for `x.ts`, `./x`, or a folder's `index.ts`.
 *
 * @param from the absolute path of the importing file.
 * @returns the absolute path, or undefined where there is no such TypeScript or JSON file.
 */
export function resolveLocal(
  specifier: string,
  from: string,
  host: Pick<Host, 'fileExists'>,
  extensions: readonly string[] = sourceExtensions,
): string | undefined {
  const target = path.resolve(path.dirname(from), specifier);
  return candidates(target, extensions).find((candidate) => host.fileExists(candidate));
}

function candidates(target: string, extensions: readonly string[]): string[] {
  const result = /\.(ts|tsx|mts|json)$/.test(target) ? [target] : [];
  for (const [pattern, replacements] of writtenAsScript) {
    if (pattern.test(target)) result.push(...replacements.map((extension) => target.replace(pattern, extension)));
  }
  result.push(...extensions.map((extension) => target + extension));
  result.push(...extensions.map((extension) => path.join(target, `index${extension}`)));
  return result;
}

export function isLocal(specifier: string): boolean {
  return (
    specifier.startsWith('./') ||
    specifier.startsWith('../') ||
    specifier === '.' ||
    specifier === '..' ||
    path.isAbsolute(specifier)
  );
}

let runtimeFolder: string | undefined;

/** The folder of our own runtime's declarations, ending in a slash: `dist/runtime/`, or `runtime/` in the sources. */
export function findRuntimeFolder(): string {
  if (runtimeFolder) return runtimeFolder;
  let folder = path.dirname(fileURLToPath(import.meta.url));
  while (folder !== path.dirname(folder)) {
    const candidate = path.join(folder, 'runtime');
    if (existsSync(path.join(candidate, 'types.d.ts')) || existsSync(path.join(candidate, 'types.ts'))) {
      return (runtimeFolder = `${candidate}/`);
    }
    folder = path.dirname(folder);
  }
  throw new Error('the declarations of tsbpf are missing beside the compiler; install the package again');
}

/** Whether a source file is part of tsbpf itself, not of the user's project. */
export function isRuntimeFile(fileName: string): boolean {
  const folder = findRuntimeFolder();
  // The runtime exports the reader of objects and an error, which are the compiler's.
  return fileName.startsWith(folder) || fileName.startsWith(path.join(folder, '../compiler/'));
}

/** The file that `tsbpf/kernel` would be; its text is made for each program. */
export function kernelFile(): string {
  return `${findRuntimeFolder()}kernel.d.ts`;
}

/** The declarations behind `tsbpf` and `tsbpf/…`, whatever `node_modules` holds. */
export function resolveRuntime(specifier: string, host: Pick<Host, 'fileExists'>): string | undefined {
  if (specifier !== 'tsbpf' && !specifier.startsWith('tsbpf/')) return undefined;
  if (specifier === 'tsbpf/kernel') return kernelFile();
  const name = specifier === 'tsbpf' ? 'index' : specifier.slice('tsbpf/'.length);
  const base = path.join(findRuntimeFolder(), name);
  return [`${base}.d.ts`, `${base}.ts`].find((candidate) => host.fileExists(candidate));
}

const internals = new Set(
  'batch btf-descriptor btf-layout codec decoder encoder features info kallsyms live-view load load-error object-file object-maps raw registry shared-memory test-context verifier-log walk'.split(
    ' ',
  ),
);

/** Whether an import inside our runtime leads to what no program function can name; as `any` it costs nothing. */
export function isInternal(specifier: string): boolean {
  return /(^|\/)native\//.test(specifier) || internals.has(specifier.replace(/^.*\/|\.js$/g, ''));
}
