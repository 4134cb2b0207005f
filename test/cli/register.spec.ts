import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const register = path.resolve(import.meta.dirname, '../../dist/compiler/transform/register.js');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tsbpf-register-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(files: Readonly<Record<string, string>>, ...args: string[]) {
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  const env = { ...process.env, XDG_CACHE_HOME: path.join(folder, 'cache'), NO_COLOR: '1' };
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--import', register, 'app.ts', ...args], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  return { stdout, stderr, status };
}

const cached = () => readdirSync(path.join(folder, 'cache/tsbpf/modules')).length;

test('types go, imports resolve as the compiler resolves them, arguments arrive', () => {
  const result = run(
    {
      'app.ts':
        "import { a } from './a.js'; import { b } from './b'; enum C { D } console.log(a + b, C[0], process.argv[2]);",
      'a.ts': 'export const a: number = 1;',
      'b.mts': 'export const b = 2;',
    },
    'x',
  );
  expect(result).toEqual({ stdout: '3 D x\n', stderr: '', status: 0 });
}, 60_000);

test('a module is compiled once, and again where its text has changed', () => {
  const files = { 'app.ts': "import { a } from './a.ts'; console.log(a);", 'a.ts': 'export const a: number = 1;' };
  expect(run(files).stdout).toBe('1\n');
  expect(cached()).toBe(2);
  expect(run(files).stdout).toBe('1\n');
  expect(cached()).toBe(2);
  expect(run({ ...files, 'a.ts': 'export const a: number = 2;' }).stdout).toBe('2\n');
}, 60_000);

test('a program function is a handle, before and after the cache has it', () => {
  const files = {
    'app.ts': `import { xdp, Program } from 'tsbpf'; import type { XdpContext } from 'tsbpf';
      console.log((f as unknown) instanceof Program, (f as unknown as Program).name);
      @xdp function f(ctx: XdpContext): number { return ctx.packet.byteLength > 100 ? 1 : 2; }`,
  };
  for (let time = 0; time < 2; time++) expect(run(files)).toEqual({ stdout: 'true f\n', stderr: '', status: 0 });
}, 60_000);

test.each([
  ['a syntax error', 'let x = = 5;', 'app.ts:1:9 - error TS1109'],
  [
    'an error in BPF code',
    "import { xdp } from 'tsbpf';\n@xdp function f() { return nope; }",
    'app.ts:2:28 - error TS2304',
  ],
])(
  '%s ends the process with status 1 and no stack trace',
  (_, source, message) => {
    const { stdout, stderr, status } = run({ 'app.ts': `${source}\nconsole.log('ran');` });
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^\s+at /m);
  },
  60_000,
);

test("a file's own error names its TypeScript line", () => {
  const { stderr, status } = run({ 'app.ts': "interface A {}\ninterface B {}\nthrow new Error('mine');" });
  expect(status).toBe(1);
  expect(stderr).toMatch(/app\.ts:3/);
}, 60_000);

test('a missing file is said in one line', () => {
  const { stderr, status } = run({});
  expect(status).toBe(1);
  expect(stderr).toBe("error TSBPF1000: File 'app.ts' does not exist or cannot be read.\n");
}, 60_000);
