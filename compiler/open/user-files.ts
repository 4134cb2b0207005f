/** Files that only this user can have written: compiled code that is kept is run without another look at it. */
import { closeSync, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { makeFolders } from './folders.js';

/**
 * What a file holds that belongs to this user, and that nobody else may write to.
 *
 * @returns undefined where there is no such file.
 */
export function readOwnFile(file: string): Buffer | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'r');
    const { uid, mode } = fstatSync(descriptor);
    return uid === process.geteuid?.() && (mode & 0o022) === 0 ? readFileSync(descriptor) : undefined;
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/**
 * Makes a folder and those above it for this user alone, but nothing beneath a folder of somebody else: root leaves nothing in
 * the home of whoever called sudo.
 *
 * @returns whether it is there and this user's.
 * @throws Error of the system where it cannot be made.
 */
export function makeOwnFolder(folder: string): boolean {
  if (ownerOf(folder) !== process.geteuid?.()) return false;
  makeFolders(folder, 0o700);
  return true;
}

/** Of a file or folder, or of the nearest above that is there. */
function ownerOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.uid ?? ownerOf(path.dirname(file));
}
