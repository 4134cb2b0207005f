/** Expressions in programs: what makes one a constant, and what is said on a machine without libpcap. */
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { diagnosticCode, formatDiagnostics } from '../../compiler/diagnostics/index.js';
import { memoryHost } from '../../compiler/host.js';
import { compile } from '../../compiler/index.js';
import { TsbpfError } from '../../runtime/errors.js';
import * as libpcap from '../../runtime/native/libpcap.js';

vi.mock(import('../../runtime/native/libpcap.js'), async (original) => {
  const whole = await original();
  return { ...whole, compileExpression: vi.fn(whole.compileExpression) };
});

const folder = path.resolve(import.meta.dirname, '../errors');

async function compileText(files: Readonly<Record<string, string>>) {
  const paths = Object.entries(files).map(([name, text]) => [path.join(folder, name), text]);
  const host = memoryHost(Object.fromEntries(paths) as Record<string, string>, folder);
  const compilation = await compile(path.join(folder, 'main.ts'), {}, host);
  compilation.object();
  return compilation;
}

afterEach(() => vi.mocked(libpcap.compileExpression).mockClear());

function expressions(): string[] {
  return vi.mocked(libpcap.compileExpression).mock.calls.map(([expression]) => expression);
}

describe('the expression', () => {
  it('is evaluated first: imports, template strings, parameters of functions and closures', async () => {
    const { diagnostics } = await compileText({
      'ports.ts': 'export const PORTS = [80, 443]; export enum Service { dns = 53 }',
      'main.ts': `
        import { pcapFilter, xdp } from 'tsbpf';
        import type { XdpContext } from 'tsbpf';
        import { PORTS, Service } from './ports.js';
        const either = (ports: number[]) => ports.map((port) => \`tcp port \${port}\`).join(' or ');
        const matches = (ctx: XdpContext, protocol: string) => pcapFilter(protocol + ' port 1', ctx);
        export const main = xdp((ctx) => {
          const test = (text: string) => pcapFilter(text, ctx);
          if (pcapFilter(either(PORTS), ctx)) return 1;
          if (pcapFilter(\`udp port \${Service.dns}\` as const, ctx)) return 1;
          if (test('icmp') || matches(ctx, 'sctp')) return 1;
          return 2;
        });
      `,
    });
    expect(formatDiagnostics(diagnostics, { directory: folder, color: false })).toBe('');
    expect(expressions()).toEqual(['tcp port 80 or tcp port 443', 'udp port 53', 'icmp', 'sctp port 1']);
  });

  it('that takes all packets leaves no code', async () => {
    const compilation = await compileText({
      'main.ts': `
        import { pcapFilter, xdp } from 'tsbpf';
        export const main = xdp((ctx) => (pcapFilter('', ctx) ? 1 : 2));
      `,
    });
    expect(compilation.diagnostics).toEqual([]);
    expect(compilation.ir()).not.toMatch(/icmp/);
  });
});

it('TSBPF1402: without libpcap the package is named, at the expression', async () => {
  const hint = 'Install it: `apt install libpcap0.8` (Debian, Ubuntu), `dnf install libpcap` (Fedora).';
  vi.mocked(libpcap.compileExpression).mockImplementationOnce(() => {
    throw new TsbpfError('libpcap, which compiles tcpdump expressions, cannot be used: no such file.', {
      code: 'TSBPF2120',
      hint,
    });
  });
  const { diagnostics } = await compileText({
    'main.ts': `import { pcapFilter, xdp } from 'tsbpf';\nexport const main = xdp((ctx) => (pcapFilter('tcp', ctx) ? 1 : 2));\n`,
  });
  expect(diagnostics.map(diagnosticCode)).toEqual(['TSBPF1402']);
  const text = formatDiagnostics(diagnostics, { directory: folder, color: false });
  expect(text).toMatch(/main\.ts:2:46/);
  expect(text).toContain('libpcap0.8');
});
