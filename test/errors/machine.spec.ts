/** Errors that no source alone provokes: a machine without LLVM, LLVM itself, the compiler itself. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
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

/** For one test. */
function useLlvm(name: string): void {
  const before = process.env['TSBPF_LLVM'];
  onTestFinished(() => {
    if (before === undefined) delete process.env['TSBPF_LLVM'];
    else process.env['TSBPF_LLVM'] = before;
  });
  process.env['TSBPF_LLVM'] = name;
}

describe('errors of the machine', () => {
  it('TSBPF1800: what TSBPF_LLVM names is no LLVM', async () => {
    useLlvm('/no/such/file');
    expect(await codesOf(memoryHost({ [file]: text }, root))).toEqual(['TSBPF1800']);
  });

  it('TSBPF1801: a clang that refuses what it is given', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'tsbpf-clang-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const clang = path.join(folder, 'clang');
    const refuse = 'case $1 in --version) echo clang version 19.1.0;; *) echo "error: not today" >&2; exit 1;; esac';
    writeFileSync(clang, `#!/bin/sh\n${refuse}\n`, { mode: 0o755 });
    useLlvm(clang);
    expect(await codesOf(memoryHost({ [file]: text }, root))).toEqual(['TSBPF1801']);
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
