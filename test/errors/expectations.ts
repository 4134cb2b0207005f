/**
 * What a program with mistakes says of itself, in comments. Below the line with the mistake:
 *
 *     let x = 1.5 + ctx.len;
 *     //      ^^^ TSBPF4001: no fraction
 *
 * The caret, or the first of several, stands under the column where the diagnostic begins; a row of them gives its
 * length too. Then comes its code, and after the colon a regular expression that the message has to match. Where the
 * comment's own slashes are in the way, or for a diagnostic without a place: `// ERROR: line:column TSBPF4001 message`,
 * with `-` for no place.
 */

export interface Expectation {
  /** From 1; undefined where the diagnostic has no place. */
  readonly line?: number;
  readonly column?: number;
  /** Characters; undefined where one caret says only where it begins. */
  readonly length?: number;
  /** `'TSBPF4001'`, `'TS2322'`. */
  readonly code: string;
  readonly message: RegExp;
}

const carets = /^\s*\/\/\s*(\^+)\s*(TS(?:BPF)?\d+)(?::\s*(.*?))?\s*$/;
const explicit = /^\s*\/\/ ERROR: (?:(\d+):(\d+)|-) (TS(?:BPF)?\d+)(?:\s+(.*?))?\s*$/;

/** @throws {Error} where a comment begins like an expectation and is none: it would silently expect nothing. */
export function readExpectations(text: string): readonly Expectation[] {
  const expectations: Expectation[] = [];
  let code = 0;
  text.split('\n').forEach((line, index) => {
    const caret = carets.exec(line);
    const written = explicit.exec(line);
    if (caret) expectations.push(fromCarets(caret, line, code));
    else if (written) expectations.push(fromText(written));
    else if (/^\s*\/\/\s*(\^|ERROR\b)/.test(line))
      throw new Error(`line ${index + 1} is no expectation: ${line.trim()}`);
    else code = index + 1;
  });
  return expectations;
}

function fromCarets([, row = '', code = '', message = '']: RegExpExecArray, text: string, line: number): Expectation {
  const length = row.length > 1 ? { length: row.length } : {};
  return { line, column: text.indexOf('^') + 1, ...length, code, message: new RegExp(message) };
}

function fromText([, line, column, code = '', message = '']: RegExpExecArray): Expectation {
  const place = line === undefined ? {} : { line: Number(line), column: Number(column) };
  return { ...place, code, message: new RegExp(message) };
}
