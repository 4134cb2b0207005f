/**
 * The small library that the BPF half is checked against, as text, so that nothing has to be found on disk.
 *
 * A full `lib.es2022` costs a hundred times as much to check, and types far more than the kernel can do.
 */
import { globalsLibrary } from './globals.js';
import { valuesLibrary } from './values.js';

/** The name that the library has in a `ts.Program`; no file of this name is read. */
export const libraryFile = '/tsbpf-library.d.ts';

export const libraryText = `${valuesLibrary}\n${globalsLibrary}`;
