/** Which files of a program are the user's. */
import type { ts } from '@ts-morph/bootstrap';
import { libraryFile } from './library/index.js';
import { isRuntimeFile } from './resolve.js';

/** The source files of the user's project: not our library, not our runtime. */
export function userFiles(program: ts.Program): ts.SourceFile[] {
  return program.getSourceFiles().filter(({ fileName }) => fileName !== libraryFile && !isRuntimeFile(fileName));
}
