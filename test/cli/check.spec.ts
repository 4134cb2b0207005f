import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { folderWith, lengthFilter, tsbpf, wrongFilter } from './command-line.js';

test('a file that is right: status 0, nothing said, nothing written', () => {
  const cwd = folderWith({ 'a.ts': lengthFilter });
  expect(tsbpf(['check', 'a.ts'], { cwd })).toEqual({ status: 0, stdout: '', stderr: '' });
  expect(readdirSync(cwd)).toEqual(['a.ts']);
});

test('errors of both halves of every file are shown, each once', () => {
  const userSpace = 'const text: string = 1;\nconsole.log(text);\n';
  const cwd = folderWith({ 'a.ts': wrongFilter + userSpace, 'b.ts': wrongFilter });
  const { status, stdout } = tsbpf(['check', 'a.ts', 'b.ts'], { cwd });
  expect(stdout.match(/^a\.ts:6:14 - error/gm)).toHaveLength(1);
  expect(stdout.match(/^a\.ts:8:7 - error TS2322/gm)).toHaveLength(1);
  expect(stdout.match(/^b\.ts:6:14 - error/gm)).toHaveLength(1);
  expect(status).toBe(1);
});

test('--json: an object a line', () => {
  const cwd = folderWith({ 'a.ts': wrongFilter });
  const { stdout } = tsbpf(['check', 'a.ts', '--json'], { cwd });
  expect(JSON.parse(stdout)).toMatchObject({ category: 'error', file: 'a.ts', line: 6, column: 14 });
});

test('a wrong call of a program type is one error, and not what TypeScript says of overloads', () => {
  const text = `import { xdp } from 'tsbpf';\n\nexport const pass = xdp(() => 'text', { minimumPaketSize: 1 });\n`;
  const { status, stdout } = tsbpf(['check', 'a.ts'], { cwd: folderWith({ 'a.ts': text }) });
  expect(status).toBe(1);
  expect(stdout.match(/error (\w+)/g)).toEqual(['error TSBPF1338', 'error TSBPF1124']);
});
