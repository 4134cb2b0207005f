import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { elfMagic, folderWith, lengthFilter, shell, startTsbpf, tsbpf, until, wrongFilter } from './command-line.js';

const isObject = (file: string) => readFileSync(file).subarray(0, 4).equals(elfMagic);

describe('where the output goes', () => {
  test('without -o: FILE.o in the current folder, and nothing is said', () => {
    const cwd = folderWith({ 'source/filter.ts': lengthFilter });
    expect(tsbpf(['build', 'source/filter.ts'], { cwd })).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(readdirSync(cwd).sort()).toEqual(['filter.o', 'source']);
    expect(isObject(path.join(cwd, 'filter.o'))).toBe(true);
  });

  test('several files into a folder, which a trailing slash makes', () => {
    const cwd = folderWith({ 'a.ts': lengthFilter, 'b.ts': lengthFilter });
    expect(tsbpf(['build', 'a.ts', 'b.ts', '-o', 'out/'], { cwd }).status).toBe(0);
    expect(readdirSync(path.join(cwd, 'out')).sort()).toEqual(['a.o', 'b.o']);
  });

  test('-o - is standard output, with the same bytes', () => {
    const cwd = folderWith({ 'a.ts': lengthFilter });
    const script = `"$0" "$1" build a.ts -o - >piped.o && "$0" "$1" build a.ts && cmp piped.o a.o`;
    const { status, stderr } = shell(script, cwd);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(isObject(path.join(cwd, 'piped.o'))).toBe(true);
  });

  test('a device is written to and not replaced', () => {
    const cwd = folderWith({ 'a.ts': lengthFilter });
    expect(tsbpf(['build', 'a.ts', '-o', '/dev/null'], { cwd }).status).toBe(0);
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  test('a symbolic link stays, and what it points to is written', () => {
    const cwd = folderWith({ 'a.ts': lengthFilter, 'real.o': '' });
    symlinkSync('real.o', path.join(cwd, 'link.o'));
    expect(tsbpf(['build', 'a.ts', '-o', 'link.o'], { cwd }).status).toBe(0);
    expect(lstatSync(path.join(cwd, 'link.o')).isSymbolicLink()).toBe(true);
    expect(isObject(path.join(cwd, 'real.o'))).toBe(true);
  });

  test.each([
    ['ll', 'a.ll', /^define .*@keepLength\(/m],
    ['asm', 'a.s', /^keepLength:/m],
    ['evaluated', 'a.evaluated.ts', /^function keepLength\(/m],
  ])('--emit %s writes %s', (emit, file, content) => {
    const cwd = folderWith({ 'a.ts': lengthFilter });
    expect(tsbpf(['build', 'a.ts', '--emit', emit], { cwd }).status).toBe(0);
    expect(readFileSync(path.join(cwd, file), 'utf8')).toMatch(content);
  });
});

test('--emit module writes a module and its declarations', () => {
  const cwd = folderWith({ 'a.ts': lengthFilter });
  expect(tsbpf(['build', 'a.ts', '--emit', 'module'], { cwd }).status).toBe(0);
  expect(readdirSync(cwd).sort()).toEqual(['a.bpf.d.ts', 'a.bpf.js', 'a.ts']);
  expect(readFileSync(path.join(cwd, 'a.bpf.d.ts'), 'utf8')).toMatch(/export .*keepLength/);
});

describe('what is wrong with the input has status 1', () => {
  test('an error is shown with its place, its line and its code, and nothing is written', () => {
    const cwd = folderWith({ 'a.ts': wrongFilter });
    const { status, stdout, stderr } = tsbpf(['build', 'a.ts'], { cwd });
    expect(stderr).toMatch(/^a\.ts:6:\d+ - error \w+\d+: /m);
    expect(stderr).toContain('6   return skb.length;');
    expect(stderr).not.toContain('\u001b');
    expect({ status, stdout, files: readdirSync(cwd) }).toEqual({ status: 1, stdout: '', files: ['a.ts'] });
  });

  test('--color colours what goes into a pipe', () => {
    const cwd = folderWith({ 'a.ts': wrongFilter });
    expect(tsbpf(['build', 'a.ts', '--color'], { cwd }).stderr).toContain('\u001b[');
  });

  test('an output that was there stays as it was', () => {
    const cwd = folderWith({ 'a.ts': wrongFilter, 'a.o': 'before' });
    expect(tsbpf(['build', 'a.ts'], { cwd }).status).toBe(1);
    expect(readFileSync(path.join(cwd, 'a.o'), 'utf8')).toBe('before');
  });

  test('one wrong file of several does not keep the others from being built', () => {
    const cwd = folderWith({ 'a.ts': wrongFilter, 'b.ts': lengthFilter });
    expect(tsbpf(['build', 'a.ts', 'b.ts'], { cwd }).status).toBe(1);
    expect(readdirSync(cwd).sort()).toEqual(['a.ts', 'b.o', 'b.ts']);
  });

  test.each([
    ['a missing file', 'none.ts', /TSBPF1000: .*none\.ts/],
    ['a folder', 'folder.ts', /TSBPF1001: .*folder/],
    ['a file without a program', 'plain.ts', /TSBPF\d{4}: /],
    ['an empty file', 'empty.ts', /TSBPF1003: /],
  ])('%s', (_name, file, message) => {
    const cwd = folderWith({ 'plain.ts': 'export const x = 1;\n', 'empty.ts': '' });
    mkdirSync(path.join(cwd, 'folder.ts'));
    const { status, stderr } = tsbpf(['build', file], { cwd });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^ +at /m);
    expect({ status, files: readdirSync(cwd).length }).toEqual({ status: 1, files: 3 });
  });
});

describe('code that is nested too deep', () => {
  test.each([
    ['operators', `${'1 + '.repeat(20_000)}ctx.packet.byteLength`],
    ['parentheses', `${'('.repeat(20_000)}1${')'.repeat(20_000)}`],
    ['marks behind a type', `(1 as number${'!'.repeat(3000)})`],
    ['optional chains', `ctx${'?.a'.repeat(1500)}`],
  ])('%s', (_, expression) => {
    const folder = folderWith({
      'deep.ts': `import { xdp } from 'tsbpf';\nexport const p = xdp((ctx) => ${expression});\n`,
    });
    const { status, stderr } = tsbpf(['build', 'deep.ts'], { cwd: folder });
    expect(stderr).toMatch(/^error TSBPF1007: '.*deep\.ts' nests its code too deep/);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(status).toBe(1);
    expect(readdirSync(folder)).toEqual(['deep.ts']);
  });
});

describe('an output is written whole or not at all', () => {
  test.each([
    ['a folder that does not exist', 'none/a.o', /TSBPF3003: cannot write none\/a\.o: its folder does not exist/],
    ['a path through a file', 'a.ts/a.o', /TSBPF3003: cannot write a\.ts\/a\.o/],
    ['a folder where none can be made', '/proc/nothing/', /TSBPF3003: cannot write \/proc\/nothing\/: /],
    ['a full device', '/dev/full', /TSBPF3003: cannot write \/dev\/full: no space/],
  ])('%s', (_name, output, message) => {
    const cwd = folderWith({ 'a.ts': lengthFilter });
    const { status, stderr } = tsbpf(['build', 'a.ts', '-o', output], { cwd });
    expect(stderr).toMatch(message);
    expect({ status, files: readdirSync(cwd) }).toEqual({ status: 1, files: ['a.ts'] });
  });

  test('a write that fails half-way leaves what was there, and no other file', () => {
    const cwd = folderWith({ 'a.ts': lengthFilter, 'a.o': 'before' });
    // A limit of one block of 512 bytes on every file: no object is that small.
    const { status, stderr } = shell(`ulimit -f 1; trap '' XFSZ; "$0" "$1" build a.ts`, cwd);
    expect(stderr).toMatch(/TSBPF3003: cannot write a\.o: /);
    expect(status).toBe(1);
    expect(readFileSync(path.join(cwd, 'a.o'), 'utf8')).toBe('before');
    expect(readdirSync(cwd).sort()).toEqual(['a.o', 'a.ts']);
  });

  test('of a dozen files leaves no listeners for Node to warn of', () => {
    const files = Array.from({ length: 12 }, (_, index) => `${index}.ts`);
    const cwd = folderWith(Object.fromEntries(files.map((name) => [name, lengthFilter])));
    expect(tsbpf(['build', ...files, '-o', 'out/'], { cwd })).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(readdirSync(path.join(cwd, 'out'))).toHaveLength(12);
  });

  test('a signal at any moment leaves the old output or the new one, and no other file', async () => {
    const cwd = folderWith({ 'a.ts': lengthFilter, 'a.o': 'before' });
    expect(tsbpf(['build', 'a.ts', '-o', 'whole.o'], { cwd }).status).toBe(0);
    const whole = readFileSync(path.join(cwd, 'whole.o'));
    for (const delay of [50, 150, 250, 300, 350, 400, 500]) {
      const child = startTsbpf(['build', 'a.ts'], { cwd });
      const ended = new Promise((resolve) => child.on('exit', resolve));
      setTimeout(() => child.kill('SIGTERM'), delay);
      await ended;
      const bytes = readFileSync(path.join(cwd, 'a.o'));
      expect(bytes.equals(whole) || bytes.toString() === 'before').toBe(true);
      expect(readdirSync(cwd).sort()).toEqual(['a.o', 'a.ts', 'whole.o']);
    }
  });

  test('a reader that ends early is no error', () => {
    const cwd = folderWith({ 'a.ts': lengthFilter });
    const { stderr } = shell(`"$0" "$1" build a.ts -o - | true; "$0" "$1" --help | true`, cwd);
    expect(stderr).toBe('');
  });
});

describe('--json', () => {
  const records = (text: string) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  test('every diagnostic is an object on a line of standard output', () => {
    const cwd = folderWith({ 'a.ts': wrongFilter });
    const { status, stdout, stderr } = tsbpf(['build', 'a.ts', '--json'], { cwd });
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(records(stdout)).toEqual([
      expect.objectContaining({ category: 'error', file: 'a.ts', line: 6, column: 14, code: expect.any(String) }),
    ]);
  });

  test('an output is an object that names it', () => {
    const cwd = folderWith({ 'a.ts': lengthFilter });
    const { stdout } = tsbpf(['build', 'a.ts', '--json'], { cwd });
    const bytes = statSync(path.join(cwd, 'a.o')).size;
    const programs = [{ name: 'keepLength', section: 'socket' }];
    expect(records(stdout)).toEqual([{ category: 'output', file: 'a.ts', output: 'a.o', bytes, programs }]);
  });

  test('so is an error without a place', () => {
    const cwd = folderWith({ 'a.ts': lengthFilter });
    const { stdout, stderr } = tsbpf(['build', 'a.ts', '-o', 'none/a.o', '--json'], { cwd });
    expect(stderr).toBe('');
    expect(records(stdout)).toEqual([expect.objectContaining({ category: 'error', code: 'TSBPF3003' })]);
  });
});

describe('the machine', () => {
  test('without LLVM: status 3, and the package to install', () => {
    const cwd = folderWith({ 'a.ts': lengthFilter });
    const env = { TSBPF_LLVM: '/nonexistent', PATH: '/nonexistent' };
    const { status, stderr } = tsbpf(['build', 'a.ts'], { cwd, env });
    expect(stderr).toContain("TSBPF_LLVM names '/nonexistent'");
    expect(stderr).toContain('apt-get install libllvm19');
    expect(stderr).not.toMatch(/^ +at /m);
    expect({ status, files: readdirSync(cwd) }).toEqual({ status: 3, files: ['a.ts'] });
  });

  test('a clang stands in for the library', () => {
    const cwd = folderWith({ 'a.ts': lengthFilter });
    expect(tsbpf(['build', 'a.ts'], { cwd, env: { TSBPF_LLVM: 'clang' } }).status).toBe(0);
    expect(isObject(path.join(cwd, 'a.o'))).toBe(true);
  });
});

describe('--watch', () => {
  test('builds again after a change, goes on after an error, and ends with status 0 on SIGINT', async () => {
    const cwd = folderWith({ 'a.ts': lengthFilter });
    const output = path.join(cwd, 'a.o');
    const child = startTsbpf(['build', 'a.ts', '--watch'], { cwd });
    let said = '';
    child.stderr!.on('data', (text) => (said += String(text)));
    const rounds = () => said.split('watching 1 file').length - 1;
    await until(() => rounds() >= 1);
    const first = readFileSync(output);
    replaceFile(path.join(cwd, 'a.ts'), wrongFilter);
    await until(() => rounds() >= 2);
    expect(said).toMatch(/a\.ts:6:\d+ - error/);
    expect(readFileSync(output).equals(first)).toBe(true);
    replaceFile(path.join(cwd, 'a.ts'), lengthFilter.replace('skb.len', 'skb.len + 1'));
    await until(() => rounds() >= 3);
    expect(readFileSync(output).equals(first)).toBe(false);
    const ended = new Promise((resolve) => child.on('exit', resolve));
    child.kill('SIGINT');
    expect(await ended).toBe(0);
  });
});

/** As editors do: another file, renamed over it. */
function replaceFile(file: string, text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}
