/** Where the addresses of a process are: in which file, and in which function of it. */
import { readFileSync, statSync } from 'node:fs';
import { FunctionTable, type FoundFunction } from './function-table.js';

/** One line of /proc/PID/maps (proc_pid_maps(5)). */
export interface Mapping {
  readonly start: bigint;
  /** The address behind the last. */
  readonly end: bigint;
  /** Of `start`, in the file. */
  readonly fileOffset: bigint;
  /** A path, or what the kernel calls it: `'[vdso]'`. */
  readonly file: string;
}

/** Where an address of a process is. */
export interface UserPlace {
  readonly file: string;
  /** Bytes from the start of the file. */
  readonly fileOffset: bigint;
  /** Where the file has symbols. */
  readonly function: FoundFunction | undefined;
}

const LINE = /^([\da-f]+)-([\da-f]+) \S{4} ([\da-f]+) [\da-f]+:[\da-f]+ \d+ +(.+)$/;

/** The mappings that have a file or a name. */
export function parseMappings(text: string): Mapping[] {
  return text.split('\n').flatMap((line) => {
    const [, start, end, fileOffset, file] = LINE.exec(line) ?? [];
    if (file === undefined) return [];
    // The kernel writes a newline of a path as \012, and says of a file that was removed that it was.
    const name = file.replace(/\\012/g, '\n').replace(/ \(deleted\)$/, '');
    return [
      { start: BigInt(`0x${start}`), end: BigInt(`0x${end}`), fileOffset: BigInt(`0x${fileOffset}`), file: name },
    ];
  });
}

/** A process as it is now. One that is gone, or that this process may not see, has no places. */
export class ProcessSymbols {
  readonly #pid: number;
  readonly #mappings: readonly Mapping[];

  /** @param pid as user space counts (the kernel's tgid). */
  constructor(pid: number) {
    this.#pid = pid;
    this.#mappings = readMappings(pid);
  }

  find(address: bigint): UserPlace | undefined {
    const mapping = this.#mappings.find(({ start, end }) => address >= start && address < end);
    if (!mapping) return undefined;
    const fileOffset = address - mapping.start + mapping.fileOffset;
    const table = mapping.file.startsWith('/') ? tableOf(this.#pid, mapping) : undefined;
    return { file: mapping.file, fileOffset, function: table?.find(fileOffset) };
  }
}

function readMappings(pid: number): Mapping[] {
  try {
    return parseMappings(readFileSync(`/proc/${pid}/maps`, 'utf8'));
  } catch {
    return [];
  }
}

/** The tables of files that were asked for last, by what tells files apart. */
const tables = new Map<string, FunctionTable | undefined>();
const MOST_TABLES = 64;

/**
 * The file itself, though it was removed or replaced since, where the kernel shows it (map_files, for root); else what
 * has its path where the process is.
 */
function tableOf(pid: number, { start, end, file }: Mapping): FunctionTable | undefined {
  const mapped = `/proc/${pid}/map_files/${start.toString(16)}-${end.toString(16)}`;
  for (const path of [mapped, `/proc/${pid}/root${file}`]) {
    const key = identityOf(path);
    if (key === undefined) continue;
    if (!tables.has(key)) {
      const [oldest] = tables.keys();
      if (tables.size >= MOST_TABLES && oldest !== undefined) tables.delete(oldest);
      tables.set(key, readTable(path));
    }
    return tables.get(key);
  }
  return undefined;
}

function identityOf(path: string): string | undefined {
  try {
    const { dev, ino, size, mtimeMs } = statSync(path);
    return [dev, ino, size, mtimeMs].join(' ');
  } catch {
    return undefined;
  }
}

/** A file without a table, or with one that leads nowhere, has no names. */
function readTable(path: string): FunctionTable | undefined {
  try {
    return FunctionTable.read(path);
  } catch {
    return undefined;
  }
}
