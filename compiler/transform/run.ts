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
  // What the file throws is nobody's to catch here: Node reports it as it reports every uncaught error.
  await new Promise((resolve) => void import(pathToFileURL(entry).href).then(resolve));
}
