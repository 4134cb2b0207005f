/** Builds again when a file changes. */
import { statSync, watch, type FSWatcher } from 'node:fs';
import path from 'node:path';
import type { Round } from './build-round.js';
import { exitStatus, type ExitStatus } from './status.js';
import type { OutputOptions } from './terminal.js';

/** Editors write a file in several steps; what comes within this many milliseconds is one change. */
const settling = 50;

/**
 * Runs rounds until SIGINT or SIGTERM. The folders are watched, since editors replace files by renaming others over
 * them, and a file that is missing may appear.
 */
export async function watchFiles(round: () => Promise<Round>, flags: OutputOptions): Promise<ExitStatus> {
  const stop = new AbortController();
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const abort = () => stop.abort();
  signals.forEach((signal) => process.once(signal, abort));
  while (!stop.signal.aborted) {
    const started = Date.now();
    const { read } = await round();
    const change = nextChange(new Set(read), started, stop.signal);
    if (!flags.json) process.stderr.write(`watching ${read.length} file${read.length === 1 ? '' : 's'}\n`);
    await change;
  }
  signals.forEach((signal) => process.off(signal, abort));
  return exitStatus.done;
}

/** @param since what changed after this time, before the folders were watched, counts too. */
function nextChange(files: ReadonlySet<string>, since: number, stop: AbortSignal): Promise<void> {
  const { promise, resolve } = deferred();
  const folders = new Set([...files].map((file) => path.dirname(file)));
  let timer: NodeJS.Timeout | undefined;
  const changed = (folder: string, name: string | null) => {
    if (name !== null && !files.has(path.join(folder, name))) return;
    clearTimeout(timer);
    timer = setTimeout(resolve, settling);
  };
  const watchers = [...folders].map((folder) => watchFolder(folder, (name) => changed(folder, name)));
  if (stop.aborted || [...files].some((file) => changeTime(file) > since)) resolve();
  stop.addEventListener('abort', resolve, { once: true });
  return promise.then(() => {
    stop.removeEventListener('abort', resolve);
    watchers.forEach((watcher) => watcher?.close());
  });
}

/** The time of the last change, a rename included; milliseconds. */
function changeTime(file: string): number {
  try {
    return statSync(file).ctimeMs;
  } catch {
    return 0;
  }
}

function watchFolder(folder: string, changed: (name: string | null) => void): FSWatcher | undefined {
  try {
    return watch(folder, (_event, name) => changed(name)).on('error', () => undefined);
  } catch {
    return undefined;
  }
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
