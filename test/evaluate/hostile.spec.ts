/** Slices and packages that would end, hang, fill or litter the compiler: each is a diagnostic, or harmless. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { compile } from '../../compiler/index.js';
import { toRecord } from '../../compiler/diagnostics/index.js';

const folder = mkdtempSync(path.join(tmpdir(), 'tsbpf-hostile-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function packageWith(name: string, code: string, manifest: object = { type: 'module', exports: './index.js' }): void {
  const place = path.join(folder, 'node_modules', name);
  mkdirSync(place, { recursive: true });
  writeFileSync(path.join(place, 'package.json'), JSON.stringify({ name, version: '1.0.0', ...manifest }));
  writeFileSync(path.join(place, 'index.js'), code);
}

packageWith('ends', 'process.exit(0); export const value = 1;');
packageWith('endless', 'for (;;); export const value = 1;');
packageWith('waits', 'await new Promise(() => undefined); export const value = 1;');
packageWith('throws', "throw new Error('not today'); export const value = 1;");
packageWith('prints', "console.log('noise'); process.stdout.write('noise'); export const value = 1;");
packageWith(
  'functions',
  `export const exit = () => process.exit(0);
   export const kill = () => process.kill(process.pid, 'SIGKILL');
   export const print = () => { console.log('noise'); process.stdout.write('noise'); return 1; };`,
);
packageWith('common', 'exports.value = 7;', { main: 'index.js' });
packageWith('parts', 'export const value = 8;', { type: 'module', exports: { './deep': { import: './index.js' } } });
writeFileSync(path.join(folder, 'data.json'), '{ "value": 9 }');
writeFileSync(path.join(folder, 'other.ts'), 'for (;;);\nexport const value = 10;\n');

let count = 0;

/** What compiling a program that needs `value` says: `TSBPF1204: its message`, or nothing. */
async function said(source: string): Promise<string> {
  const file = path.join(folder, `program-${count++}.ts`);
  writeFileSync(
    file,
    `import { socketFilter } from 'tsbpf';\nimport type { SkBuff } from 'tsbpf';\n${source}\n@socketFilter function f(skb: SkBuff): number { return skb.len + value; }\n`,
  );
  const { diagnostics } = await compile(file);
  const errors = diagnostics.filter(({ category }) => category === 1);
  return errors.map((one) => `TSBPF${one.code}: ${toRecord(one, folder).message}`).join('\n');
}

const slice = (body: string) => `const make = (): any => { ${body} };\nconst value: number = make();`;
const forever = 'const forever: any = { [Symbol.iterator]: () => ({ next: () => ({ done: false, value: 1 }) }) };';

test.each([
  ["import http from 'node:http';", "http.get('http://127.0.0.1:1/'); return 1;", 1204, 'network'],
  ["import { connect } from 'node:net';", 'connect(1); return 1;', 1204, 'network'],
  ['', "fetch('http://127.0.0.1:1/'); return 1;", 1204, 'network'],
  ["import { execSync } from 'node:child_process';", "return execSync('sleep 100').length;", 1204, 'process'],
  ["import { Worker } from 'node:worker_threads';", 'new Worker(""); return 1;', 1204, 'thread'],
  ['', 'setInterval(() => 1, 10); return 1;', 1204, 'timer'],
  ['', 'queueMicrotask(() => 1); return 1;', 1204, 'event loop'],
  ["import fs from 'node:fs';", 'return fs.readFileSync(0).length;', 1204, 'standard input'],
  ["import fs from 'node:fs';", "return fs.readFileSync('/dev/zero').length;", 1204, 'device'],
  ["import fs from 'node:fs';", "return fs.writeSync(1, 'noise');", 1204, 'changes files'],
  ['', 'const all = []; for (;;) all.push(new Uint8Array(2 ** 27).fill(1));', 1204, 'MB of memory'],
  ['', 'return new Array(2 ** 32 - 1).fill(0).length;', 1204, 'an array of 4294967295 elements'],
  [
    '',
    'return Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1);',
    1204,
    'an array of 9007199254740991 elements',
  ],
  ['', 'return Array.from({ length: 2 ** 32 - 1 }).length;', 1204, 'an array of 4294967295 elements'],
  ['', 'return [1].concat(new Array(2 ** 31)).length;', 1204, 'an array of 2147483648 elements'],
  ['', 'return [new Array(2 ** 31)].flat().length;', 1204, 'an array of 2147483648 elements'],
  ['', 'return [...new Array(2 ** 32 - 1)].length;', 1204, 'an array of 4294967295 elements'],
  [forever, 'return [...forever].length;', 1204, '(elements from an iterator|MB of memory)'],
  [forever, 'const [, ...rest] = forever; return rest.length;', 1204, '(elements from an iterator|MB of memory)'],
  [forever, 'let rest; [, ...rest] = forever; return rest.length;', 1204, '(elements from an iterator|MB of memory)'],
  [forever, 'return Math.max(...forever);', 1204, '(elements from an iterator|MB of memory)'],
  [forever, 'return Array.from(forever).length;', 1204, '(elements from an iterator|MB of memory)'],
  [forever, 'return new Uint8Array(forever).length;', 1204, '(elements from an iterator|MB of memory)'],
  ['', "return 'ab'.repeat(2 ** 28).length;", 1204, 'a text of 536870912 elements'],
  ['', "return ''.padEnd(2 ** 29 - 24).split('').length;", 1204, 'a text of 536870888 elements'],
  ['', "let all = 'x'; while (all.length < 2 ** 28) all += all; return all.split('').length;", 1204, 'a text of'],
  ['', 'return new Uint8Array(2 ** 31).fill(1).length;', 1204, 'a buffer of 2147483648 elements'],
  ['', 'return Buffer.alloc(2 ** 31).length;', 1204, 'a buffer of 2147483648 elements'],
  [
    "import { pbkdf2Sync } from 'node:crypto';",
    "return pbkdf2Sync('a', 'b', 2 ** 31 - 1, 8, 'sha512')[0];",
    1204,
    'derives a key',
  ],
  [
    "import { scryptSync } from 'node:crypto';",
    "return scryptSync('a', 'b', 8, { p: 2 ** 20 })[0];",
    1204,
    'derives a key',
  ],
  ['', 'return (function again(n: number): number { return again(n + 1) + 1; })(0);', 1202, 'call stack'],
  ['', "throw 'a word';", 1202, 'a word'],
  ['', 'throw null;', 1202, 'null'],
  ['', 'throw { get message() { throw 1; }, toString() { throw 2; } };', 1202, 'cannot be looked at'],
  ['', "throw new Proxy({}, { get() { throw new Error('trap'); } });", 1202, 'a Proxy was thrown'],
  ['', 'return new Proxy({}, { get() { for (;;); }, has() { for (;;); } });', 1204, 'Proxy'],
  ['', "return { get value() { throw new Error('got'); } }.value;", 1202, 'got'],
  ["import { exit } from 'functions';", 'return exit();', 1204, 'ends the process'],
  ["import { kill } from 'functions';", 'return kill();', 1204, 'ends the process'],
  ["import { value as one } from 'ends';", 'return one;', 1205, "'ends'.*ends the process"],
  ["import { value as one } from 'waits';", 'return one;', 1205, "'waits'.*never comes to an end"],
  ["import { value as one } from 'throws';", 'return one;', 1205, "'throws'.*not today"],
])('%s %s', { timeout: 30_000 }, async (imports, body, code, message) => {
  expect(await said(`${imports}\n${slice(body)}`)).toMatch(new RegExp(`^TSBPF${code}: .*${message}`));
});

test.each([
  ['a package that never loads', "import { value } from 'endless';", 1205, "'endless'.*more than 5 seconds"],
  [
    'promises that go on',
    slice('const on = (): any => Promise.resolve().then(on); on(); return 1;'),
    1203,
    '5 seconds',
  ],
  ['a search that never ends', slice("return /^(a+)+$/.test('a'.repeat(60) + 'b') ? 1 : 2;"), 1203, '5 seconds'],
  [
    'a wait without an end',
    slice('return Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0).length;'),
    1203,
    '5 seconds',
  ],
  ['a thrown object that never tells', slice('throw { get message() { for (;;); } };'), 1202, 'cannot be looked at'],
])('%s', { timeout: 60_000 }, async (_, source, code, message) => {
  expect(await said(source)).toMatch(new RegExp(`^TSBPF${code}: .*${message}`));
});

test('an iterator without an end is cut off', async () => {
  const source = `function* count(): any { for (let n = 0; ; n++) yield n; }
    const all = count();
    const value = 1;
    @socketFilter function g(skb: SkBuff): number { let total = skb.len; for (const n of all) total += n; return total; }`;
  expect(await said(source)).toMatch(/^TSBPF1621: /);
});

test('promises that fail unseen are nobody’s', async () => {
  const failures: unknown[] = [];
  const note = (reason: unknown) => void failures.push(reason);
  process.prependListener('unhandledRejection', note);
  const source = slice(
    "void (async () => { throw new Error('lost'); })(); Promise.reject(new Error('lost')); return 1;",
  );
  expect(await said(source)).toBe('');
  process.off('unhandledRejection', note);
  expect(process.listeners('unhandledRejection')).not.toContain(note);
});

test('nothing is printed, and console and streams are as before', async () => {
  const before = [console, process.stdout, process.exit] as const;
  const written = vi.spyOn(process.stdout, 'write');
  const calls = "import { value as one } from 'prints';\nimport { print } from 'functions';\n";
  expect(await said(calls + slice("console.log('noise'); return one + print();"))).toBe('');
  expect(written.mock.calls.filter(([text]) => String(text).includes('noise'))).toEqual([]);
  written.mockRestore();
  expect([console, process.stdout, process.exit]).toEqual(before);
});

test.each([
  ["import { value } from 'common';"],
  ["import common from 'common'; const { value } = common;"],
  ["import { value } from 'parts/deep';"],
  ["import data from './data.json'; const { value } = data;"],
  ["import data from './data.json' with { type: 'json' }; const value = data.value;"],
  ["import { value } from './other.js';"],
  ["import { cpus } from 'node:os'; const value = cpus().length;"],
  ["import path from 'node:path'; const value = path.join('a', 'b').length;"],
])('%s', async (source) => {
  expect(await said(source)).toBe('');
});
