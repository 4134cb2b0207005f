import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderWith, lengthFilter, loadedScripts, root, tsbpf } from './command-line.js';

describe('wrong usage has status 2, a message on standard error, and writes nothing', () => {
  const wrong: readonly [string, string[], RegExp][] = [
    ['no command', [], /Usage: tsbpf COMMAND/],
    ['an unknown command', ['bild'], /unknown command 'bild'[^]*Did you mean build\?/],
    ['an unknown option', ['build', '--emot', 'll', 'a.ts'], /unknown option '--emot'[^]*Did you mean --emit\?/],
    ['no file', ['build'], /missing required argument 'FILE'/],
    ['an unknown level', ['build', 'a.ts', '--cpu', 'v9'], /Allowed choices are v1, v2, v3, v4/],
    ['an unknown output', ['build', 'a.ts', '--emit', 'exe'], /Allowed choices are obj, ll, asm, module/],
    ['a target that is no version', ['build', 'a.ts', '--target', 'new'], /TSBPF3007: --target new: expected a kernel/],
    ['a definition without a value', ['build', 'a.ts', '--define', 'X'], /TSBPF3007: --define X: expected NAME=value/],
    ['one output for two files', ['build', 'a.ts', 'b.ts', '-o', 'c.o'], /TSBPF3004: .*-o names a folder/],
    ['standard output for two files', ['build', 'a.ts', 'b.ts', '-o', '-'], /TSBPF3004/],
    ['two outputs of one name', ['build', 'a.ts', 'sub/a.ts'], /TSBPF3005: .*both be written to a\.o/],
    ['an output over its source', ['build', 'a.ts', '-o', 'a.ts'], /TSBPF3006: .*would be overwritten/],
    ['watching into a pipe', ['build', 'a.ts', '-o', '-', '--watch'], /TSBPF3008/],
    ['both and one', ['tc', 'clear', 'lo', '--all', '--egress'], /cannot be used with/],
    ['a part of a command', ['xdp'], /Usage: tsbpf xdp/],
  ];
  test.each(wrong)('%s', (_name, parameters, message) => {
    const cwd = folderWith({ 'a.ts': lengthFilter, 'b.ts': lengthFilter, 'sub/a.ts': lengthFilter });
    const { status, stdout, stderr } = tsbpf(parameters, { cwd });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^ +at /m);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(readdirSync(cwd).sort()).toEqual(['a.ts', 'b.ts', 'sub']);
    expect(readFileSync(path.join(cwd, 'a.ts'), 'utf8')).toBe(lengthFilter);
  });
});

describe('help and version', () => {
  test('--version is the version of the package', () => {
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
    expect(tsbpf(['--version'])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  });

  test('--help names every command', () => {
    const { status, stdout } = tsbpf(['--help']);
    expect(status).toBe(0);
    for (const name of ['build', 'run', 'check', 'dump', 'doctor', 'tc', 'xdp']) {
      expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
    }
  });

  test.each([['--version'], ['--help'], ['build', '--help']])(
    '%s %s loads neither compiler nor runtime',
    (...parameters) => {
      const heavy = /typescript\.js$|koffi|^dist\/(compiler|runtime)\/(?!open\/(near|compile-cache|cache-folder)\.js)/;
      const scripts = loadedScripts(parameters, folderWith({}));
      expect(scripts).toContain('dist/cli/main.js');
      expect(scripts.filter((file) => heavy.test(file))).toEqual([]);
    },
  );

  test('build does not load the runtime', () => {
    const scripts = loadedScripts(['build', 'a.ts'], folderWith({ 'a.ts': lengthFilter }));
    expect(scripts).toContain('dist/compiler/index.js');
    // These two are data, which both sides share.
    const runtime = /^dist\/runtime\/(?!(constants|types)\.js$)/;
    expect(scripts.filter((file) => runtime.test(file))).toEqual([]);
  });
});
