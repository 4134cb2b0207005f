/**
 * Keeps V8's compiled code of the TypeScript compiler between runs, which halves the time it takes to load.
 *
 * Node 22 and later do that for every module. For Node 20, `requireCached` does it for the one big file.
 */
import { isAscii } from 'node:buffer';
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import path from 'node:path';
import { Script } from 'node:vm';
import { isMainThread } from 'node:worker_threads';
import { cacheFolder } from './cache-folder.js';
import { makeOwnFolder, readOwnFile } from './user-files.js';

/** What Node's module loader offers beyond its declared types. */
interface ModuleLoader {
  enableCompileCache?: (directory: string) => unknown;
  wrap(source: string): string;
}

const require = createRequire(import.meta.url);

let enabled = false;

/** Has to run before the compiler is first imported; once suffices. Never throws: without a cache all works, slower. */
export function enableCompileCache(): void {
  if (enabled) return;
  enabled = true;
  const loader = Module as unknown as ModuleLoader;
  loader.enableCompileCache?.(path.join(cacheFolder(), 'node'));
}

/**
 * What `require` gives for a CommonJS file, by way of the cache where it is enabled.
 *
 * @param file absolute.
 */
export function requireCached(file: string): unknown {
  const loader = Module as unknown as ModuleLoader;
  if (!enabled || loader.enableCompileCache || require.cache[file]) return require(file);
  const loaded = new Module(file);
  loaded.filename = file;
  require.cache[file] = loaded;
  compileCached(loader, loaded, readSource(file), file);
  loaded.loaded = true;
  return loaded.exports;
}

/** Text of one byte a character is read and kept in a third of the time and half the memory of any other. */
function readSource(file: string): string {
  const bytes = readFileSync(file);
  return bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8');
}

function compileCached(loader: ModuleLoader, loaded: Module, source: string, file: string): void {
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
  run.call(loaded.exports, loaded.exports, createRequire(file), loaded, file, path.dirname(file));
}

/** V8 itself refuses data of another version or with other flags; this tells apart what it cannot see. */
function cacheKey(source: string, file: string): string {
  const identity = [file, source.length, process.version, process.arch].join('\n');
  return `${createHash('sha256').update(identity).digest('hex').slice(0, 32)}.bin`;
}

/** The data of an entry whose digest is right and that nobody but this user can have written. */
function readEntry(entry: string): Buffer | undefined {
  const bytes = readOwnFile(entry);
  const data = bytes?.subarray(digestLength);
  return data && digest(data).equals(bytes!.subarray(0, digestLength)) ? data : undefined;
}

function writeEntry(entry: string, data: Buffer): void {
  const temporary = `${entry}.${process.pid}`;
  try {
    if (!makeOwnFolder(path.dirname(entry))) return;
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
