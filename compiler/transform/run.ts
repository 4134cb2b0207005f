/** `tsbpf run FILE`: the file takes over this process, so that signals and its exit status are its own. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Compiles a file and runs it here, as if Node had been started with it.
 *
 * @param file a TypeScript file.
 * @param args what it finds from `process.argv[2]` on.
 * @returns when the file's top level has run; what it throws ends the process as Node always does.
 */
export async function run(file: string, args: readonly string[]): Promise<void> {
  const entry = path.resolve(file);
  process.argv.splice(1, process.argv.length - 1, entry, ...args);
  // Child processes and workers started with this process's own flags load TypeScript too.
  process.execArgv.push('--import', new URL('./register.js', import.meta.url).href);
  await import('./register.js');
  try {
    await import(pathToFileURL(entry).href);
  } catch (error) {
    // Thrown outside of every promise, it reaches the file's own handlers, or Node's.
    setImmediate(() => {
      throw error;
    });
  }
}
