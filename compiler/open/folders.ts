/** Folders that are made where they are missing. */
import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';

/**
 * Makes a folder and those above it. Node's own `recursive` never comes back from file systems that make no folders and say
 * that there is none, as /proc (Node 20).
 *
 * @param mode of those that are made.
 * @throws Error of the system where that cannot be.
 */
export function makeFolders(folder: string, mode = 0o777): void {
  if (isFolder(folder)) return;
  const above = path.dirname(folder);
  if (above !== folder && !isFolder(above)) makeFolders(above, mode);
  try {
    mkdirSync(folder, { mode });
  } catch (failure) {
    // Another process may have been faster.
    if ((failure as NodeJS.ErrnoException).code !== 'EEXIST' || !isFolder(folder)) throw failure;
  }
}

function isFolder(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
