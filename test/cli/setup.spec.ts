import { spawnSync } from 'node:child_process';
import { chmodSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { folderWith, root } from './command-line.js';

/** A PATH on which there are only these programs of this machine, and scripts of our own. */
function pathWith(programs: readonly string[], scripts: Readonly<Record<string, string>>): string {
  const folder = folderWith({});
  for (const program of programs) {
    const { stdout } = spawnSync('bash', ['-c', 'type -P "$0"', program], { encoding: 'utf8' });
    symlinkSync(stdout.trim(), path.join(folder, program));
  }
  for (const [name, text] of Object.entries(scripts)) {
    writeFileSync(path.join(folder, name), text);
    chmodSync(path.join(folder, name), 0o755);
  }
  return folder;
}

function setup(parameters: readonly string[], PATH: string) {
  const script = path.join(root, 'scripts/setup.sh');
  const { status, stdout, stderr } = spawnSync('/bin/bash', [script, ...parameters], {
    env: { PATH },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const tools = ['bash', 'dirname', 'id', 'grep', 'stat', 'cat'];
const node = { node: `#!/bin/bash\nexec ${process.execPath} "$@"\n`, npm: '#!/bin/bash\nexit 9\n' };

test('an unknown purpose is wrong usage', () => {
  const { status, stderr } = setup(['everything'], process.env['PATH']!);
  expect(stderr).toContain("unknown purpose 'everything'");
  expect(status).toBe(2);
});

test('without Node it says so and stops with 3', () => {
  const { status, stderr } = setup([], pathWith(tools, {}));
  expect(stderr).toMatch(/Node\.js or npm is missing: install Node\.js 20\.11 or later/);
  expect(status).toBe(3);
});

test('an old Node is refused', () => {
  const old = { ...node, node: '#!/bin/bash\n[ "$1" = --version ] && echo v18.0.0\nexit 1\n' };
  const { status, stderr } = setup([], pathWith(tools, old));
  expect(stderr).toContain('Node.js v18.0.0 is too old');
  expect(status).toBe(3);
});

test('a machine without apt is told what it needs', () => {
  const { status, stderr } = setup([], pathWith(tools, { ...node, ldconfig: '#!/bin/bash\n' }));
  expect(stderr).toContain('this machine has no apt-get');
  expect(stderr).toMatch(/LLVM 15 to 22.*libllvm19/);
  expect(stderr).toContain('libbpf.so.1');
  expect(status).toBe(3);
});

test('an ordinary user without sudo is told which packages are missing', () => {
  const scripts = {
    ...node,
    id: '#!/bin/bash\necho 1000\n',
    'apt-get': '#!/bin/bash\nexit 9\n',
    'apt-cache': '#!/bin/bash\necho "Package: $3"\n',
    'dpkg-query': '#!/bin/bash\nexit 1\n',
  };
  const { status, stderr } = setup([], pathWith(['bash', 'dirname'], scripts));
  expect(stderr).toContain('these packages are missing: libllvm19');
  expect(stderr).toContain('run this as root, or install sudo');
  expect(status).toBe(3);
});
