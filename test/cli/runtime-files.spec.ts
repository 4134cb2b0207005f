/** How the compiled runtime is laid out: a few files, each class in one of them. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { root } from './command-line.js';

const dist = path.join(root, 'dist');
const load = (name: string): Promise<Record<string, unknown>> => import(pathToFileURL(path.join(dist, name)).href);

/** The files that are read when a module is loaded. */
function filesBehind(name: string): string[] {
  const found = new Set([path.join(dist, name)]);
  for (const file of found) {
    const text = readFileSync(file, 'utf8');
    for (const [, imported, required] of text.matchAll(
      /^(?:import|export)\b[^;'"]*["'](\.[^"']+\.js)["'];$|\brequire\("(\.[^"]+\.js)"\)/gm,
    ))
      found.add(path.resolve(path.dirname(file), imported ?? required!.replace(/\.js$/, '.cjs')));
    // A module that hands out what a script exports.
    for (const [, script] of text.matchAll(/\brun\("([^"]+)"\)/g)) found.add(path.join(dist, `${script}.cjs`));
  }
  return [...found].map((file) => path.relative(dist, file));
}

test('loading the runtime reads a handful of files', () => {
  for (const entry of ['runtime/index.js', 'runtime/module.js']) {
    const files = filesBehind(entry);
    expect(files).toContain('runtime/chunks/runtime.cjs');
    expect(files.length).toBeLessThan(10);
  }
});

test('starting a command that loads reads a handful of files', () => {
  expect(filesBehind('cli/main.js').length).toBeLessThan(4);
  for (const entry of ['load/index', 'map/list', 'map/entries', 'trace-event', 'capture/index']) {
    const files = filesBehind(`cli/${entry}.js`);
    expect(files).toContain('runtime/chunks/runtime.cjs');
    expect(files.length).toBeLessThan(10);
  }
});

test('a build that makes no use of the runtime does not load it', () => {
  for (const entry of ['cli/main.js', 'cli/build-files.js', 'compiler/index.js', 'compiler/transform/register.js']) {
    expect(filesBehind(entry)).not.toContain('runtime/chunks/runtime.cjs');
  }
});

test('whoever imports a class gets the same one', async () => {
  const runtime = await load('runtime/index.js');
  const places = {
    'runtime/errors.js': ['TsbpfError', 'VerifierError'],
    'runtime/maps/map.js': ['BpfMap'],
    'runtime/maps/hash.js': ['HashMap'],
    'runtime/program.js': ['Program'],
    'runtime/link.js': ['Link'],
    'compiler/object/btf.js': ['Btf'],
    'compiler/object/index.js': ['Btf', 'ObjectError'],
  };
  for (const [file, names] of Object.entries(places)) {
    const module = await load(file);
    for (const name of names) {
      expect(module[name], `${name} of ${file}`).toBeTypeOf('function');
      expect(module[name], `${name} of ${file}`).toBe(runtime[name]);
    }
  }
});
