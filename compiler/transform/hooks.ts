/**
 * Hooks of Node's module loader, run on its own thread: TypeScript files resolve as the compiler resolves them, and load
 * compiled. The compiler itself is loaded only where the cache has no answer.
 */
import type { LoadHook, ResolveHook } from 'node:module';
import { readFileSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { enableCompileCache } from '../open/compile-cache.js';
import { isLocal, resolveLocal } from '../open/resolve.js';
import { findCacheFolder, identify, openCache } from './cache.js';
import { nodeHost } from '../host.js';
import type { Built } from './build.js';

const host = nodeHost();
const root = new URL('../../', import.meta.url);
const typeScript = /\.(ts|mts|tsx)$/;
const sources = ['.ts', '.tsx', '.mts'];
const cache = openCache(findCacheFolder());

/** Our own modules, whatever the folder of the user's file holds: both halves must be of one version. */
const ours: Readonly<Record<string, string>> = {
  tsbpf: 'runtime/index.js',
  'tsbpf/module': 'runtime/module.js',
  'tsbpf/compiler': 'compiler/index.js',
};

export const resolve: ResolveHook = async (specifier, context, next) => {
  if (Object.hasOwn(ours, specifier)) {
    return { url: new URL(ours[specifier]!, root).href, format: 'module', shortCircuit: true };
  }
  const { parentURL } = context;
  const parent = parentURL?.startsWith('file:') ? fileURLToPath(parentURL) : undefined;
  if (parent && typeScript.test(parent) && isLocal(specifier)) {
    const file = resolveLocal(specifier, parent, host, sources);
    if (file && typeScript.test(file)) return { url: pathToFileURL(file).href, format: 'module', shortCircuit: true };
  }
  // A missing entry file is reported by `load`, in our own words.
  if (specifier.startsWith('file:') && typeScript.test(specifier)) {
    return { url: specifier, format: 'module', shortCircuit: true };
  }
  return next(specifier, context);
};

export const load: LoadHook = async (url, context, next) => {
  if (!url.startsWith('file:') || !typeScript.test(new URL(url).pathname)) return next(url, context);
  const file = fileURLToPath(url);
  return { format: 'module', source: await codeOf(file), shortCircuit: true };
};

async function codeOf(file: string): Promise<string> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    const shown = path.relative(process.cwd(), file);
    return end(`error TSBPF1000: File '${shown}' does not exist or cannot be read.\n`, 1);
  }
  const usesOurs = text.includes('tsbpf');
  const positions = [...(reached.get(file) ?? [])].sort((a, b) => a - b);
  const identity = identify(version(), file, usesOurs, positions);
  const cached = cache.read(identity);
  if (cached !== undefined) return remember(JSON.parse(cached) as Kept);
  enableCompileCache();
  const built = await build(file, usesOurs, positions);
  if (built.code === undefined) return end(built.text, built.status);
  if (built.text) writeSync(2, built.text);
  // Warnings are to be seen again, so a module that has some is compiled again.
  else cache.write(identity, built.files, JSON.stringify({ code: built.code, elsewhere: built.elsewhere }));
  return remember({ code: built.code, elsewhere: built.elsewhere });
}

/** What the cache holds of a file. */
type Kept = Pick<Built, 'elsewhere'> & { readonly code: string };

/** Functions that programs reach in other files, by file. A file is loaded before what it imports. */
const reached = new Map<string, Set<number>>();

function remember({ code, elsewhere }: Kept): string {
  for (const [file, positions] of Object.entries(elsewhere)) {
    const known = reached.get(file) ?? new Set();
    reached.set(file, known);
    for (const position of positions) known.add(position);
  }
  return code;
}

async function build(file: string, usesOurs: boolean, positions: readonly number[]): Promise<Built> {
  try {
    const { buildModule, stripModule } = await import('./build.js');
    return usesOurs ? await buildModule(file, useColor(), positions) : stripModule(file, useColor());
  } catch (failure) {
    const details = failure instanceof Error ? failure.stack : String(failure);
    return end(`internal error: this is a bug in tsbpf, please report it\n${details}\n`, 1);
  }
}

/** Ends the whole process; the main thread waits for this one. */
function end(text: string, status: number): never {
  writeSync(2, text);
  process.exit(status);
}

function useColor(): boolean {
  const { NO_COLOR, FORCE_COLOR } = process.env;
  if (NO_COLOR) return false;
  return (FORCE_COLOR !== undefined && FORCE_COLOR !== '0') || isTerminal();
}

function isTerminal(): boolean {
  return process.stderr.isTTY === true;
}

/** The package's version, and when its compiler was built: a rebuilt one may compile the same file to another object. */
function version(): string {
  const text = readFileSync(findPackage(), 'utf8');
  const parts = ['../index.js', './index.js', './handles.js'].map((file) => builtAt(new URL(file, import.meta.url)));
  return [(JSON.parse(text) as { version: string }).version, ...parts].join(' ');
}

function builtAt(file: URL): string {
  const { mtimeMs, size } = statSync(file);
  return `${mtimeMs}:${size}`;
}

function findPackage(): string {
  let folder = fileURLToPath(root);
  while (!host.fileExists(path.join(folder, 'package.json'))) folder = path.dirname(folder);
  return path.join(folder, 'package.json');
}
