/** The compiled code of the runtime that is kept between runs, and what becomes of a run where that is not as it should be. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { root } from './command-line.js';

const runtime = pathToFileURL(path.join(root, 'dist/runtime/index.js')).href;
/** Calls enough of the runtime to see that its functions are those that were compiled. */
const program = `import { checksum, TsbpfError, Btf, HashMap } from ${JSON.stringify(runtime)};
let said;
try { Btf.parse(new Uint8Array(3)); } catch (error) { said = error.constructor.name; }
console.log(checksum(new Uint8Array([0x45, 0, 0, 0x73])), new TsbpfError('one', {}).name, said, HashMap.name);
`;
// RFC 1071: the complement of 0x4500 + 0x0073.
const expected = `${0xffff - 0x4573} TsbpfError ObjectError HashMap\n`;

let folder: string;
let script: string;
const cache = () => path.join(folder, 'cache');
const entries = () => path.join(cache(), 'tsbpf', 'runtime');

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tsbpf-runtime-cache-'));
  script = path.join(folder, 'tool.mjs');
  writeFileSync(script, program);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function environment(changes: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, NODE_V8_COVERAGE: _coverage, ...env } = process.env;
  return { ...env, XDG_CACHE_HOME: cache(), ...changes };
}

function run(changes: NodeJS.ProcessEnv = {}, flags: readonly string[] = []): void {
  const env = environment(changes);
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, script], { env, encoding: 'utf8' });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: expected, stderr: '' });
}

/** Fills the cache. @returns the path of its one entry. */
function fill(): string {
  run();
  const names = readdirSync(entries());
  expect(names).toHaveLength(1);
  return path.join(entries(), names[0]!);
}

/** Makes an entry look old, so that one that was written anew is told from it. */
function age(entry: string): void {
  utimesSync(entry, 1_000_000_000, 1_000_000_000);
}

test('the first run leaves an entry that only its user can write, and the second run reads it', () => {
  const entry = fill();
  expect(statSync(entry).mode & 0o777).toBe(0o600);
  age(entry);
  const before = readFileSync(entry);
  run();
  expect(statSync(entry).mtimeMs).toBe(1e12);
  expect(readFileSync(entry).equals(before)).toBe(true);
});

describe('an entry is replaced that', () => {
  const flipped = (bytes: Buffer, at: number) => {
    const changed = Buffer.from(bytes);
    changed[at]! ^= 1;
    return changed;
  };
  const damages: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
    'is empty': () => Buffer.alloc(0),
    'was cut off': (bytes) => bytes.subarray(0, bytes.length >> 1),
    'lacks its last byte': (bytes) => bytes.subarray(0, -1),
    'differs in its first copy': (bytes) => flipped(bytes, 1000),
    'differs in its second copy': (bytes) => flipped(bytes, bytes.length - 1000),
    'is of another script': (bytes) => flipped(bytes, 30),
    'is of another V8': (bytes) => {
      // The version is in V8's own header, of which each copy has one.
      const changed = Buffer.from(bytes);
      const length = (bytes.length - 128) / 2;
      for (const start of [128, 128 + length]) changed.fill(0xff, start, start + 16);
      return changed;
    },
    'is zeros': (bytes) => Buffer.alloc(bytes.length),
  };
  test.each(Object.entries(damages))('%s', (_name, damage) => {
    const entry = fill();
    const whole = readFileSync(entry);
    writeFileSync(entry, damage(whole));
    age(entry);
    run();
    expect(statSync(entry).mtimeMs).toBeGreaterThan(1e12);
    expect(readFileSync(entry).length).toBeGreaterThan(100_000);
    age(entry);
    run();
    expect(statSync(entry).mtimeMs).toBe(1e12);
  });

  test('others can write', () => {
    const entry = fill();
    chmodSync(entry, 0o666);
    run();
    expect(statSync(entry).mode & 0o777).toBe(0o600);
  });
});

test('a run that lasts replaces what a short one left, once', () => {
  const entry = fill();
  age(entry);
  writeFileSync(script, `${program}setTimeout(() => undefined, 1500);\n`);
  run();
  expect(statSync(entry).mtimeMs).toBeGreaterThan(1e12);
  age(entry);
  run();
  expect(statSync(entry).mtimeMs).toBe(1e12);
});

test('a Node with flags leaves the entry to those without', () => {
  run({}, ['--max-lazy']);
  run({ NODE_OPTIONS: '--no-warnings' });
  expect(existsSync(entries())).toBe(false);
});

test('without a folder to write to, all works', () => {
  writeFileSync(path.join(folder, 'file'), '');
  run({ XDG_CACHE_HOME: path.join(folder, 'file') });
  run({ XDG_CACHE_HOME: '/proc/nothing' });
  run({ XDG_CACHE_HOME: undefined, HOME: '/proc/nothing' });
});

test.runIf(process.getuid?.() === 0)('root writes nothing to the folder of somebody else', () => {
  mkdirSync(cache());
  chownSync(cache(), 12_345, 12_345);
  run();
  expect(readdirSync(cache())).toEqual([]);
});

test('several first runs at once leave one entry', async () => {
  const children = Array.from({ length: 4 }, () => spawn(process.execPath, [script], { env: environment() }));
  const said = await Promise.all(
    children.map(async (child) => {
      let text = '';
      child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
      await once(child, 'close');
      return text;
    }),
  );
  expect(said).toEqual(children.map(() => expected));
  const entry = path.join(entries(), readdirSync(entries())[0]!);
  expect(readdirSync(entries())).toHaveLength(1);
  age(entry);
  run();
  expect(statSync(entry).mtimeMs).toBe(1e12);
});

test('entries go that nobody wrote for a month', () => {
  mkdirSync(entries(), { recursive: true });
  const old = path.join(entries(), 'runtime-0-v1-x64.bin');
  writeFileSync(old, '');
  age(old);
  fill();
  expect(existsSync(old)).toBe(false);
});
