/** The built compiler reads only the declarations that a program can name; what it makes must not depend on that. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { compile } from '../../compiler/index.js';
import { libraryText } from '../../compiler/open/library/index.js';

const root = path.resolve(import.meta.dirname, '../..');
const open = (await import(
  path.join(root, 'dist/compiler/open/index.js')
)) as typeof import('../../compiler/open/index.js');
const built = (await import(path.join(root, 'dist/compiler/index.js'))) as typeof import('../../compiler/index.js');

const programs = ['test/golden/programs', 'bench/programs', 'examples'].flatMap((folder) =>
  readdirSync(path.join(root, folder))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => path.join(folder, name)),
);

describe('needed declarations', () => {
  it.each(programs)('give the same program: %s', async (name) => {
    const file = path.join(root, name);
    const [whole, part] = [await compile(file), await built.compile(file)];
    expect(part.ir()).toBe(whole.ir());
    expect(part.diagnostics.map(({ code }) => code)).toEqual(whole.diagnostics.map(({ code }) => code));
  });

  it('are a small part of all', () => {
    const { library } = open.neededDeclarations(path.join(root, 'bench/programs/flows.ts'), built.nodeHost())!;
    expect(library.length).toBeLessThan(libraryText.length / 2);
  });

  it('leave out what no word of the program names, and keep what a named declaration needs', () => {
    const text = `import { tracepoint, bpf } from 'tsbpf';
      export const p = tracepoint('syscalls:sys_enter_openat', (ctx) => Number(bpf.ktimeGetNs()) & ctx.flags);`;
    const { runtime } = needed(text)!;
    expect(runtime).toMatch(/\bktimeGetNs\(\): u64/);
    expect(runtime).toMatch(/type u64 =/);
    expect(runtime).toMatch(/\bopenat: \{/);
    expect(runtime).not.toMatch(/getCurrentComm|RingBuffer|mkdirat/);
  });

  it('count the words of imported files', () => {
    const files = {
      '/a.ts': `import { f } from './b.js'; export const x = f;`,
      '/b.ts': `export { xdp as f } from 'tsbpf';`,
    };
    expect(open.neededDeclarations('/a.ts', built.memoryHost(files))!.runtime).toMatch(/export \{[^}]*\bxdp\b/);
  });

  it('are all of them where events are named by pieces or parts of tsbpf by path', () => {
    expect(needed(`import { xdp } from 'tsbpf/programs';`)).toBeUndefined();
    expect(needed('const event = `syscalls:sys_enter_${name}`;')).toBeUndefined();
  });

  it('do not take names away from messages', async () => {
    const text = `import { xdp, bpf } from 'tsbpf';\nexport const p = xdp(() => Number(bpf.ktimeGetNS()));`;
    const { diagnostics } = await built.compile('/p.ts', {}, built.memoryHost({ '/p.ts': text }));
    expect(JSON.stringify(diagnostics[0]!.messageText)).toMatch(/ktimeGetNs/);
  });
});

function needed(text: string) {
  return open.neededDeclarations('/p.ts', built.memoryHost({ '/p.ts': text }));
}
