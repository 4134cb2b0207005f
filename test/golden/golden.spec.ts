/**
 * The IR of each program in programs/, compared with the .ll file beside it. `npm test -- test/golden --update`
 * writes the files anew: read the difference before committing it.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { compile, type Compilation } from '../../compiler/index.js';
import { formatDiagnostics } from '../../compiler/diagnostics/index.js';
import { normalise } from './normalise.js';

const folder = path.join(import.meta.dirname, 'programs');
const names = (ending: string) => readdirSync(folder).filter((name) => name.endsWith(ending));
const sources = names('.ts');

describe('golden IR', () => {
  it.for(sources)('%s', async (name) => {
    const compilation = await compile(path.join(folder, name), { architecture: 'x86_64' });
    const ir = compilation.ir();
    expect(ir, said(compilation)).not.toBe('');
    // The IR is also what LLVM takes.
    expect(compilation.object(), said(compilation)).toBeDefined();
    await expect(normalise(ir)).toMatchFileSnapshot(path.join(folder, name.replace(/\.ts$/, '.ll')));
  });

  it('has no file whose program is gone', () => {
    const orphans = names('.ll').filter((name) => !existsSync(path.join(folder, name.replace(/\.ll$/, '.ts'))));
    expect(orphans).toEqual([]);
  });

  it('keeps no path of the machine', () => {
    for (const name of names('.ll')) {
      expect(readFileSync(path.join(folder, name), 'utf8'), name).not.toContain(path.resolve(folder, '../../..'));
    }
  });
});

function said(compilation: Compilation): string {
  return formatDiagnostics(compilation.diagnostics, { directory: folder, color: false });
}
