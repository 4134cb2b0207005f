import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluate, project, value, valueOf } from './harness.js';

describe('files of the project are run declaration by declaration', () => {
  it.each<[string, Record<string, string>, string, string, unknown]>([
    ['a named import', { 'a.ts': 'export const x = 1;' }, "import { x } from './a.js';", 'x', 1],
    ['without an extension', { 'a.ts': 'export const x = 1;' }, "import { x } from './a';", 'x', 1],
    ['a renamed import', { 'a.ts': 'const y = 1; export { y as x };' }, "import { x as z } from './a.js';", 'z', 1],
    ['a default expression', { 'a.ts': 'const y = 2; export default y + 1;' }, "import x from './a.js';", 'x', 3],
    ['a default function', { 'a.ts': 'export default function () { return 5; }' }, "import x from './a.js';", 'x()', 5],
    ['a default class', { 'a.ts': 'export default class A { b = 6; }' }, "import X from './a.js';", 'new X().b', 6],
    ['a namespace', { 'a.ts': 'export const x = 1; throw 1;' }, "import * as a from './a.js';", 'a.x', 1],
    [
      'a namespace beside what is no constant',
      { 'a.ts': 'export const x = 1; export const y = Number(process.argv[2]);' },
      "import * as a from './a.js';",
      'a.x + 1',
      2,
    ],
    [
      'a namespace as a value',
      { 'a.ts': 'export const x = 1; export const y = 2;' },
      "import * as a from './a.js';",
      'Object.keys(a).length',
      2,
    ],
    [
      're-exports',
      {
        'a.ts': "export * from './b.js'; export { x as y } from './b.js'; export * as n from './b.js';",
        'b.ts': 'export const x = 4;',
      },
      "import { x, y, n } from './a.js';",
      'x + y + n.x',
      12,
    ],
    [
      'files in a circle',
      {
        'a.ts':
          "import { odd } from './b.js'; export function even(n: number): boolean { return n === 0 || odd(n - 1); }",
        'b.ts':
          "import { even } from './a.js'; export function odd(n: number): boolean { return n !== 0 && even(n - 1); }",
      },
      "import { odd } from './b.js';",
      'odd(7)',
      true,
    ],
    [
      'the same name in two files',
      { 'a.ts': 'const x = 1; export const f = () => x;' },
      "import { f } from './a.js'; const x = 10;",
      'f() + x',
      11,
    ],
    ['an enum', { 'a.ts': 'export enum E { A = 2 }' }, "import { E } from './a.js';", 'E.A', 2],
    [
      'an exported class',
      { 'a.ts': 'export class C { static readonly A = 2; }' },
      "import { C } from './a.js';",
      'C.A',
      2,
    ],
    [
      'a constant that another file fills',
      { 'a.ts': 'export const T: number[] = [];' },
      "import { T } from './a.js'; T.push(5);",
      'T',
      [5],
    ],
  ])('%s', async (_, files, declarations, expression, expected) => {
    expect(await value(declarations, expression, files)).toEqual(expected);
  });
});

describe('JSON', () => {
  const files = { 'config.json': '{ "port": 80, "list": [1, 2] }' };

  it.each([
    ["import config from './config.json' with { type: 'json' };", 'config.port', 80],
    ["import { list } from './config.json';", 'list[1]', 2],
    ["import * as config from './config.json';", 'config.list.length + config.default.port', 82],
    ["import config from './config.json'; const { port } = config;", 'port + 1', 81],
  ])('%s', async (declarations, expression, expected) => {
    expect(await value(declarations, expression, files)).toBe(expected);
  });

  it('says what is wrong with a file', async () => {
    const missing = await evaluate("import config from './none.json';", 'config.port');
    expect(missing).toMatchObject({ kind: 'failed', diagnostic: { code: 1205 } });
    const broken = await evaluate("import config from './b.json';", 'config.port', { 'b.json': '{' });
    expect(broken).toMatchObject({ kind: 'failed', diagnostic: { code: 1205 } });
  });
});

describe('modules of Node', () => {
  it.each<[string, string, unknown]>([
    ["import os from 'node:os';", 'os.cpus().length', os.cpus().length],
    ["import * as os from 'node:os';", 'os.EOL', '\n'],
    ["import { endianness } from 'os';", 'endianness()', os.endianness()],
    ["import path from 'node:path';", "path.join('a', '..', 'b')", 'b'],
    [
      "import { createHash } from 'node:crypto';",
      "createHash('sha1').update('abc').digest('hex')",
      'a9993e364706816aba3e25717850c26c9cd0d89d',
    ],
    ["import { readFileSync } from 'node:fs';", "readFileSync('/proc/self/comm').length > 0", true],
    ["import { Buffer } from 'node:buffer';", 'Buffer.from([1, 2, 3]).length + new Uint8Array([1]).length', 4],
    ["import os = require('node:os');", 'os.EOL', '\n'],
    ["const os = require('node:os');", 'os.EOL', '\n'],
  ])('%s %s', async (declarations, expression, expected) => {
    expect(await value(declarations, expression)).toEqual(expected);
  });

  it('knows where the file is', async () => {
    expect(await value("import path from 'node:path';", 'path.basename(import.meta.filename)')).toBe('main.ts');
    expect(await value("const url = new URL('./x.json', import.meta.url);", "url.href.endsWith('/x.json')")).toBe(true);
  });
});

describe('exports of tsbpf', () => {
  it.each([
    ["import { htons } from 'tsbpf';", 'htons(0x0800)', 8],
    ["import { htons } from 'tsbpf';", '[80, 443].map(htons)[0]', 0x5000],
    ["import { htonl as swap } from 'tsbpf';", 'swap(1)', 0x01000000],
    ["import { u8 } from 'tsbpf';", 'u8(-1)', 255],
    ["import { XDP } from 'tsbpf';", 'XDP.PASS', 2],
    ["import * as tsbpf from 'tsbpf';", 'tsbpf.htons(1) + tsbpf.TC_ACT_SHOT', 258],
  ])('%s %s', async (declarations, expression, expected) => {
    expect(await value(declarations, expression)).toBe(expected);
  });

  it('leaves what belongs to the kernel', async () => {
    expect((await evaluate("import { pcapFilter } from 'tsbpf';", "pcapFilter('tcp', ctx)")).kind).toBe('notStatic');
    expect((await evaluate("import * as tsbpf from 'tsbpf';", 'tsbpf.HashMap')).kind).toBe('notStatic');
  });
});

describe('packages', () => {
  let directory: string;

  beforeAll(() => {
    directory = mkdtempSync(path.join(os.tmpdir(), 'tsbpf-evaluate-'));
    const write = (file: string, text: string) => {
      const full = path.join(directory, 'node_modules', file);
      mkdirSync(path.dirname(full), { recursive: true });
      writeFileSync(full, text);
    };
    write('old/package.json', '{ "name": "old", "version": "1.0.0", "main": "index.js" }');
    write('old/index.js', 'exports.port = 80; exports.twice = (x) => x * 2; exports.list = [1, 2];');
    write('modern/package.json', '{ "name": "modern", "type": "module", "exports": { "import": "./a.js" } }');
    write('modern/a.js', 'export const port = 443; export default (x) => x + 1;');
    write('broken/package.json', '{ "name": "broken", "main": "index.js" }');
    write('broken/index.js', 'throw new Error("out of order");');
    write('unneeded/package.json', '{ "name": "unneeded", "main": "index.js" }');
    write('unneeded/index.js', 'globalThis.unneededWasLoaded = true;');
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  const run = async (declarations: string, expression: string) => {
    const text = `${declarations}\nfunction program(ctx: any) { return ${expression}; }`;
    return (await project(text, { directory })).evaluate();
  };

  it.each([
    ["import old from 'old';", 'old.port', 80],
    ["import { twice } from 'old';", 'twice(4)', 8],
    ["import * as old from 'old';", 'old.list.length', 2],
    ["import old = require('old');", 'old.port', 80],
    ["import { port } from 'modern';", 'port', 443],
    ["import next from 'modern'; const a = next(1);", 'a', 2],
  ])('%s %s', async (declarations, expression, expected) => {
    expect(valueOf(await run(declarations, expression))).toBe(expected);
  });

  it.each([
    ["import x from 'nowhere-to-be-found';", 'x'],
    ["import x from 'broken';", 'x'],
    ["import { x } from 'old';", 'x'],
  ])('%s is a diagnostic', async (declarations, expression) => {
    expect(await run(declarations, expression)).toMatchObject({ kind: 'failed', diagnostic: { code: 1205 } });
  });

  it('does not load what only user space needs', async () => {
    await run("import x from 'unneeded'; const limit = x(process.argv);", 'limit');
    expect((globalThis as { unneededWasLoaded?: boolean }).unneededWasLoaded).toBeUndefined();
  });
});
