/** Where tsbpf keeps what it can make again: compiled modules, and the code cache of the TypeScript compiler. */
import { homedir } from 'node:os';
import path from 'node:path';

/** `$XDG_CACHE_HOME/tsbpf`, or `~/.cache/tsbpf`; it need not exist. */
export function cacheFolder(): string {
  const base = process.env['XDG_CACHE_HOME'];
  return path.join(base && path.isAbsolute(base) ? base : path.join(homedir(), '.cache'), 'tsbpf');
}
