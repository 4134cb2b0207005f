/** Every program in programs/ is refused exactly as its comments say: no diagnostic more, none less. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { registeredCodes, toRecord, type DiagnosticRecord } from '../../compiler/diagnostics/index.js';
import { compile } from '../../compiler/index.js';
import { readExpectations, type Expectation } from './expectations.js';

const folder = path.join(import.meta.dirname, 'programs');
const programs = readdirSync(folder).filter((name) => name.endsWith('.ts'));

describe('refused programs', () => {
  it.for(programs)('%s', async (name) => {
    const file = path.join(folder, name);
    const expected = readExpectations(readFileSync(file, 'utf8'));
    if (expected.length === 0) throw new Error('the program expects nothing');
    const compilation = await compile(file);
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
