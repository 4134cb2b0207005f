import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { elfMagic, folderWith, lengthFilter, root } from './command-line.js';
import { codesOf, configurationWith, LanguageServer } from './language-server.js';

/** Packing and installing takes npm some seconds, and a registry. */
const slow = 240_000;

test('the packed package, installed in an empty folder, builds and runs a file', { timeout: slow }, async () => {
  const cwd = folderWith({ 'package.json': '{ "name": "user", "private": true, "type": "module" }' });
  // What makes a snapshot in the background would outlive the folder.
  const env = { ...process.env, TSBPF_SNAPSHOT: '0' };
  const run = (program: string, ...parameters: string[]) =>
    execFileSync(program, parameters, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env });
  // What is in dist/ is packed as it is: it was built before the tests.
  execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', cwd], { cwd: root });
  const tarball = readdirSync(cwd).find((name) => name.endsWith('.tgz'))!;
  const names = run('tar', '-tf', tarball).trimEnd().split('\n');
  expect(
    names.filter(
      (name) =>
        !/^package\/(dist\/(compiler|runtime|cli|editor)\/|editor\/(package\.json|README)|package\.json|README|LICENSE)/.test(
          name,
        ),
    ),
  ).toEqual([]);

  run('npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error', `./${tarball}`);
  const installed = path.join(cwd, 'node_modules/tsbpf');
  expect(existsSync(path.join(installed, 'dist/cli/main.js'))).toBe(true);
  expect(existsSync(path.join(installed, 'test'))).toBe(false);

  const file = `${lengthFilter}\nconsole.log('user space', typeof keepLength, process.argv[2]);\n`;
  execFileSync(process.execPath, ['-e', 'require("fs").writeFileSync("a.ts", process.argv[1])', file], { cwd });
  const command = path.join(cwd, 'node_modules/.bin/tsbpf');
  expect(run(command, 'build', 'a.ts')).toBe('');
  expect(readFileSync(path.join(cwd, 'a.o')).subarray(0, 4)).toEqual(elfMagic);
  expect(run(command, 'run', 'a.ts', 'argument')).toBe('user space object argument\n');
  expect(run(process.execPath, '--import', 'tsbpf/register', 'a.ts', 'argument')).toBe('user space object argument\n');
  // The language server of the TypeScript that is installed beside it, as in VS Code with `Use Workspace Version`.
  cpSync(path.join(root, 'node_modules/typescript'), path.join(cwd, 'node_modules/typescript'), { recursive: true });
  writeFileSync(path.join(cwd, 'tsconfig.json'), configurationWith());
  writeFileSync(path.join(cwd, 'b.ts'), lengthFilter.replace('skb.len', 'skb.len / 2'));
  const server = new LanguageServer(cwd, path.join(cwd, 'node_modules/typescript/lib'));
  server.open('b.ts');
  expect(codesOf(await server.semanticUntil('b.ts', (codes) => codes.length > 0))).toEqual(['tsbpf 1305']);
  expect(run(process.execPath, '-e', 'import("tsbpf").then((m) => console.log(typeof m.HashMap))')).toBe('function\n');
});
