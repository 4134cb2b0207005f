/**
 * `tsbpf build` as a startup snapshot of Node: the heap with the compiler loaded, and compiled by a first use.
 *
 * scripts/snapshot.mjs puts this and all that it imports into one file; make.ts has Node make the snapshot of it.
 * Modules cannot be imported in here, so what needs that continues in an ordinary process.
 */
import { spawn } from 'node:child_process';
import process from 'node:process';
import { startupSnapshot } from 'node:v8';
import { setHandOver } from '../../compiler/elsewhere.js';
import { forgetParsed } from '../../compiler/open/index.js';
import { restoreCertificates } from '../certificates.js';
import { addBuild } from '../commands/build.js';
import { createProgram, runCommandLine } from '../program.js';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

if (startupSnapshot.isBuildingSnapshot()) {
  startupSnapshot.setDeserializeMainFunction(() => void main());
  void warm(process.argv.slice(2));
}

async function main(): Promise<void> {
  refreshCurrentDirectory();
  restoreCertificates();
  setHandOver(continueOrdinarily);
  if (needsModules(process.argv.slice(2))) await continueOrdinarily();
  const status = await runCommandLine(process.argv, [addBuild]);
  if (status !== undefined) process.exitCode = status;
}

/** Node remembers the current folder, some versions across the snapshot. */
function refreshCurrentDirectory(): void {
  try {
    process.chdir('.');
  } catch {
    // A folder that is gone is reported where it is needed.
  }
}

function needsModules(words: readonly string[]): boolean {
  return words[0] !== 'build' || words.some((word) => /^(--watch|(--emit=)?(module|evaluated))$/.test(word));
}

/** The same command line by way of main.js, which the launcher names as the script. */
function continueOrdinarily(): Promise<never> {
  const child = spawn(process.execPath, process.argv.slice(1), { stdio: 'inherit' });
  const forward = (signal: NodeJS.Signals) => void child.kill(signal);
  for (const signal of signals) process.on(signal, forward);
  child.on('error', (failure) => {
    process.stderr.write(`tsbpf: ${failure.message}\n`);
    process.exit(3);
  });
  child.on('exit', (status, signal) => {
    for (const each of signals) process.off(each, forward);
    if (signal) process.kill(process.pid, signal);
    else process.exit(status ?? 3);
  });
  return new Promise(() => undefined);
}

/** Compiles a file once, so that Node keeps what it compiled of the compiler. The streams of this process stay unopened. */
async function warm(parameters: readonly string[]): Promise<void> {
  const closed = { isTTY: false, write: () => true };
  const streams = (['stdout', 'stderr'] as const).map((name) => {
    const original = Object.getOwnPropertyDescriptor(process, name)!;
    Object.defineProperty(process, name, { configurable: true, enumerable: true, get: () => closed });
    return () => void Object.defineProperty(process, name, original);
  });
  let status: number | undefined;
  await createProgram([addBuild], (finished) => (status = finished)).parseAsync(['node', 'tsbpf', ...parameters]);
  for (const restore of streams) restore();
  forgetParsed();
  if (status !== 0) process.exit(1);
}
