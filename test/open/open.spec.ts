import { expect, test } from 'vitest';
import { mkdtempSync, writeFileSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { nodeHost } from '../../compiler/host.js';
import { openProgram } from '../../compiler/open/index.js';
import { codes, folder, open, pointed } from './sources.js';

function inFolder(run: (directory: string) => void): void {
  const directory = mkdtempSync(path.join(tmpdir(), 'tsbpf-open-'));
  try {
    run(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

test('a plain file opens without diagnostics', () => {
  const opened = open('export const a = [1, 2].map((x) => x * 2).join();');
  expect(opened.diagnostics).toEqual([]);
  expect(opened.entry!.fileName).toBe(`${folder}/app.ts`);
  expect(opened.files).toEqual([`${folder}/app.ts`]);
});

test.each(['./x.ts', './x.js', './x'])('%s is x.ts', (specifier) => {
  const opened = open({
    'app.ts': `import { x } from '${specifier}'; export const y = x;`,
    'x.ts': 'export const x = 1;',
  });
  expect(opened.diagnostics).toEqual([]);
  expect(opened.files).toEqual([`${folder}/app.ts`, `${folder}/x.ts`]);
});

test('folders, .mts and JSON resolve', () => {
  const opened = open({
    'app.ts':
      "import { a } from './lib'; import { b } from './b.mjs'; import c from './c.json'; export const d = [a, b, c.port];",
    'lib/index.ts': 'export const a = 1;',
    'b.mts': 'export const b = 1;',
    'c.json': '{ "port": 80 }',
  });
  expect(opened.diagnostics).toEqual([]);
  expect(opened.files).toHaveLength(4);
});

test('node and npm modules stay unresolved and cost nothing', () => {
  const opened = open(
    "import os from 'node:os'; import x from 'some-package'; export const n: number = os.cpus().length + x;",
  );
  expect(opened.diagnostics).toEqual([]);
  expect(opened.files).toHaveLength(1);
  expect(opened.program.getSemanticDiagnostics(opened.entry).map(({ code }) => code)).toEqual([2591, 2307]);
});

test('syntax errors of the entry and of imports are all reported', () => {
  const opened = open({ 'app.ts': "import './x.js';\nlet = = 5;", 'x.ts': 'function {' });
  expect(new Set(opened.diagnostics.map(({ file }) => path.basename(file!.fileName)))).toEqual(
    new Set(['app.ts', 'x.ts']),
  );
  expect(codes(opened.diagnostics).every((code) => code.startsWith('TS1'))).toBe(true);
});

test('an import of a missing file is reported where it stands', () => {
  const { diagnostics } = open("import { x } from './nope.js'; export { y } from '../no';\nimport 'fine';");
  expect(codes(diagnostics)).toEqual(['TSBPF1004', 'TSBPF1004']);
  expect(diagnostics.map(pointed)).toEqual(["'./nope.js'", "'../no'"]);
});

test('an import of a JavaScript file is left to user space', () => {
  expect(
    open({ 'app.ts': "import { x } from './x.js'; x();", 'x.js': 'export const x = () => 1;' }).diagnostics,
  ).toEqual([]);
});

test.each([
  ['TSBPF1000', 'missing.ts'],
  ['TSBPF1001', 'sub'],
  ['TSBPF1001', '.'],
  ['TSBPF1002', 'a.js'],
  ['TSBPF1002', 'a.d.ts'],
  ['TSBPF1002', 'plain'],
  ['TSBPF1003', 'empty.ts'],
  ['TSBPF1005', 'binary.ts'],
])('%s for %s', (code, name) => {
  inFolder((directory) => {
    mkdirSync(path.join(directory, 'sub'));
    for (const file of ['a.js', 'a.d.ts', 'plain']) writeFileSync(path.join(directory, file), 'export {};');
    writeFileSync(path.join(directory, 'empty.ts'), ' \n');
    writeFileSync(path.join(directory, 'binary.ts'), Buffer.from([0x7f, 0x45, 0, 1]));
    const opened = openProgram(name, nodeHost(directory));
    expect(codes(opened.diagnostics)).toEqual([code]);
    expect(opened.entry).toBeUndefined();
    expect(opened.diagnostics[0]!.messageText).toContain(name);
  });
});

test('a file of the machine opens by absolute path', () => {
  inFolder((directory) => {
    const file = path.join(directory, 'a.ts');
    writeFileSync(file, 'export const a = 1;');
    expect(openProgram(file, nodeHost('/')).files).toEqual([file]);
  });
});
