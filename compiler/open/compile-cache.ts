/**
 * Keeps V8's compiled code of the TypeScript bundle between runs, which halves the time it takes to load.
 *
 * Node 22 and later do that for every module. For Node 20, the hook below wraps the compilation of the two big CommonJS
 * files behind `@ts-morph/bootstrap`, and of no other file.
 */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import path from 'node:path';
import { Script } from 'node:vm';
import { isMainThread } from 'node:worker_threads';
import { cacheFolder } from './cache-folder.js';

/** What Node's module loader offers beyond its declared types. */
interface ModuleLoader {
  enableCompileCache?: (directory: string) => unknown;
  wrap(source: string): string;
  prototype: { _compile(this: LoadedModule, source: string, file: string): unknown };
}
interface LoadedModule {
  exports: unknown;
}

const bigFile = /[/\\]@ts-morph[/\\]common[/\\]dist[/\\][\w-]+\.js$/;

let enabled = false;

/** Has to run before the compiler is first imported; once suffices. Never throws: without a cache all works, slower. */
export function enableCompileCache(): void {
  if (enabled) return;
  enabled = true;
  const loader = Module as unknown as ModuleLoader;
  if (loader.enableCompileCache) {
    loader.enableCompileCache(path.join(cacheFolder(), 'node'));
    return;
  }
  const compile = loader.prototype._compile;
  loader.prototype._compile = function (source, file) {
    return bigFile.test(file) ? compileCached(loader, this, source, file) : compile.call(this, source, file);
  };
}

function compileCached(loader: ModuleLoader, loaded: LoadedModule, source: string, file: string): unknown {
  const entry = path.join(cacheFolder(), 'v8', cacheKey(source, file));
  const cachedData = readEntry(entry);
  const script = new Script(loader.wrap(source), { filename: file, ...(cachedData ? { cachedData } : {}) });
  if (!cachedData || script.cachedDataRejected) {
    const write = () => writeEntry(entry, script.createCachedData());
    // At the exit, so that the functions that were called by then are in it; the thread of module hooks has no such event.
    if (isMainThread) process.once('exit', write);
    else setTimeout(write, 0).unref();
  }
  const run = script.runInThisContext() as (...args: unknown[]) => unknown;
  return run.call(loaded.exports, loaded.exports, createRequire(file), loaded, file, path.dirname(file));
}

/** V8 itself refuses data of another version or with other flags; this tells apart what it cannot see. */
function cacheKey(source: string, file: string): string {
  const identity = [file, source.length, process.version, process.arch].join('\n');
  return `${createHash('sha256').update(identity).digest('hex').slice(0, 32)}.bin`;
}

/** The data of an entry whose digest is right and that nobody but this user can have written. */
function readEntry(entry: string): Buffer | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(entry, 'r');
    const { uid, mode } = fstatSync(descriptor);
    if (uid !== process.geteuid?.() || (mode & 0o022) !== 0) return undefined;
    const bytes = readFileSync(descriptor);
    const data = bytes.subarray(digestLength);
    return digest(data).equals(bytes.subarray(0, digestLength)) ? data : undefined;
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function writeEntry(entry: string, data: Buffer): void {
  const temporary = `${entry}.${process.pid}`;
  try {
    mkdirSync(path.dirname(entry), { recursive: true, mode: 0o700 });
  } catch {
    return;
  }
  try {
    writeFileSync(temporary, Buffer.concat([digest(data), data]), { mode: 0o600 });
    renameSync(temporary, entry);
  } catch {
    rmSync(temporary, { force: true });
  }
}

const digestLength = 20;

function digest(data: Buffer): Buffer {
  return createHash('sha1').update(data).digest();
}
