/** What `load` writes with, as a process of its own with all kinds of standard output. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { folderWith, root } from './command-line.js';

const dist = (name: string) => JSON.stringify(pathToFileURL(path.join(root, 'dist', name)).href);

/** Writes lines of numbers, and says on standard error when it has, and whether Node has made a stream by then. */
const writer = (lines: number) => `import { standardStream } from ${dist('cli/load/standard-stream.js')};
import { writeSync } from 'node:fs';
const output = standardStream(1);
for (let line = 0; line < ${lines}; line++) output.write(\`\${line}\\n\`);
writeSync(2, process.moduleLoadList.includes('NativeModule net') ? 'by a stream' : 'at once');
`;
const numbers = (lines: number) => Array.from({ length: lines }, (_, line) => `${line}\n`).join('');

/** More than any pipe or socket holds. */
const MANY = 200_000;

describe('all text arrives in its order', () => {
  test('in a file', () => {
    const folder = folderWith({ 'writer.mjs': writer(1000) });
    const output = openSync(path.join(folder, 'output'), 'w');
    const { stderr } = spawnSync(process.execPath, [path.join(folder, 'writer.mjs')], {
      stdio: ['ignore', output, 'pipe'],
      encoding: 'utf8',
    });
    closeSync(output);
    expect(stderr).toBe('at once');
    expect(readFileSync(path.join(folder, 'output'), 'utf8')).toBe(numbers(1000));
  });

  // Node's own pipes to children are sockets, those of a shell are pipes.
  for (const [name, shell] of [
    ['in a socket', '"$0" "$1"'],
    ['in a pipe', '"$0" "$1" | cat'],
    ['in a pipe whose reader is slow', '"$0" "$1" | (sleep 0.3; cat)'],
  ] as const) {
    test(name, () => {
      for (const lines of [10, MANY]) {
        const folder = folderWith({ 'writer.mjs': writer(lines) });
        const { stdout, stderr } = spawnSync('bash', ['-c', shell, process.execPath, path.join(folder, 'writer.mjs')], {
          encoding: 'utf8',
          maxBuffer: 1e8,
        });
        expect(stdout).toBe(numbers(lines));
        if (lines === 10) expect(stderr).toBe('at once');
      }
    });
  }
});

test.each([
  ['a socket', '"$0" "$1"'],
  ['a pipe', '"$0" "$1" | (read -r; cat)'],
])('nobody waits for who does not read %s', async (_name, shell) => {
  const folder = folderWith({ 'writer.mjs': writer(MANY) });
  const child = spawn('bash', ['-c', shell, process.execPath, path.join(folder, 'writer.mjs')]);
  // Nothing is read from standard output before all was written.
  const [said] = (await once(child.stderr, 'data')) as [Buffer];
  expect(said.toString()).toBe('by a stream');
  const ended = once(child, 'close');
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await ended;
  expect(text.endsWith(`\n${MANY - 1}\n`)).toBe(true);
});

test('a reader that ends, ends a command without a word', () => {
  const folder = folderWith({
    'writer.mjs': `import { runCommandLine } from ${dist('cli/program.js')};
import { standardStream } from ${dist('cli/load/standard-stream.js')};
const add = (program, finish) => program.command('write').action(() => {
  const output = standardStream(1);
  setInterval(() => output.write('line\\n'), 1);
  return new Promise(() => undefined);
});
await runCommandLine(['node', 'tsbpf', 'write'], [add]);
`,
  });
  const { status, stdout, stderr } = spawnSync(
    'bash',
    ['-c', '"$0" "$1" | head -n 1; exit ${PIPESTATUS[0]}', process.execPath, path.join(folder, 'writer.mjs')],
    { encoding: 'utf8', timeout: 20_000 },
  );
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'line\n', stderr: '' });
});
