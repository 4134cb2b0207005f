/** Builds again when a file changes. */
import { statSync, watch, type FSWatcher } from 'node:fs';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import type { Round } from './build-round.js';
import { exitStatus, type ExitStatus } from './status.js';
import type { OutputOptions } from './terminal.js';

/** What comes within this many milliseconds is one change. */
const settling = 10;
/** The same for a file that is empty or gone, as those are that an editor is about to write. */
const settlingOfEmpty = 100;

/**
 * Runs rounds until SIGINT or SIGTERM. The folders are watched, since editors replace files by renaming others over
 * them, and a file that is missing may appear.
 */
export async function watchFiles(round: () => Promise<Round>, flags: OutputOptions): Promise<ExitStatus> {
  optimizeLater();
  const stop = new AbortController();
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const abort = () => stop.abort();
  signals.forEach((signal) => process.once(signal, abort));
  let watched: ReadonlySet<string> = new Set();
  while (!stop.signal.aborted) {
    const started = Date.now();
    const { read, status } = await round();
    const complete = status === exitStatus.done;
    // What a failed round did not read may be what is missing.
    watched = new Set(complete ? read : [...watched, ...read]);
    const change = nextChange({ files: watched, complete, since: started }, stop.signal);
    if (!flags.json) process.stderr.write(`watching ${read.length} file${read.length === 1 ? '' : 's'}\n`);
    await change;
  }
  signals.forEach((signal) => process.off(signal, abort));
  return exitStatus.done;
}

/**
 * Has V8's optimising compiler begin at ten times the usual, as in a single build (snapshot/make.ts): it would take most of the
 * processor during the first dozens of rounds. Later versions of Node know that by another name, and do without.
 */
function optimizeLater(): void {
  if (/^v2[01]\./.test(process.version)) setFlagsFromString('--interrupt-budget=1500000');
}

interface Watched {
  readonly files: ReadonlySet<string>;
  /** Whether these are all. If not, any source file beside them may be the one that an import did not find. */
  readonly complete: boolean;
  /** In milliseconds since 1970: what changed after this time, before the folders were watched, counts too. */
  readonly since: number;
}

function nextChange({ files, complete, since }: Watched, stop: AbortSignal): Promise<void> {
  const { promise, resolve } = deferred();
  const folders = new Set([...files].map((file) => path.dirname(file)));
  let timer: NodeJS.Timeout | undefined;
  const changed = (folder: string, name: string | null) => {
    const file = name === null ? undefined : path.join(folder, name);
    const mayMatter = file === undefined || files.has(file) || (!complete && /\.(ts|mts|tsx|json)$/.test(file));
    if (!mayMatter) return;
    clearTimeout(timer);
    timer = setTimeout(resolve, file !== undefined && isEmpty(file) ? settlingOfEmpty : settling);
  };
  const watchers = [...folders].map((folder) => watchFolder(folder, (name) => changed(folder, name)));
  if (stop.aborted || [...files].some((file) => changeTime(file) > since)) resolve();
  stop.addEventListener('abort', resolve, { once: true });
  return promise.then(() => {
    clearTimeout(timer);
    stop.removeEventListener('abort', resolve);
    watchers.forEach((watcher) => watcher?.close());
  });
}

function isEmpty(file: string): boolean {
  return (statSync(file, { throwIfNoEntry: false })?.size ?? 0) === 0;
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
