import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderWith, lengthFilter, tsbpf } from './command-line.js';

const filesUnder = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));

const right = { status: 0, stdout: '', stderr: '' };

describe('the code cache of the compiler', () => {
  test('is made by the first run, for this user alone, and kept by the next', () => {
    const cwd = folderWith({ 'a.ts': lengthFilter });
    const cache = folderWith({});
    const env = { XDG_CACHE_HOME: cache };
    expect(tsbpf(['build', 'a.ts'], { cwd, env })).toEqual(right);
    const entries = filesUnder(path.join(cache, 'tsbpf'));
    const state = () => entries.map((file) => statSync(file).ino);
    const made = state();
    expect(entries.some((file) => statSync(file).size > 1_000_000)).toBe(true);
    expect(tsbpf(['build', 'a.ts'], { cwd, env })).toEqual(right);
    expect(state()).toEqual(made);
  });

  test.each([
    ['cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
    ['empty', () => Buffer.alloc(0)],
    ['changed in its middle', (bytes: Buffer) => (bytes.fill(0xff, bytes.length / 2, bytes.length / 2 + 64), bytes)],
  ])('an entry that is %s is ignored', (_name, spoil) => {
    const cwd = folderWith({ 'a.ts': lengthFilter });
    const env = { XDG_CACHE_HOME: folderWith({}) };
    expect(tsbpf(['build', 'a.ts'], { cwd, env })).toEqual(right);
    for (const file of filesUnder(env.XDG_CACHE_HOME)) writeFileSync(file, spoil(readFileSync(file)));
    expect(tsbpf(['build', 'a.ts'], { cwd, env })).toEqual(right);
  });

  test.each(['/dev/null', '/proc/nothing'])('a folder that cannot be made is no error: %s', (folder) => {
    const cwd = folderWith({ 'a.ts': lengthFilter });
    expect(tsbpf(['build', 'a.ts'], { cwd, env: { XDG_CACHE_HOME: folder } })).toEqual(right);
  });
});
