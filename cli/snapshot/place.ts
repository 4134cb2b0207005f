/** Where the snapshot of `tsbpf build` is kept, and what has to be unchanged since it was made. */
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../../compiler/open/cache-folder.js';

/** `dist/cli`, without symbolic links. */
export const commandFolder = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** What Node makes the snapshot of. */
export const bundle = path.join(commandFolder, 'build-snapshot.cjs');

export interface Place {
  readonly folder: string;
  readonly blob: string;
  /** What `describe` gave when the blob was made; then a line each for node's flags, node's path and `dist/cli`. */
  readonly record: string;
  /** Is there while the blob is being made, and after that failed. */
  readonly lock: string;
}

export const snapshotsFolder = (): string => path.join(cacheFolder(), 'snapshot');

/** @param node absolute, as found on PATH; the launcher, cli/tsbpf.sh, puts the same paths together. */
export function placeFor(node: string): Place {
  const folder = `${snapshotsFolder()}${node}${commandFolder}`;
  const inside = (name: string) => path.join(folder, name);
  return { folder, blob: inside('build.blob'), record: inside('record'), lock: inside('making') };
}

/**
 * Identity, size and times of node, the compiler and the blob, by the program that the launcher asks too.
 *
 * @returns undefined where one of them is missing.
 */
export function describe(node: string, { blob }: Place): string | undefined {
  const { status, stdout } = spawnSync('stat', ['-Lc', '%i %s %y %z %u %a', node, bundle, blob], {
    env: { ...process.env, TZ: 'UTC0' },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return status === 0 ? stdout : undefined;
}

export function isCurrent(node: string, place: Place): boolean {
  try {
    const description = describe(node, place);
    return description !== undefined && readFileSync(place.record, 'utf8').startsWith(description);
  } catch {
    return false;
  }
}

const oneHour = 3_600_000;

/** Whether a snapshot is being made, or could not be made in the last hour. */
export function isLocked({ lock }: Place): boolean {
  const stats = statSync(lock, { throwIfNoEntry: false });
  return stats !== undefined && Date.now() - stats.mtimeMs < oneHour;
}
