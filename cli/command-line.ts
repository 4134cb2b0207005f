/** The command line of this process, from its words to its status. */
import { restoreCertificates } from './certificates.js';
import { commandsFor } from './commands/index.js';
import { runCommandLine } from './program.js';

/** Commands of which no run in this process compiles, or which say so when one does. */
const withoutCompiler = ['load', 'map', 'trace', 'capture', 'tc', 'xdp', 'explain'];

/** Runs `tsbpf` as this process was told to; settled when the status is known. Called once. */
export async function main(): Promise<void> {
  restoreCertificates();
  // Set by the launcher, where this run may be followed by faster ones.
  const node = process.env['TSBPF_SNAPSHOT_NODE'];
  delete process.env['TSBPF_SNAPSHOT_NODE'];
  if (!withoutCompiler.includes(process.argv[2] ?? '')) {
    (await import('../compiler/open/compile-cache.js')).enableCompileCache();
  }
  const status = await runCommandLine(process.argv, commandsFor(process.argv[2]));
  // A file that was run, and what it left on the event loop, decides its own status.
  if (status !== undefined) process.exitCode = status;
  if (node !== undefined && status === 0) (await import('./snapshot/request.js')).requestSnapshot(node);
}
