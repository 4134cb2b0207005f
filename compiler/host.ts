/** The one door between the compiler and the machine: every file that is read or written passes here. */
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';

export interface Host {
  readonly currentDirectory: string;
  readFile(file: string): string | undefined;
  fileExists(file: string): boolean;
  directoryExists(directory: string): boolean;
  realpath(file: string): string;
}

/** Files of this machine. */
export function nodeHost(currentDirectory: string = process.cwd()): Host {
  return {
    currentDirectory,
    readFile: (file) => attempt(() => readFileSync(file, 'utf8')),
    fileExists: (file) => attempt(() => statSync(file).isFile()) ?? false,
    directoryExists: (directory) => attempt(() => statSync(directory).isDirectory()) ?? false,
    realpath: (file) => attempt(() => realpathSync(file)) ?? file,
  };
}

/**
 * Files of an editor or a test, over those of this machine.
 *
 * @param files by path; relative paths are taken from `currentDirectory`.
 */
export function memoryHost(files: Readonly<Record<string, string>>, currentDirectory: string = process.cwd()): Host {
  const machine = nodeHost(currentDirectory);
  const held = new Map(Object.entries(files).map(([file, text]) => [path.resolve(currentDirectory, file), text]));
  return {
    currentDirectory,
    readFile: (file) => held.get(file) ?? machine.readFile(file),
    fileExists: (file) => held.has(file) || machine.fileExists(file),
    directoryExists: (directory) =>
      machine.directoryExists(directory) || [...held.keys()].some((file) => file.startsWith(`${directory}/`)),
    realpath: (file) => (held.has(file) || !existsSync(file) ? file : machine.realpath(file)),
  };
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
