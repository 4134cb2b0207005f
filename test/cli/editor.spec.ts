/** The plugin `tsbpf/editor` in TypeScript's language server. Its starts take seconds on a busy machine. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { until } from './command-line.js';
import { codesOf, LanguageServer, projectWith } from './language-server.js';

vi.setConfig({ testTimeout: 90_000 });

const decorated = `import { attach, kprobe, XDP, xdp } from 'tsbpf';
import type { PtRegs } from 'tsbpf';

@kprobe('sys_close')
function onClose(_ctx: PtRegs): number {
  return 0;
}
using link = attach(onClose);
export const pass = xdp((ctx) => (ctx.packet.byteLength > 0 ? XDP.PASS : XDP.DROP));
`;

const halves = `import { xdp } from 'tsbpf';
export const length = xdp((ctx) => ctx.packet.byteLength / 2);
`;
const fraction = 'tsbpf 1305';

function start(files: Readonly<Record<string, string>>, options?: object): LanguageServer {
  return new LanguageServer(projectWith(files, options));
}

test('decorators of ours, what only they name, and links that `using` holds are no errors', async () => {
  const server = start({ 'a.ts': decorated });
  server.open('a.ts');
  expect(await server.semantic('a.ts')).toEqual([]);
  expect(await server.suggestions('a.ts')).toEqual([]);
});

test('what TypeScript says rightly stays', async () => {
  const others = `const other = (_: unknown) => undefined;
@other
function f() {}
const unused = 1;
using held = { [Symbol.dispose]() {} };
`;
  const server = start({ 'a.ts': decorated + others });
  server.open('a.ts');
  const found = await server.semantic('a.ts');
  expect(codesOf(found).sort()).toEqual(['TS1206', 'TS6133', 'TS6133', 'TS6133', 'TS6133']);
  const names = found.map(({ text }) => /^'(\w+)' is declared/.exec(text)?.[1]);
  expect(names.filter((name) => name !== undefined).sort()).toEqual(['f', 'held', 'other', 'unused']);
});

test("the compiler's diagnostics come with their place and hint, after an event that says so", async () => {
  const server = start({ 'a.ts': halves });
  server.open('a.ts');
  await server.semantic('a.ts');
  await until(() => server.messages.some(({ event }) => event === 'projectsUpdatedInBackground'));
  const found = await server.semantic('a.ts');
  expect(found).toMatchObject([
    { start: { line: 2, offset: 36 }, end: { line: 2, offset: 61 }, code: 1305, category: 'error', source: 'tsbpf' },
  ]);
  expect(found[0]!.text).toMatch(/^This division may have a fraction.*\nhint: Write Math\.trunc/s);
});

test('geterr reports them, as an editor asks for them', async () => {
  const folder = projectWith({ 'a.ts': halves });
  const server = new LanguageServer(folder);
  server.open('a.ts');
  await server.semanticUntil('a.ts', (codes) => codes.includes(fraction));
  server.send('geterr', { delay: 0, files: [path.join(folder, 'a.ts')] });
  const reported = () => server.messages.find(({ event }) => event === 'semanticDiag');
  await until(() => reported() !== undefined);
  expect(codesOf(reported()!.body.diagnostics)).toEqual([fraction]);
});

test('text that is not saved counts', async () => {
  const server = start({ 'a.ts': halves.replace(' / 2', '') });
  server.open('a.ts');
  expect(await server.semantic('a.ts')).toEqual([]);
  server.change('a.ts', 'byteLength', 'byteLength / 2');
  expect(codesOf(await server.semanticUntil('a.ts', (codes) => codes.length > 0))).toEqual([fraction]);
  server.change('a.ts', ' / 2', ' >> 1');
  expect(codesOf(await server.semanticUntil('a.ts', (codes) => codes.length === 0))).toEqual([]);
});

test('a diagnostic keeps its place while the text around it is edited', async () => {
  const server = start({ 'a.ts': halves });
  server.open('a.ts');
  await server.semanticUntil('a.ts', (codes) => codes.includes(fraction));
  server.change('a.ts', 'export', '// a line more\nexport');
  expect(await server.semantic('a.ts')).toMatchObject([{ start: { line: 3, offset: 36 }, code: 1305 }]);
});

test('imported files count as they stand in the editor, and show what is wrong in them', async () => {
  const server = start({
    'a.ts': `import { xdp } from 'tsbpf';\nimport { half } from './half.js';\nexport const length = xdp((ctx) => half(ctx.packet.byteLength));\n`,
    'half.ts': 'export function half(value: number): number {\n  return value >> 1;\n}\n',
  });
  server.open('a.ts');
  server.open('half.ts');
  expect(await server.semantic('a.ts')).toEqual([]);
  server.change('half.ts', '>> 1', '/ 2');
  const found = await server.semanticUntil('half.ts', (codes) => codes.length > 0, ['a.ts']);
  expect(found).toMatchObject([{ start: { line: 2, offset: 10 }, code: 1305, source: 'tsbpf' }]);
});

test('files without programs are left alone', async () => {
  const server = start({ 'a.ts': 'export const half = (value: number) => value / 2;\n' });
  server.open('a.ts');
  expect(await server.semantic('a.ts')).toEqual([]);
  expect(server.log).toContain('Plugin validation succeeded');
});

test("the plugin's options are those of the compiler", async () => {
  const source = `import { xdp, XDP } from 'tsbpf';\ndeclare const LIMIT: string;\nexport const f = xdp((ctx) => (ctx.packet.byteLength > LIMIT.length / 2 ? XDP.DROP : XDP.PASS));\n`;
  const known = start({ 'a.ts': source }, { define: { LIMIT: 'four' }, target: 5 });
  known.open('a.ts');
  await known.semantic('a.ts');
  await until(() => known.log.includes("the option 'target' of tsbpf/editor"));
  await until(() => known.messages.some(({ event }) => event === 'projectsUpdatedInBackground'));
  expect(await known.semantic('a.ts')).toEqual([]);
  const unknown = start({ 'a.ts': source });
  unknown.open('a.ts');
  expect(codesOf(await unknown.semanticUntil('a.ts', (codes) => codes.length > 0))).toEqual(['tsbpf 1316']);
});

test('a package in static code that prints and ends its process does not touch the server', async () => {
  const folder = projectWith({
    'a.ts': "import { xdp } from 'tsbpf';\nimport { N } from 'ends';\nexport const f = xdp(() => N);\n",
    'b.ts': halves,
  });
  mkdirSync(path.join(folder, 'node_modules/ends'));
  const write = (name: string, text: string) => writeFileSync(path.join(folder, 'node_modules/ends', name), text);
  write('package.json', '{ "name": "ends", "main": "index.js", "types": "index.d.ts" }');
  write('index.js', "console.log('Content-Length: 5'); exports.N = 1; process.exit(3);");
  write('index.d.ts', 'export declare const N: number;');
  const server = new LanguageServer(folder);
  server.open('a.ts');
  server.open('b.ts');
  // The package is not loaded: it ends the process that would load it.
  const [found] = await server.semanticUntil('a.ts', (codes) => codes.length > 0);
  expect(found!.text).toMatch(/'ends'.*end/s);
  expect(codesOf(await server.semanticUntil('b.ts', (codes) => codes.length > 0))).toEqual([fraction]);
  expect(server.isRunning).toBe(true);
});
