/** Has the snapshot made that the next `tsbpf build` starts from, by a process that nobody waits for. */
import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { isLocked, placeFor } from './place.js';

/**
 * Never throws: without a snapshot all works, slower.
 *
 * @param node the launcher's; where that is a script that chooses a node, there is no snapshot.
 */
export function requestSnapshot(node: string): void {
  try {
    if (!path.isAbsolute(node) || realpathSync(node) !== realpathSync(process.execPath)) return;
    if (isLocked(placeFor(node))) return;
    const script = fileURLToPath(new URL('make.js', import.meta.url));
    const maker = spawn(process.execPath, [script, node], { cwd: '/', stdio: 'ignore', detached: true });
    maker.on('error', () => undefined);
    maker.unref();
  } catch {
    return;
  }
}
