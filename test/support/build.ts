/** Before tests that run the compiled package: brings dist/ up to date. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

export function setup(): void {
  // A guest has what its host compiled.
  if (process.env.TSBPF_VM !== undefined) return;
  const root = path.resolve(import.meta.dirname, '../..');
  const { status } = spawnSync(process.execPath, ['scripts/build.mjs'], { cwd: root, stdio: 'inherit' });
  if (status === 0) return;
  if (process.env.CI) throw new Error('the package does not compile');
  process.stderr.write('The package does not compile; these tests run what tsc made of it all the same.\n');
}
