/** Where each output goes. Without `-o` it goes to the current folder, named after the source, as with `cc -c`. */
import { statSync } from 'node:fs';
import path from 'node:path';
import { makeFolders } from '../compiler/open/folders.js';
import { outputIsInput, outputNotFolder, outputTwice, outputUnwritable } from './status.js';

export type Emit = 'obj' | 'll' | 'asm' | 'module' | 'evaluated';

export const emitExtensions: Readonly<Record<Emit, string>> = {
  obj: '.o',
  ll: '.ll',
  asm: '.s',
  module: '.bpf.js',
  evaluated: '.evaluated.ts',
};

/**
 * @param files absolute paths of the sources.
 * @param output what `-o` says: a file, a folder, `-`, or nothing.
 * @returns the output of each source, in their order.
 * @throws CommandError where two outputs would be one, or a source would be overwritten.
 */
export function outputPaths(files: readonly string[], output: string | undefined, emit: Emit): string[] {
  const paths = files.map((file) => outputPath(file, output, emit, files.length > 1));
  paths.forEach((target, index) => {
    const first = paths.indexOf(target);
    if (first !== index) throw outputTwice(target, files[first]!, files[index]!);
    if (files.includes(path.resolve(target))) throw outputIsInput(target);
  });
  return paths;
}

/** The declarations of a module stand beside it, where TypeScript looks for them. */
export function declarationsPath(module: string): string {
  return /\.[cm]?js$/.test(module) ? module.replace(/\.([cm]?)js$/, '.d.$1ts') : `${module}.d.ts`;
}

function outputPath(file: string, output: string | undefined, emit: Emit, several: boolean): string {
  const name = path.basename(file).replace(/\.[cm]?[jt]sx?$/, '') + emitExtensions[emit];
  if (output === undefined) return name;
  if (isFolder(output)) return path.join(output, name);
  if (several) throw outputNotFolder(output);
  return output;
}

/** A name that ends with a slash is a folder, and is made where it is missing. */
function isFolder(output: string): boolean {
  if (output.endsWith('/')) makeFolder(output);
  try {
    return statSync(output).isDirectory();
  } catch {
    return false;
  }
}

function makeFolder(folder: string): void {
  try {
    makeFolders(folder);
  } catch (failure) {
    throw outputUnwritable(folder, (failure as Error).message);
  }
}
