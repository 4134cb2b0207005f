/** Folders that cannot be made for pins. In a process of its own: Node 20 itself never comes back from the first of them. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { root } from './command-line.js';

function pinnedIn(folder: string): { readonly status: number | null; readonly stdout: string } {
  const code = `import { pinMaps, TsbpfError } from ${JSON.stringify(pathToFileURL(`${root}/dist/runtime/index.js`))};
try { pinMaps({}, ${JSON.stringify(folder)}); console.log('made'); }
catch (error) { console.log(error instanceof TsbpfError, error.code, error.operation, error.subject); }`;
  const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  return { status, stdout };
}

test('pinMaps says which folder cannot be made', () => {
  const above = mkdtempSync(path.join(tmpdir(), 'tsbpf-pins-'));
  onTestFinished(() => rmSync(above, { recursive: true }));
  expect(pinnedIn('/proc/tsbpf/pins')).toEqual({ status: 0, stdout: 'true ENOENT make folder /proc/tsbpf/pins\n' });
  const file = path.join(above, 'file');
  writeFileSync(file, '');
  expect(pinnedIn(file)).toEqual({ status: 0, stdout: `true EEXIST make folder ${file}\n` });
  expect(pinnedIn(path.join(above, 'some', 'pins'))).toEqual({ status: 0, stdout: 'made\n' });
});
