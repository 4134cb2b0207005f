/** Errors that no source alone provokes: a machine without LLVM, LLVM itself, the compiler itself. */
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { diagnosticCode } from '../../compiler/diagnostics/index.js';
import { memoryHost, type Host } from '../../compiler/host.js';
import { compile } from '../../compiler/index.js';

const root = path.resolve(import.meta.dirname, '../..');
const file = path.join(root, 'test/errors', 'machine.program.ts');
const text = "import { xdp } from 'tsbpf';\nexport const pass = xdp(() => 2);\n";

async function codesOf(host: Host): Promise<string[]> {
  const compilation = await compile(file, {}, host);
  compilation.object();
  return compilation.diagnostics.map(diagnosticCode);
}

describe('errors of the machine', () => {
  it('TSBPF1800: what TSBPF_LLVM names is no LLVM', async () => {
    const before = process.env['TSBPF_LLVM'];
    onTestFinished(() => {
      if (before === undefined) delete process.env['TSBPF_LLVM'];
      else process.env['TSBPF_LLVM'] = before;
    });
    process.env['TSBPF_LLVM'] = '/no/such/file';
    expect(await codesOf(memoryHost({ [file]: text }, root))).toEqual(['TSBPF1800']);
  });

  it('TSBPF1801: LLVM has no instruction for what is asked at this level', async () => {
    const counting = `import { shared, xdp } from 'tsbpf';
import type { u64 } from 'tsbpf';
const state = shared<{ count: u64 }>({ count: 0n });
export const pass = xdp(() => (state.count++ > 5n ? 1 : 2));
`;
    const compilation = await compile(file, { cpu: 'v2' }, memoryHost({ [file]: counting }, root));
    expect(compilation.object()).toBeUndefined();
    expect(compilation.diagnostics.map(diagnosticCode)).toEqual(['TSBPF1801']);
  });

  it('TSBPF1802: the compiler fails where it should not', async () => {
    const host = memoryHost({ [file]: text }, root);
    const broken: Host = {
      ...host,
      readFile: () => {
        throw new Error('out of order');
      },
    };
    expect(await codesOf(broken)).toEqual(['TSBPF1802']);
  });
});
