import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type * as Commands from '../../cli/commands/index.js';
import type * as Programs from '../../cli/program.js';
import { folderWith, lengthFilter, loadedScripts, root, tsbpf } from './command-line.js';

describe('wrong usage has status 2, a message on standard error, and writes nothing', () => {
  const wrong: readonly [string, string[], RegExp][] = [
    ['no command', [], /Usage: tsbpf COMMAND/],
    ['an unknown command', ['bild'], /^error TSBPF3013: unknown command 'bild'\n {2}hint: Did you mean build\?\n$/],
    [
      'an unknown option',
      ['build', '--emot', 'll', 'a.ts'],
      /^error TSBPF3014: unknown option '--emot'\n {2}hint: Did you mean --emit\?\n$/,
    ],
    ['no file', ['build'], /^error TSBPF3015: missing required argument 'FILE'\n {2}hint: `tsbpf build --help`/],
    [
      'an unknown level',
      ['build', 'a.ts', '--cpu', 'v9'],
      /^error TSBPF3017: .*'v9'.*\n {2}hint: Allowed choices are v1, v2, v3, v4/,
    ],
    [
      'an unknown output',
      ['build', 'a.ts', '--emit', 'exe'],
      /TSBPF3017: .*'exe'.*\n {2}hint: Allowed choices are obj, ll, asm, module/,
    ],
    ['a target that is no version', ['build', 'a.ts', '--target', 'new'], /TSBPF3007: --target new: expected a kernel/],
    ['a definition without a value', ['build', 'a.ts', '--define', 'X'], /TSBPF3007: --define X: expected NAME=value/],
    ['one output for two files', ['build', 'a.ts', 'b.ts', '-o', 'c.o'], /TSBPF3004: .*-o names a folder/],
    ['standard output for two files', ['build', 'a.ts', 'b.ts', '-o', '-'], /TSBPF3004/],
    ['two outputs of one name', ['build', 'a.ts', 'sub/a.ts'], /TSBPF3005: .*both be written to a\.o/],
    ['an output over its source', ['build', 'a.ts', '-o', 'a.ts'], /TSBPF3006: .*would be overwritten/],
    ['watching into a pipe', ['build', 'a.ts', '-o', '-', '--watch'], /TSBPF3008/],
    [
      'an option without its value',
      ['build', 'a.ts', '-o'],
      /^error TSBPF3015: .*-o, --output <OUT>.* argument missing\n {2}hint: /,
    ],
    [
      'an argument too many',
      ['xdp', 'detach', 'lo', 'eth0'],
      /^error TSBPF3016: .*\n {2}hint: `tsbpf xdp detach --help`/,
    ],
    ['a code that is none', ['explain', 'overflow'], /^error TSBPF3012: overflow: expected a code\n/],
    ['both and one', ['tc', 'clear', 'lo', '--all', '--egress'], /^error TSBPF3018: .*cannot be used with/],
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

test('wrong usage with --json is one record on standard output', () => {
  const { status, stdout, stderr } = tsbpf(['build', '--json', '--emot', 'a.ts']);
  expect({ status, stderr }).toEqual({ status: 2, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({ code: 'TSBPF3014', category: 'error' });
});

test('a command line that begins with a command makes that one alone, and any other all', async () => {
  const { commandNames, commandsFor } = (await import(`${root}/dist/cli/commands/index.js`)) as typeof Commands;
  const { createProgram } = (await import(`${root}/dist/cli/program.js`)) as typeof Programs;
  const made = (word: string | undefined) =>
    createProgram(commandsFor(word), () => undefined).commands.map((command) => command.name());
  for (const name of commandNames) expect(made(name)).toEqual([name]);
  for (const word of [undefined, 'help', '--help', 'bild', 'toString']) expect(made(word)).toEqual(commandNames);
});

describe('help and version', () => {
  test('--version is the version of the package', () => {
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
    expect(tsbpf(['--version'])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  });

  test('--help names every command', () => {
    const { status, stdout } = tsbpf(['--help']);
    expect(status).toBe(0);
    for (const name of ['build', 'run', 'check', 'dump', 'explain', 'doctor', 'tc', 'xdp']) {
      expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
    }
  });

  test.each([['--version'], ['--help'], ['build', '--help']])(
    '%s %s loads neither compiler nor runtime',
    (...parameters) => {
      const heavy =
        /typescript\.js$|koffi|^dist\/(compiler|runtime)\/(?!open\/(near|compile-cache|cache-folder|folders|user-files)\.js|scripts\.cjs)/;
      const scripts = loadedScripts(parameters, folderWith({}));
      expect(scripts).toContain('dist/cli/main.js');
      expect(scripts.filter((file) => heavy.test(file))).toEqual([]);
    },
  );

  test('build does not load the runtime', () => {
    const scripts = loadedScripts(['build', 'a.ts'], folderWith({ 'a.ts': lengthFilter }));
    expect(scripts).toContain('dist/compiler/index.js');
    // Two are data, which both sides share; the third runs scripts.
    const runtime = /^dist\/runtime\/(?!(constants|types)\.js$|scripts\.cjs$)/;
    expect(scripts.filter((file) => runtime.test(file))).toEqual([]);
  });
});
