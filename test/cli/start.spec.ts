/** What the launcher starts without Node's loader of modules does what main.js does. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { folderWith, lengthFilter, root, tsbpf, wrongFilter, type Finished } from './command-line.js';

const launcher = path.join(root, 'dist/cli/tsbpf.sh');

function launch(parameters: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Finished {
  const { NODE_OPTIONS: _options, NODE_V8_COVERAGE: _coverage, FORCE_COLOR: _color, ...inherited } = process.env;
  const PATH = `${path.dirname(process.execPath)}:${inherited['PATH']}`;
  const { status, stdout, stderr } = spawnSync('/bin/sh', [launcher, ...parameters], {
    cwd,
    env: { ...inherited, PATH, ...env },
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, stdout, stderr };
}

test.each([
  ['a file that is missing', ['load', 'missing.o']],
  ['a file that is no object', ['load', 'text.o']],
  ['a file that does not compile', ['load', 'wrong.ts']],
  ['an option that there is not', ['load', '--atach', 'x', 'text.o']],
  ['help', ['map', '--help']],
  ['a command of modules', ['explain', 'TSBPF1001']],
  ['a map that is missing', ['map', 'dump', '/sys/fs/bpf/tsbpf-missing']],
  ['an interface that is missing', ['tc', 'clear', 'tsbpf-missing']],
])('%s', (_name, parameters) => {
  const cwd = folderWith({ 'text.o': 'no object', 'wrong.ts': wrongFilter, 'right.ts': lengthFilter });
  const { status, stdout, stderr } = tsbpf(parameters, { cwd });
  expect(stdout + stderr).not.toBe('');
  expect(launch(parameters, cwd)).toEqual({ status, stdout, stderr });
});

test('a command that loads is made of scripts alone', () => {
  const folder = folderWith({ 'text.o': 'no object' });
  // Code that another copy of the package compiled has the names of the other's files.
  const env = { NODE_V8_COVERAGE: folder, XDG_CACHE_HOME: path.join(folder, 'cache') };
  expect(launch(['load', 'text.o'], folder, env).status).toBe(1);
  const reports = readdirSync(folder).filter((name) => name.endsWith('.json'));
  const files = reports
    .flatMap((name) => (JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as Coverage).result)
    .map(({ url }) => (url.startsWith('file:') ? fileURLToPath(url) : url))
    .filter((file) => file.startsWith(path.join(root, 'dist')))
    .map((file) => path.relative(path.join(root, 'dist'), file));
  const scripts = ['cli/main', 'runtime/scripts', 'cli/command', 'cli/session', 'runtime/chunks/runtime'];
  expect(files.sort()).toEqual(scripts.map((name) => `${name}.cjs`).sort());
});

interface Coverage {
  readonly result: readonly { readonly url: string }[];
}
