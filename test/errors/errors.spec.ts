/** Every program in programs/ is refused exactly as its comments say: no diagnostic more, none less. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { registeredCodes, toRecord, type DiagnosticRecord } from '../../compiler/diagnostics/index.js';
import { compile, type CompilerOptions } from '../../compiler/index.js';
import { readExpectations, type Expectation } from './expectations.js';

const folder = path.join(import.meta.dirname, 'programs');
const programs = readdirSync(folder).filter((name) => name.endsWith('.ts'));

describe('refused programs', () => {
  it.for(programs)('%s', async (name) => {
    const file = path.join(folder, name);
    const expected = readExpectations(readFileSync(file, 'utf8'));
    if (expected.length === 0) throw new Error('the program expects nothing');
    const compilation = await compile(file, optionsOf(readFileSync(file, 'utf8')));
    compilation.object();
    const { diagnostics } = compilation;
    const found = diagnostics.map((diagnostic) => toRecord(diagnostic, folder));
    expect(describeDifference(expected, found)).toEqual([]);
    expect(found.filter(({ code, hint }) => code.startsWith('TSBPF') && !hint).map(({ code }) => code)).toEqual([]);
  });

  it('use codes that exist', () => {
    const known = new Set(registeredCodes());
    const used = programs.flatMap((name) => readExpectations(readFileSync(path.join(folder, name), 'utf8')));
    const ours = used.flatMap(({ code }) => (code.startsWith('TSBPF') ? [Number(code.slice('TSBPF'.length))] : []));
    expect(ours.filter((code) => !known.has(code))).toEqual([]);
  });
});

/** Codes that no program has for itself: of missing files, slow builds, machines and kernels. The tests that provoke them. */
const elsewhere: Readonly<Record<number, string>> = {
  1000: 'open/open.spec.ts',
  1001: 'open/open.spec.ts',
  1002: 'open/open.spec.ts',
  1003: 'open/open.spec.ts',
  1005: 'open/open.spec.ts',
  1006: 'open/whole-file.spec.ts',
  1007: 'cli/build.spec.ts',
  1008: 'cli/types.spec.ts',
  1009: 'cli/types.spec.ts',
  1203: 'evaluate/refused.spec.ts',
  1402: 'pcap/expression.spec.ts',
  1631: 'errors/target.spec.ts',
  1632: 'errors/target.spec.ts',
  1800: 'errors/machine.spec.ts',
  1801: 'errors/machine.spec.ts',
  1802: 'errors/machine.spec.ts',
};

it('every code of the compiler has a program, or a test elsewhere', () => {
  const texts = programs.map((name) => readFileSync(path.join(folder, name), 'utf8'));
  const provoked = new Set(texts.flatMap((text) => readExpectations(text).map(({ code }) => code)));
  const without = registeredCodes().filter((code) => !provoked.has(`TSBPF${code}`));
  expect(without.filter((code) => !(code in elsewhere))).toEqual([]);
  for (const [code, file] of Object.entries(elsewhere)) {
    expect(readFileSync(path.join(import.meta.dirname, '..', file), 'utf8'), file).toMatch(
      new RegExp(`\\b(TSBPF)?${code}\\b`),
    );
  }
});

/** What stands in a program's first line, `// OPTIONS: --target 5.10`, is given to the compiler. */
function optionsOf(text: string): Partial<CompilerOptions> {
  const [, major, minor] = /^\/\/ OPTIONS: --target (\d+)\.(\d+)$/m.exec(text) ?? [];
  return major === undefined ? {} : { target: [Number(major), Number(minor)] };
}

/** Pairs them off, and describes what is left on either side. */
function describeDifference(expected: readonly Expectation[], found: readonly DiagnosticRecord[]): readonly string[] {
  const left = [...found];
  const missing: string[] = [];
  for (const expectation of expected) {
    const index = left.findIndex((record) => matches(expectation, record));
    if (index >= 0) left.splice(index, 1);
    else missing.push(`missing: ${place(expectation)} ${expectation.code} ${expectation.message.source}`);
  }
  return [...missing, ...left.map((record) => `unexpected: ${place(record)} ${record.code} ${record.message}`)];
}

function matches({ line, column, length, code, message }: Expectation, record: DiagnosticRecord): boolean {
  const samePlace = record.line === line && record.column === column;
  // The length of a span over several lines can't be drawn.
  const oneLine = record.line === record.endLine;
  const sameLength = length === undefined || (oneLine && (record.endColumn ?? 0) - (record.column ?? 0) === length);
  return samePlace && sameLength && record.code === code && message.test(record.message);
}

function place({ line, column }: { readonly line?: number; readonly column?: number }): string {
  return line === undefined ? '-' : `${line}:${column}`;
}
