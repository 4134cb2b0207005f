import { afterEach, beforeEach, expect, test } from 'vitest';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findCacheFolder, identify, openCache } from '../../compiler/transform/cache.js';

let folder: string;
let source: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tsbpf-cache-'));
  source = path.join(folder, 'a.txt');
  writeFileSync(source, 'one');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function entries(): string[] {
  return readdirSync(folder).filter((name) => name.endsWith('.json'));
}

test('what was written is read, under its identity alone', () => {
  const cache = openCache(folder);
  cache.write(identify('a'), [source], 'code();');
  expect(cache.read(identify('a'))).toBe('code();');
  expect(cache.read(identify('b'))).toBeUndefined();
  expect(readdirSync(folder)).toHaveLength(2);
});

test('a changed file makes an entry stale, and its old content good again', () => {
  const cache = openCache(folder);
  cache.write('x', [source], 'code();');
  writeFileSync(source, 'two');
  expect(cache.read('x')).toBeUndefined();
  writeFileSync(source, 'one');
  expect(cache.read('x')).toBe('code();');
});

test('a file that is gone makes an entry stale', () => {
  const cache = openCache(folder);
  cache.write('x', [source], 'code();');
  rmSync(source);
  expect(cache.read('x')).toBeUndefined();
});

test.each(['', '{', '{}', 'null', '{"format":1,"files":{},"code":"evil()","digest":"0"}'])(
  'an entry that reads %j is ignored',
  (text) => {
    const cache = openCache(folder);
    cache.write('x', [source], 'code();');
    writeFileSync(path.join(folder, entries()[0]!), text);
    expect(cache.read('x')).toBeUndefined();
  },
);

test('a folder that cannot be written is no error', () => {
  const cache = openCache(path.join(source, 'no-folder'));
  cache.write('x', [source], 'code();');
  expect(cache.read('x')).toBeUndefined();
  expect(openCache(undefined).read('x')).toBeUndefined();
});

test('the folder is under XDG_CACHE_HOME, unless others can write to it', () => {
  const before = process.env['XDG_CACHE_HOME'];
  process.env['XDG_CACHE_HOME'] = folder;
  try {
    const found = findCacheFolder()!;
    expect(found).toBe(path.join(folder, 'tsbpf', 'modules'));
    chmodSync(found, 0o777);
    expect(findCacheFolder()).not.toBe(found);
  } finally {
    if (before === undefined) delete process.env['XDG_CACHE_HOME'];
    else process.env['XDG_CACHE_HOME'] = before;
  }
});
