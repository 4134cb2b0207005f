/**
 * Compiled modules, kept between runs. An entry is good as long as every file that was read for it has the same content;
 * what is broken, of another version, or not this user's own is as good as absent.
 */
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import path from 'node:path';
import { makeFolders } from '../open/folders.js';
import { crypto } from '../open/builtin.js';
import { cacheFolder } from '../open/cache-folder.js';

const format = 1;
const maximumEntries = 400;

interface Aged {
  readonly name: string;
  readonly time: number;
}

interface Entry {
  readonly format: number;
  /** Digest of each file that was read, by absolute path. */
  readonly files: Readonly<Record<string, string>>;
  readonly code: string;
  /** Digest of `code`. */
  readonly digest: string;
}

export interface ModuleCache {
  /** @returns the code that was stored under an identity, if no file that it came from has changed since. */
  read(identity: string): string | undefined;
  /** Stores code; never throws, for a cache that cannot be written is only slower. */
  write(identity: string, files: readonly string[], code: string): void;
}

/** @param folder where entries are; undefined keeps nothing. */
export function openCache(folder: string | undefined): ModuleCache {
  if (folder === undefined) return { read: () => undefined, write: () => undefined };
  const entryFile = (identity: string) => path.join(folder, `${hash(identity)}.json`);
  return {
    read: (identity) => readEntry(entryFile(identity)),
    write: (identity, files, code) => {
      try {
        prune(folder);
        writeWhole(entryFile(identity), JSON.stringify(createEntry(files, code)));
      } catch {
        // A full or read-only disk: the next run compiles again.
      }
    },
  };
}

/** What besides the files' content a compiled module depends on. */
export function identify(...parts: readonly unknown[]): string {
  return JSON.stringify([format, release(), process.arch, ...parts]);
}

/**
 * `$XDG_CACHE_HOME/tsbpf/modules` or `~/.cache/tsbpf/modules`, or one under the folder for temporary files. Made if need
 * be; undefined where none can be made that only this user can write, because what is in it will be run.
 */
export function findCacheFolder(): string | undefined {
  const places = [path.join(cacheFolder(), 'modules'), path.join(tmpdir(), `tsbpf-${process.getuid?.() ?? 0}`)];
  return places.find(isOwnFolder);
}

function isOwnFolder(folder: string): boolean {
  try {
    makeFolders(folder, 0o700);
    const { uid, mode } = statSync(folder);
    return uid === process.getuid?.() && (mode & 0o022) === 0;
  } catch {
    return false;
  }
}

function readEntry(file: string): string | undefined {
  try {
    const entry = JSON.parse(readFileSync(file, 'utf8')) as Entry;
    if (entry.format !== format || entry.digest !== hash(entry.code)) return undefined;
    const fresh = Object.entries(entry.files).every(([name, digest]) => digestFile(name) === digest);
    return fresh ? entry.code : undefined;
  } catch {
    return undefined;
  }
}

function createEntry(files: readonly string[], code: string): Entry {
  return { format, files: Object.fromEntries(files.map((file) => [file, digestFile(file)])), code, digest: hash(code) };
}

/** A reader sees the old entry or the new one, never half of one. */
function writeWhole(file: string, text: string): void {
  const temporary = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  try {
    writeFileSync(temporary, text, { mode: 0o600 });
    renameSync(temporary, file);
  } finally {
    rmSync(temporary, { force: true });
  }
}

function prune(folder: string): void {
  const names = readdirSync(folder);
  if (names.length < maximumEntries) return;
  const aged = names.map((name: string) => ({ name, time: statSync(path.join(folder, name)).mtimeMs }));
  aged.sort((a: Aged, b: Aged) => a.time - b.time);
  for (const { name } of aged.slice(0, names.length / 2)) rmSync(path.join(folder, name), { force: true });
}

function digestFile(file: string): string {
  return hash(readFileSync(file));
}

function hash(content: string | Buffer): string {
  return crypto().createHash('sha256').update(content).digest('hex');
}
