/**
 * `--emit evaluated` of each program in programs/evaluated/, compared with the file beside it, which `--update` writes
 * anew; and of every example, which has to be TypeScript.
 */
import { ts } from '@ts-morph/bootstrap';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { compile } from '../../compiler/index.js';
import { formatDiagnostics } from '../../compiler/diagnostics/index.js';

const folder = path.join(import.meta.dirname, 'programs/evaluated');
const root = path.resolve(import.meta.dirname, '../..');
const sources = (at: string) =>
  readdirSync(path.join(root, at))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => path.join(at, name));

async function evaluated(file: string): Promise<string> {
  const compilation = await compile(file, { architecture: 'x86_64', record: true });
  const text = await compilation.evaluated();
  expect(text, formatDiagnostics(compilation.diagnostics, { directory: folder, color: false })).not.toBe('');
  return text;
}

function syntaxErrors(text: string): string[] {
  const source = ts.createSourceFile('evaluated.ts', text, ts.ScriptTarget.ES2022, true);
  const { parseDiagnostics } = source as unknown as { parseDiagnostics: ts.Diagnostic[] };
  return parseDiagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

describe('evaluated programs', () => {
  it.for(readdirSync(folder).filter((name) => name.endsWith('.ts')))('%s', async (name) => {
    const text = await evaluated(path.join(folder, name));
    expect(syntaxErrors(text)).toEqual([]);
    await expect(text).toMatchFileSnapshot(path.join(folder, name.replace(/\.ts$/, '.evaluated')));
  });

  it.for([...sources('examples'), ...sources('test/golden/programs')])('%s is TypeScript', async (name) => {
    expect(syntaxErrors(await evaluated(path.join(root, name)))).toEqual([]);
  });

  it('prints a function of the object once, called by its name', async () => {
    const text = await evaluated(path.join(folder, '../subprogram.ts'));
    const [, name] = /^function (\w+)/m.exec(text)!;
    expect(text.match(new RegExp(`function ${name}\\b`, 'g'))).toHaveLength(1);
    expect(text.match(new RegExp(`\\b${name}\\(`, 'g'))!.length).toBeGreaterThan(2);
  });

  it('says nothing where it was not asked to', async () => {
    const compilation = await compile(path.join(folder, 'loops.ts'));
    expect(await compilation.evaluated()).toBe('');
  });
});
