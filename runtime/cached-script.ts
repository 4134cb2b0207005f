/**
 * Runs the script that the package's runtime is, with V8's compiled code of it kept between runs, in the folder of caches.
 *
 * Compiling it takes as long as all else of a tool's start. This is the one module that is loaded before it, so it
 * imports nothing that Node has not loaded by itself: a digest would need `node:crypto`, which takes longer to load than the
 * script, so that each entry has its data twice instead, and counts only where both are the same.
 */
import { closeSync, fsyncSync, openSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { Script } from 'node:vm';
import { cacheFolder } from '../compiler/open/cache-folder.js';
import { makeOwnFolder, readOwnFile } from '../compiler/open/user-files.js';

/** When a script that was compiled anew is written to the cache, in milliseconds: what was called by then is in it. */
const delay = 1000;

/** Entries that nobody wrote for so long are of packages or of Nodes that have gone; in milliseconds. */
const outdated = 30 * 24 * 3_600_000;

/**
 * Runs a script once: a function, in parentheses, of `exports`, `require`, `__filename`, `__dirname` and `importLater`.
 *
 * Never fails because of the cache: entries that are damaged, of another script or another V8, or could have been written by
 * somebody else count as none.
 *
 * @param file absolute; in characters of one byte.
 * @param identity tells this script from every other; not longer than 100 characters, without slashes.
 * @param require what it gets for that.
 * @param importLater `import`, of what the script imports when it is needed.
 * @returns what the script exports.
 */
export function runCached(
  file: string,
  identity: string,
  require: (specifier: string) => unknown,
  importLater: (specifier: string) => Promise<unknown>,
): Record<string, unknown> {
  const source = readFileSync(file, 'latin1');
  const entry = entryOf(identity);
  const kept = entry === undefined ? undefined : readEntry(entry, identity);
  const cachedData = kept?.data;
  const script = new Script(source, { filename: file, ...(cachedData ? { cachedData } : {}) });
  const usable = cachedData !== undefined && !script.cachedDataRejected;
  if (entry !== undefined && !(usable && kept?.whole)) writeLater(entry, identity, script, !usable);
  const exported: Record<string, unknown> = {};
  const run = script.runInThisContext() as (...args: unknown[]) => void;
  run.call(exported, exported, require, file, path.dirname(file), importLater);
  return exported;
}

/** Undefined for a user who has no home. */
function entryOf(identity: string): string | undefined {
  try {
    return path.join(cacheFolder(), 'runtime', `${identity}-${process.version}-${process.arch}.bin`);
  } catch {
    return undefined;
  }
}

const headerLength = 128;

/** @param whole whether it was written by a run that lasted: a short one has called few of a tool's functions. */
function headerOf(identity: string, whole: boolean): Buffer {
  return Buffer.from(`tsbpf code ${identity} ${whole ? 'whole' : 'short'}\n`.padEnd(headerLength, ' '), 'latin1');
}

/** The data of an entry that is whole, of this script, and that nobody but this user can have written. */
function readEntry(entry: string, identity: string): { readonly data: Buffer; readonly whole: boolean } | undefined {
  const bytes = readOwnFile(entry);
  const header = bytes?.subarray(0, headerLength);
  const whole = [true, false].find((one) => header?.equals(headerOf(identity, one)));
  if (!bytes || whole === undefined) return undefined;
  const length = (bytes.length - headerLength) / 2;
  const data = bytes.subarray(headerLength, headerLength + length);
  return length > 0 && data.equals(bytes.subarray(headerLength + length)) ? { data, whole } : undefined;
}

/**
 * After a while, or at the exit where that is earlier; a signal that ends the process leaves the entry to the next one.
 *
 * An entry of a short run counts, until a longer one replaces it.
 *
 * A Node with flags may need another entry, and is not to take the place of that which all others read.
 */
function writeLater(entry: string, identity: string, script: Script, evenAtExit: boolean): void {
  if (process.execArgv.length > 0 || process.env['NODE_OPTIONS']) return;
  const write = (whole: boolean) => {
    clearTimeout(timer);
    process.off('exit', atExit);
    writeEntry(entry, headerOf(identity, whole), script);
  };
  const timer = setTimeout(() => write(true), delay).unref();
  const atExit = () => write(false);
  if (evenAtExit) process.on('exit', atExit);
}

function writeEntry(entry: string, header: Buffer, script: Script): void {
  const temporary = `${entry}.${process.pid}`;
  const folder = path.dirname(entry);
  let descriptor: number | undefined;
  try {
    if (!makeOwnFolder(folder)) return;
    const data = script.createCachedData();
    descriptor = openSync(temporary, 'wx', 0o600);
    writeFileSync(descriptor, Buffer.concat([header, data, data]));
    // What a loss of power leaves of it must not have the name yet.
    fsyncSync(descriptor);
    renameSync(temporary, entry);
    removeOutdated(folder);
  } catch {
    if (descriptor !== undefined) rmSync(temporary, { force: true });
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function removeOutdated(folder: string): void {
  for (const name of readdirSync(folder)) {
    const file = path.join(folder, name);
    if (Date.now() - statSync(file).mtimeMs > outdated) rmSync(file, { force: true });
  }
}
