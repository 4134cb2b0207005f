import { expect, test } from 'vitest';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { nodeHost } from '../../compiler/host.js';
import { checkWholeFile } from '../../compiler/open/whole-file.js';
import { codes } from './sources.js';

function check(source: string, configuration?: string): string[] {
  const directory = mkdtempSync(path.join(tmpdir(), 'tsbpf-whole-'));
  try {
    writeFileSync(path.join(directory, 'app.ts'), source);
    writeFileSync(path.join(directory, 'package.json'), '{ "type": "module" }');
    if (configuration !== undefined) writeFileSync(path.join(directory, 'tsconfig.json'), configuration);
    return codes(checkWholeFile('app.ts', nodeHost(directory)));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const program = `import { xdp } from 'tsbpf';
import type { XdpContext } from 'tsbpf';
@xdp
function f(ctx: XdpContext): number { return ctx.packet.byteLength; }
`;
const strictest =
  '{ "compilerOptions": { "strict": true, "noUnusedLocals": true, "target": "es2022", "module": "nodenext" } }';

test('our decorators cause no errors, though nothing else uses their names', () => {
  expect(check(`${program}export {};`, strictest)).toEqual([]);
}, 60_000);

test('what `using` holds of ours need not be read; other variables and what others release must', () => {
  const held = `
using link = attachXdp(f, { interface: 'lo' });
using first = attachXdp(f, { interface: 'lo' }), second = attachXdp(f, { interface: 'lo' });
{ const notHeld = attachXdp(f, { interface: 'lo' }); }
{ using other = { [Symbol.dispose]() {} }; }
`;
  const source = `import { attachXdp } from 'tsbpf';\n${program}${held}export {};`;
  const disposable = strictest.replace('"target"', '"lib": ["es2022", "esnext.disposable"], "target"');
  expect(check(source, disposable)).toEqual(['TS6133', 'TS6133']);
}, 60_000);

test('a private static method under a decorator is called by the kernel', () => {
  const methods = `class Programs {
  @xdp private static g(ctx: XdpContext): number { return ctx.packet.byteLength; }
  private static unused(): void {}
}`;
  expect(check(`${program}${methods}\nexport { Programs };`, strictest)).toEqual(['TS6133']);
}, 60_000);

test('errors of user space are reported under the nearest tsconfig.json', () => {
  expect(check(`${program}const unused = 1; const wrong: number = 'a'; console.log(wrong);`, strictest)).toEqual([
    'TS6133',
    'TS2322',
  ]);
}, 60_000);

test('decorators of others stay wrong', () => {
  expect(check('const other = (x: unknown) => x; @other function f() {} f();')).toContain('TS1206');
}, 60_000);

test('a broken tsconfig.json is reported', () => {
  expect(check('export const a = 1;', '{ "compilerOptions": ')).toContain('TSBPF1006');
}, 60_000);
