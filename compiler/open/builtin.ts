/** Modules of Node that few runs need, and that take milliseconds to load. */
import { createRequire } from 'node:module';

/** `node:child_process`, loaded now. */
export function childProcess(): typeof import('node:child_process') {
  return builtin('node:child_process') as typeof import('node:child_process');
}

/** `node:crypto`, loaded now. */
export function crypto(): typeof import('node:crypto') {
  return builtin('node:crypto') as typeof import('node:crypto');
}

function builtin(name: string): unknown {
  return createRequire(import.meta.filename)(name);
}
