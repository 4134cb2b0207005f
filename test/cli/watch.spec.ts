/** `tsbpf build --watch`: what makes it build again. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { folderWith, startTsbpf, until } from './command-line.js';

const files = {
  'a.ts': `import { xdp, XDP } from 'tsbpf';
import { LIMIT } from './parts/limit.js';
export const f = xdp((ctx) => (ctx.packet.byteLength > LIMIT ? XDP.DROP : XDP.PASS));
`,
  'parts/limit.ts':
    "import settings from './settings.json' with { type: 'json' };\nexport const LIMIT = settings.limit;\n",
  'parts/settings.json': '{ "limit": 100 }',
};

/** A watch of a.ts. Every step is a change, and then a round that it leads to. */
async function watching() {
  const cwd = folderWith({ 'a.ts': files['a.ts'] });
  mkdirSync(path.join(cwd, 'parts'));
  const write = (name: keyof typeof files, text: string = files[name]) => writeFileSync(path.join(cwd, name), text);
  write('parts/limit.ts');
  write('parts/settings.json');
  const child = startTsbpf(['build', 'a.ts', '-o', 'a.o', '--watch'], { cwd });
  let said = '';
  child.stderr!.on('data', (text) => (said += String(text)));
  const rounds = () => said.split(/watching \d+ files?/).length - 1;
  await until(() => rounds() >= 1);
  const object = () => readFileSync(path.join(cwd, 'a.o'));
  /** @returns what was said in the rounds up to the one that meets the condition. */
  const step = async (change: () => void, condition: (said: string) => boolean): Promise<string> => {
    const [before, length] = [rounds(), said.length];
    change();
    await until(() => rounds() > before && condition(said.slice(length)));
    return said.slice(length);
  };
  return { cwd, child, write, object, step };
}

const succeeded = (said: string) => /^watching \d+ files\n$/.test(said.split(/(?<=files?\n)/).at(-1)!);
const failed = (code: string) => (said: string) => said.includes(code);

test('a change of an imported file, and of JSON that it imports', async () => {
  const { write, object, step } = await watching();
  const first = object();
  await step(() => write('parts/settings.json', '{ "limit": 200 }'), succeeded);
  const second = object();
  expect(second.equals(first)).toBe(false);
  await step(() => write('parts/limit.ts', 'export const LIMIT = 100;\n'), succeeded);
  expect(object().equals(second)).toBe(false);
});

test('an imported file that is deleted and written again', async () => {
  const { cwd, write, object, step } = await watching();
  const first = object();
  await step(() => rmSync(path.join(cwd, 'parts/limit.ts')), failed('TSBPF1004'));
  expect(object().equals(first)).toBe(true);
  await step(() => write('parts/limit.ts', 'export const LIMIT = 300;\n'), succeeded);
  expect(object().equals(first)).toBe(false);
});

test('an import that was wrong from the beginning leads to a file that is written then', async () => {
  const { cwd, write, step } = await watching();
  await step(() => write('a.ts', files['a.ts'].replace('limit.js', 'other.js')), failed('TSBPF1004'));
  await step(() => renameSync(path.join(cwd, 'parts/limit.ts'), path.join(cwd, 'parts/other.ts')), succeeded);
});

test('a file that is emptied and then written is one change', async () => {
  const { write, step } = await watching();
  const said = await step(() => {
    write('a.ts', '');
    setTimeout(() => write('a.ts', files['a.ts'].replace('XDP.DROP', 'XDP.ABORTED')), 20);
  }, succeeded);
  expect(said).not.toContain('TSBPF1003');
});

test('an error is mended, and SIGTERM ends it with status 0', async () => {
  const { child, write, object, step } = await watching();
  const first = object();
  await step(() => write('a.ts', files['a.ts'].replace('byteLength', 'byteLength / 2')), failed('TSBPF1305'));
  expect(object().equals(first)).toBe(true);
  await step(() => write('a.ts'), succeeded);
  const ended = new Promise((resolve) => child.on('exit', resolve));
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});
