/** Files that a user named: there, readable, and if not, which one was perhaps meant. */
import { accessSync, constants, readdirSync, statSync, type Stats } from 'node:fs';
import path from 'node:path';
import { findNear } from '../compiler/open/near.js';
import { fileMissing, fileUnreadable } from './status.js';

/**
 * @param file as the user wrote it.
 * @returns its absolute path.
 * @throws CommandError where it is missing, is no file, or may not be read.
 */
export function inputFile(file: string): string {
  const absolute = path.resolve(file);
  const found = lookAt(absolute, file);
  if (!found) throw fileMissing(file, nearFiles(file));
  if (found.isDirectory()) throw fileUnreadable(file, 'it is a folder');
  try {
    accessSync(absolute, constants.R_OK);
  } catch {
    throw fileUnreadable(file, 'permission denied');
  }
  return absolute;
}

function lookAt(absolute: string, file: string): Stats | undefined {
  try {
    return statSync(absolute, { throwIfNoEntry: false });
  } catch (failure) {
    throw fileUnreadable(file, (failure as Error).message);
  }
}

function nearFiles(file: string): string[] {
  const folder = path.dirname(file);
  return findNear(path.basename(file), listFolder(folder)).map((name) => path.join(folder, name));
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .slice(0, 1000)
      .map((entry) => entry.name);
  } catch {
    return [];
  }
}
