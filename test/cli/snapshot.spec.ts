import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { elfMagic, folderWith, lengthFilter, root, tsbpf, until, wrongFilter } from './command-line.js';

const launcher = path.join(root, 'dist/cli/tsbpf.sh');
const node = process.execPath;

interface Run {
  readonly cwd: string;
  readonly cache: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly command?: string;
}

function launch(parameters: readonly string[], { cwd, cache, env = {}, command = launcher }: Run) {
  const inherited = { ...process.env };
  for (const name of ['NODE_OPTIONS', 'NODE_V8_COVERAGE', 'TSBPF_LLVM', 'TSBPF_SNAPSHOT', 'FORCE_COLOR', 'NO_COLOR']) {
    delete inherited[name];
  }
  const PATH = `${path.dirname(node)}:${process.env['PATH']}`;
  const { status, stdout, stderr } = spawnSync(command, [...parameters], {
    cwd,
    env: { ...inherited, PATH, XDG_CACHE_HOME: cache, ...env },
    timeout: 60_000,
  });
  return { status, stdout: stdout.toString('latin1'), stderr: stderr.toString() };
}

const snapshotFolder = (cache: string) =>
  `${cache}/tsbpf/snapshot${path.join(path.dirname(node), 'node')}${path.join(root, 'dist/cli')}`;

/** The ordinary way fills the cache of compiled modules; the snapshot has no use for it. */
function ranOrdinarily(cache: string): boolean {
  const folders = ['v8', 'node'].map((name) => path.join(cache, 'tsbpf', name));
  const ordinary = folders.some((folder) => existsSync(folder));
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  return ordinary;
}

let cache: string;

beforeAll(() => {
  cache = mkdtempSync(path.join(tmpdir(), 'tsbpf-snapshot-test-'));
  const { status } = spawnSync(
    node,
    [path.join(root, 'dist/cli/snapshot/make.js'), path.join(path.dirname(node), 'node')],
    { env: { ...process.env, XDG_CACHE_HOME: cache } },
  );
  expect(status).toBe(0);
  ranOrdinarily(cache);
}, 120_000);

afterAll(() => rmSync(cache, { recursive: true, force: true }));

const staticTable = `import { LIMIT } from 'limits';
const table = [1, 2, 3].map((value) => value * LIMIT);
${lengthFilter.replace('skb.len', 'skb.len + table[1]')}`;

const files = {
  'right.ts': lengthFilter,
  'static.ts': staticTable.replace("import { LIMIT } from 'limits';", 'const LIMIT = 7;'),
  'package.ts': staticTable,
  'wrong.ts': wrongFilter,
  'syntax.ts': 'function (\n',
  'empty.ts': '',
  'node_modules/limits/package.json': '{ "name": "limits", "type": "module", "exports": "./index.js" }',
  'node_modules/limits/index.js': 'export const LIMIT = 7;\n',
};

describe('a build from the snapshot', () => {
  test.each([
    [0, ['right.ts', '-o', 'out']],
    [0, ['right.ts', '-o', '-']],
    [0, ['right.ts', '-o', 'out', '--json']],
    [0, ['right.ts', '-o', '-', '--emit', 'asm']],
    [0, ['static.ts', '-o', 'out']],
    [1, ['wrong.ts', '-o', 'out']],
    [1, ['wrong.ts', '-o', 'out', '--json']],
    [1, ['wrong.ts', '--color']],
    [1, ['syntax.ts']],
    [1, ['empty.ts']],
    [1, ['missing.ts']],
    [1, ['right.ts', '-o', 'missing/out']],
    [2, ['right.ts', '--unknown']],
    [2, []],
    [3, ['right.ts', '-o', 'out'], { TSBPF_LLVM: '/nonexistent' }],
  ] as [number, string[], NodeJS.ProcessEnv?][])(
    'ends with %i and says and writes what the ordinary one does: %j',
    (status, parameters, env = {}) => {
      const cwd = folderWith(files);
      const output = path.join(cwd, 'out');
      const read = () => (existsSync(output) ? readFileSync(output) : undefined);
      const started = launch(['build', ...parameters], { cwd, cache, env });
      const written = read();
      expect(ranOrdinarily(cache)).toBe(false);
      rmSync(output, { force: true });
      const ordinary = launch(['build', ...parameters], { cwd, cache, env: { ...env, TSBPF_SNAPSHOT: '0' } });
      expect(ranOrdinarily(cache) || status === 2).toBe(true);
      expect(started).toEqual(ordinary);
      expect(started.status).toBe(status);
      expect(written).toEqual(read());
      if (status === 0 && parameters.includes('out')) expect(written!.subarray(0, 4)).toEqual(elfMagic);
    },
  );

  test('takes folder, environment and the other facts of its own run', () => {
    const first = folderWith(files);
    const second = folderWith({ 'right.ts': wrongFilter });
    expect(launch(['build', 'right.ts'], { cwd: first, cache }).status).toBe(0);
    const colored = launch(['build', 'right.ts'], { cwd: second, cache, env: { FORCE_COLOR: '1' } });
    expect(colored.stderr).toContain('\x1b[');
    expect(colored.stderr).not.toContain(second);
    expect(existsSync(path.join(first, 'right.o'))).toBe(true);
    expect(existsSync(path.join(second, 'right.o'))).toBe(false);
    expect(ranOrdinarily(cache)).toBe(false);
  });

  test('does not read certificates, and passes their name on', () => {
    const cwd = folderWith({
      ...files,
      'node_modules/limits/index.js':
        "export const LIMIT = process.env.NODE_EXTRA_CA_CERTS === '/nonexistent' ? 7 : 8;\n",
    });
    const env = { NODE_EXTRA_CA_CERTS: '/nonexistent' };
    expect(launch(['build', 'right.ts'], { cwd, cache, env })).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(ranOrdinarily(cache)).toBe(false);
    expect(launch(['build', 'package.ts'], { cwd, cache, env }).status).toBe(0);
    expect(ranOrdinarily(cache)).toBe(true);
    const seven = readFileSync(path.join(cwd, 'package.o'));
    expect(launch(['build', 'package.ts'], { cwd, cache, env: { NODE_EXTRA_CA_CERTS: undefined } }).status).toBe(0);
    expect(readFileSync(path.join(cwd, 'package.o')).equals(seven)).toBe(false);
    ranOrdinarily(cache);
  });

  test('is started through symbolic links, also relative ones', () => {
    const cwd = folderWith(files);
    mkdirSync(path.join(cwd, 'bin'));
    symlinkSync(launcher, path.join(cwd, 'bin/first'));
    symlinkSync('first', path.join(cwd, 'bin/tsbpf'));
    for (const command of ['bin/tsbpf', './bin/first', path.join(cwd, 'bin/tsbpf')]) {
      const run = launch(['build', 'right.ts'], { cwd, cache, command: path.resolve(cwd, command) });
      expect(run).toEqual({ status: 0, stdout: '', stderr: '' });
    }
    const { status } = spawnSync(
      'sh',
      ['-c', './bin/tsbpf build right.ts && cd bin && PATH=.:$PATH tsbpf build ../right.ts'],
      {
        cwd,
        env: {
          ...process.env,
          PATH: `${path.dirname(node)}:${process.env['PATH']}`,
          XDG_CACHE_HOME: cache,
          NODE_OPTIONS: '',
        },
      },
    );
    expect(status).toBe(0);
    expect(ranOrdinarily(cache)).toBe(false);
  });
});

describe('what a snapshot cannot do runs in an ordinary process', () => {
  test.each([
    ['a package that static code imports', ['build', 'package.ts']],
    ['several files', ['build', 'right.ts', 'wrong.ts']],
    ['a module', ['build', 'right.ts', '--emit', 'module']],
    ['another command', ['check', 'right.ts']],
  ])('%s', (_name, parameters) => {
    const cwd = folderWith(files);
    const started = launch(parameters, { cwd, cache });
    expect(ranOrdinarily(cache)).toBe(true);
    expect(started).toEqual(launch(parameters, { cwd, cache, env: { TSBPF_SNAPSHOT: '0' } }));
    ranOrdinarily(cache);
  });

  test('help and version', () => {
    const cwd = folderWith({});
    for (const parameters of [['--help'], ['--version'], ['build', '--help'], []]) {
      const { status, stdout, stderr } = tsbpf(parameters, { cwd });
      const started = launch(parameters, { cwd, cache });
      const said = { ...started, stdout: Buffer.from(started.stdout, 'latin1').toString() };
      expect(said).toEqual({ status, stdout, stderr });
    }
  });

  test("a user's NODE_OPTIONS", () => {
    const cwd = folderWith(files);
    const env = { NODE_OPTIONS: '--max-semi-space-size=8' };
    expect(launch(['build', 'right.ts'], { cwd, cache, env }).status).toBe(0);
    expect(ranOrdinarily(cache)).toBe(true);
  });
});

describe('the snapshot itself', () => {
  /** A copy that counts as made here, because the others need theirs. */
  function ownCache(): { own: string; blob: string; lock: string } {
    const own = folderWith({});
    const folder = snapshotFolder(own);
    mkdirSync(folder, { recursive: true });
    const blob = path.join(folder, 'build.blob');
    writeFileSync(blob, readFileSync(path.join(snapshotFolder(cache), 'build.blob')), { mode: 0o600 });
    const parameters = ['-Lc', '%i %s %y %z %u %a', node, path.join(root, 'dist/cli/build-snapshot.cjs'), blob];
    const { stdout } = spawnSync('stat', parameters, { env: { ...process.env, TZ: 'UTC0' } });
    const rest = readFileSync(path.join(snapshotFolder(cache), 'record'), 'utf8')
      .split('\n')
      .slice(3)
      .join('\n');
    writeFileSync(path.join(folder, 'record'), `${stdout}${rest}`);
    return { own, blob, lock: path.join(folder, 'making') };
  }

  test.each([
    ['cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
    ['empty', () => Buffer.alloc(0)],
    [
      'changed in its middle',
      (bytes: Buffer) => (bytes.fill(0xff, bytes.length >> 1, (bytes.length >> 1) + 4096), bytes),
    ],
  ])('is not used where it is %s', (_name, spoil) => {
    const cwd = folderWith(files);
    const { own, blob, lock } = ownCache();
    expect(launch(['build', 'right.ts'], { cwd, cache: own }).status).toBe(0);
    expect(ranOrdinarily(own)).toBe(false);
    const { mtime } = statSync(blob);
    writeFileSync(blob, spoil(readFileSync(blob)));
    utimesSync(blob, mtime, mtime);
    // So that none is made in its place.
    writeFileSync(lock, '');
    expect(launch(['build', 'right.ts'], { cwd, cache: own })).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(ranOrdinarily(own)).toBe(true);
  });

  test('is made in the background by the first build, for this user alone', { timeout: 120_000 }, async () => {
    const cwd = folderWith(files);
    const own = folderWith({});
    const folder = snapshotFolder(own);
    expect(launch(['build', 'wrong.ts'], { cwd, cache: own }).status).toBe(1);
    expect(existsSync(folder)).toBe(false);
    expect(launch(['build', 'right.ts'], { cwd, cache: own }).status).toBe(0);
    await until(() => existsSync(path.join(folder, 'record')) && !existsSync(path.join(folder, 'making')), 90_000);
    expect(statSync(path.join(folder, 'build.blob')).mode & 0o777).toBe(0o600);
    ranOrdinarily(own);
    expect(launch(['build', 'right.ts'], { cwd, cache: own }).status).toBe(0);
    expect(ranOrdinarily(own)).toBe(false);
  });

  test('is not missed where there is no folder for it', () => {
    const cwd = folderWith(files);
    expect(launch(['build', 'right.ts'], { cwd, cache: '/dev/null' })).toEqual({ status: 0, stdout: '', stderr: '' });
    const env = { XDG_CACHE_HOME: undefined, HOME: undefined };
    expect(launch(['build', 'right.ts'], { cwd, cache: '', env })).toEqual({ status: 0, stdout: '', stderr: '' });
  });
});
