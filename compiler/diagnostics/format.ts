/** Diagnostics as text for people, in the manner of tsc, and as JSON for programs. */
import { ts } from '../typescript.js';
import path from 'node:path';
import type { Diagnostic } from './diagnostic.js';

/** A diagnostic as `--json` prints it, one object a line; line and column count from 1. */
export interface DiagnosticRecord {
  readonly code: string;
  readonly category: 'error' | 'warning' | 'suggestion' | 'message';
  readonly message: string;
  readonly hint?: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly endLine?: number;
  readonly endColumn?: number;
}

export function diagnosticCode(diagnostic: Diagnostic): string {
  return `${diagnostic.source === 'tsbpf' ? 'TSBPF' : 'TS'}${diagnostic.code}`;
}

/** @param directory what file names are made relative to. */
export function toRecord(diagnostic: Diagnostic, directory: string): DiagnosticRecord {
  const { file, start, length, hint } = diagnostic;
  const record = {
    code: diagnosticCode(diagnostic),
    category: ts.DiagnosticCategory[diagnostic.category].toLowerCase() as DiagnosticRecord['category'],
    message: ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'),
    ...(hint ? { hint } : {}),
  };
  if (!file || start === undefined) return record;
  const from = file.getLineAndCharacterOfPosition(start);
  const to = file.getLineAndCharacterOfPosition(start + (length ?? 0));
  return {
    ...record,
    file: displayPath(file.fileName, directory),
    line: from.line + 1,
    column: from.character + 1,
    endLine: to.line + 1,
    endColumn: to.character + 1,
  };
}

export interface FormatOptions {
  readonly directory: string;
  readonly color: boolean;
}

/** All diagnostics, sorted by file and place, each with its code frame and hint, ending with a count. */
export function formatDiagnostics(diagnostics: readonly Diagnostic[], options: FormatOptions): string {
  const sorted = sortDiagnostics(diagnostics);
  const blocks = sorted.map((diagnostic) => formatDiagnostic(diagnostic, options));
  const errors = sorted.filter((diagnostic) => diagnostic.category === ts.DiagnosticCategory.Error).length;
  if (errors > 0) blocks.push(`Found ${errors} error${errors === 1 ? '' : 's'}.\n`);
  return blocks.join('\n');
}

/** Sorted by file and place; one of each where a line was reached twice. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  return [...diagnostics]
    .sort(
      (a, b) =>
        compare(a.file?.fileName ?? '', b.file?.fileName ?? '') || (a.start ?? 0) - (b.start ?? 0) || a.code - b.code,
    )
    .filter((diagnostic) => {
      const text = ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n');
      const key = `${diagnostic.file?.fileName}:${diagnostic.start}:${diagnostic.code}:${text}`;
      return !seen.has(key) && seen.add(key);
    });
}

function formatDiagnostic(diagnostic: Diagnostic, { directory, color }: FormatOptions): string {
  const paint = (code: number, text: string) => (color ? `\u001b[${code}m${text}\u001b[0m` : text);
  const record = toRecord(diagnostic, directory);
  const word = record.category === 'message' ? 'note' : record.category;
  const category = paint(record.category === 'error' ? 91 : record.category === 'message' ? 94 : 93, word);
  const place = record.file
    ? `${paint(96, record.file)}:${paint(93, String(record.line))}:${paint(93, String(record.column))} - `
    : '';
  let text = `${place}${category} ${paint(90, `${record.code}:`)} ${record.message}\n`;
  if (diagnostic.file && diagnostic.start !== undefined) text += codeFrame(diagnostic, paint);
  if (record.hint) text += `  ${paint(96, 'hint:')} ${record.hint}\n`;
  return text;
}

function codeFrame(diagnostic: Diagnostic, paint: (code: number, text: string) => string): string {
  const { file, start = 0, length = 1 } = diagnostic;
  const { line, character } = file!.getLineAndCharacterOfPosition(start);
  const lines = file!.text.split(/\r?\n/);
  const source = (lines[line] ?? '').slice(0, 240);
  const number = String(line + 1);
  const width = Math.max(1, Math.min(length, source.length - character));
  const pad = source.slice(0, character).replace(/[^\t]/g, ' ');
  return `\n${paint(7, number)} ${source}\n${paint(7, ' '.repeat(number.length))} ${pad}${paint(91, '~'.repeat(width))}\n`;
}

function displayPath(fileName: string, directory: string): string {
  const relative = path.relative(directory, fileName);
  return relative === '' || relative.startsWith('../../..') ? fileName : relative;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
