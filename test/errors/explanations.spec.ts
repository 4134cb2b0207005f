/** The long forms that `tsbpf explain` prints: each code has one, its wrong example gives the code, its right one compiles. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { explainedCodes, readExplanation, type Example } from '../../compiler/diagnostics/explanation.js';
import * as factories from '../../compiler/diagnostics/index.js';
import { diagnosticCode, formatDiagnostics, registeredCodes } from '../../compiler/diagnostics/index.js';
import { memoryHost } from '../../compiler/host.js';
import { compile, type CompilerOptions } from '../../compiler/index.js';

const root = path.resolve(import.meta.dirname, '../..');
const file = path.join(root, 'test/errors', 'example.ts');

/** What is shown on a command line, since the file or the machine is what is wrong. */
const shown = new Set([1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1402, 1800, 1801, 1802]);

const codes = registeredCodes();
const examples = codes.filter((code) => !shown.has(code));

function codesIn(folder: string, pattern: RegExp): number[] {
  const files = readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' });
  const texts = files
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(path.join(root, folder, name), 'utf8'));
  return texts.flatMap((text) => [...text.matchAll(pattern)].map(([, first, second]) => Number(first ?? second)));
}

function optionsOf({ flags }: Example): Partial<CompilerOptions> {
  const target = flags[flags.indexOf('--target') + 1];
  const [major = 0, minor = 0] = target?.split('.').map(Number) ?? [];
  return flags.includes('--target') ? { target: [major, minor] } : {};
}

async function compileExample(example: Example) {
  const compilation = await compile(file, optionsOf(example), memoryHost({ [file]: example.source }, root));
  const object = compilation.object();
  const { diagnostics } = compilation;
  return { object, diagnostics, text: formatDiagnostics(diagnostics, { directory: root, color: false }) };
}

describe('explanations', () => {
  it('are there for every code of the compiler', () => {
    const explained = new Set(explainedCodes());
    // Write compiler/diagnostics/explanations/TSBPFnnnn.md.
    expect(codes.filter((code) => !explained.has(code))).toEqual([]);
    expect([...explained].filter((code) => code < 2000 && !codes.includes(code))).toEqual([]);
  });

  it('are there for every code of the runtime and of the command line', () => {
    const explained = new Set(explainedCodes());
    const used = new Set([
      ...codesIn('runtime', /'TSBPF(2\d{3})'/g),
      ...codesIn('cli', /\b(30\d\d),|'TSBPF(30\d\d)'/g),
    ]);
    expect(used.size).toBeGreaterThan(50);
    expect([...used].filter((code) => !explained.has(code))).toEqual([]);
    expect([...explained].filter((code) => code >= 2000 && !used.has(code))).toEqual([]);
    for (const code of used) {
      const { title, meaning } = readExplanation(code)!;
      expect(title).toMatch(/^[^.]{4,70}$/);
      expect(meaning.length, `TSBPF${code}`).toBeGreaterThan(20);
    }
  });

  it('are there for every exported factory', () => {
    const exported = Object.values(factories).flatMap((value) =>
      typeof value === 'function' && 'code' in value ? [value.code] : [],
    );
    expect([...exported].sort((a, b) => a - b)).toEqual(codes);
  });

  it.for(codes.map((code) => [`TSBPF${code}`, code] as const))(
    '%s has a title, a meaning and two examples',
    ([, code]) => {
      const { title, meaning, wrong, right } = readExplanation(code)!;
      expect(title).toMatch(/^[^.]{4,70}$/);
      expect(meaning.length).toBeGreaterThan(40);
      expect(wrong?.language).toBe(shown.has(code) ? 'sh' : 'ts');
      expect(right?.language).toMatch(/^(ts|sh)$/);
    },
  );
});

describe('wrong examples', () => {
  it.for(examples.map((code) => [`TSBPF${code}`, code] as const))('%s', async ([name, code]) => {
    const { diagnostics, text } = await compileExample(readExplanation(code)!.wrong!);
    const found = new Set(diagnostics.map(diagnosticCode));
    expect([...found], text).toEqual([name]);
  });
});

describe('right examples', () => {
  const right = codes.filter((code) => readExplanation(code)?.right?.language === 'ts');
  it.for(right.map((code) => [`TSBPF${code}`, code] as const))('%s', async ([, code]) => {
    const { object, text } = await compileExample(readExplanation(code)!.right!);
    expect(text).toBe('');
    expect(object).toBeDefined();
  });
});
