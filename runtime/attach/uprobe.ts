/**
 * Programs at the entry and the return of functions of user-space binaries and libraries.
 */
import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { systemError, TsbpfError, UnsupportedFeatureError } from '../errors.js';
import type { Link } from '../link.js';
import type { Program } from '../program.js';
import { readFunctionOffsets } from './elf-symbols.js';
import { nearest } from './nearest.js';
import { linkPerfEvent, openProbe } from './perf-link.js';
import { pmuType, returnBit } from './pmu.js';

export interface UprobeTarget {
  /** A path, a program on PATH, or a library by its file name (`libc.so.6`). */
  readonly binary: string;
  /** A function of its symbol table, or an offset in the file as `0x…`. */
  readonly symbol: string;
  /** Bytes into the function. */
  readonly offset?: number | bigint;
  /** Only in this process; in all if left out, those that start later included. */
  readonly pid?: number;
}

/**
 * Attaches to a user-space function, on every CPU (Linux 4.17).
 *
 * @param returns at its return instead of its entry.
 * @throws TsbpfError for a binary or function that is not there (with near names).
 */
export function attachUprobe(program: Program, target: UprobeTarget, returns: boolean): Link {
  const type = pmuType('uprobe');
  if (type === undefined) {
    throw new UnsupportedFeatureError({ feature: 'uprobes', needs: 'a kernel with CONFIG_UPROBE_EVENTS' });
  }
  program.load();
  const path = resolveBinary(target.binary);
  const offset = functionOffset(path, target.symbol) + BigInt(target.offset ?? 0);
  const config = returns ? 1 << returnBit('uprobe') : 0;
  const name = `${path}:${target.symbol}`;
  const fd = openProbe({ type, config, name: path, offset }, target.pid);
  if (fd < 0) throw systemError(-fd, 'probe user-space function', name);
  return linkPerfEvent(program, fd, `${returns ? 'uretprobe' : 'uprobe'} ${name}`);
}

const LIBRARY_DIRECTORIES = ['/lib', '/usr/lib', '/lib64', '/usr/lib64', '/usr/local/lib'];
const MULTIARCH: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64', riscv64: 'riscv64' };

/**
 * The file behind a binary's name, symbolic links followed.
 *
 * @throws TsbpfError (ENOENT) where there is none.
 */
export function resolveBinary(binary: string): string {
  const candidates = binary.includes('/')
    ? [binary]
    : [...searchPath(process.env.PATH), ...libraryDirectories()].map((directory) => join(directory, binary));
  const found = candidates.find((path) => existsSync(path));
  if (found !== undefined) return realpathSync(found);
  throw new TsbpfError(`There is no binary or library '${binary}'.`, {
    code: 'ENOENT',
    operation: 'find binary',
    subject: binary,
    hint: binary.includes('/') ? 'Check the path.' : 'It is not on PATH nor among the libraries; give its whole path.',
  });
}

function searchPath(list: string | undefined): string[] {
  return (list ?? '').split(':').filter((directory) => directory !== '');
}

function libraryDirectories(): string[] {
  const machine = MULTIARCH[process.arch];
  const multiarch = ['/lib', '/usr/lib'].flatMap((root) => (machine ? [`${root}/${machine}-linux-gnu`] : []));
  return [...searchPath(process.env.LD_LIBRARY_PATH), ...multiarch, ...LIBRARY_DIRECTORIES];
}

function functionOffset(path: string, symbol: string): bigint {
  if (/^0x[0-9a-f]+$/i.test(symbol)) return BigInt(symbol);
  const functions = readFunctionOffsets(path);
  const offset = functions.get(symbol);
  if (offset !== undefined) return offset;
  const near = nearest(symbol, functions.keys(), 5);
  throw new TsbpfError(`'${path}' has no function '${symbol}'.`, {
    code: 'TSBPF2106',
    operation: 'find function',
    subject: symbol,
    hint:
      near.length > 0
        ? `Did you mean ${near.map((name) => `'${name}'`).join(', ')}?`
        : functions.size === 0
          ? 'It has no symbols (stripped); give the offset in the file as 0x….'
          : 'It may be static and stripped, or inlined; give the offset in the file as 0x….',
  });
}
