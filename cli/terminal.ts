/** How the command line speaks: colour where a person reads, plain text in pipes, errors in one form. */
import { createColors } from 'picocolors';
import type { CommandError } from './status.js';

/** Options that every command has. */
export interface OutputOptions {
  /** True with `--color`, false with `--no-color`, undefined where the terminal decides. */
  readonly color?: boolean;
  readonly json?: boolean;
}

/**
 * Whether to colour what is written to a stream.
 *
 * @param choice what the user chose on the command line.
 */
export function useColor(stream: { readonly isTTY?: boolean }, choice: boolean | undefined): boolean {
  if (choice !== undefined) return choice;
  if (process.env['NO_COLOR']) return false;
  const forced = process.env['FORCE_COLOR'];
  if (forced !== undefined && forced !== '') return forced !== '0';
  return stream.isTTY === true && process.env['TERM'] !== 'dumb';
}

export interface ErrorText {
  /** `'TSBPF3001'`, `'ENOENT'`. */
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
  /** `file:line:column`. */
  readonly place?: string | undefined;
}

export function commandErrorText(error: CommandError): ErrorText {
  return { code: `TSBPF${error.code}`, message: error.message, hint: error.hint };
}

/** Writes an error that no diagnostic is: for people to standard error, as JSON to standard output. */
export function reportError(error: ErrorText, { color, json }: OutputOptions): void {
  if (json) {
    writeRecord({ code: error.code, category: 'error', message: error.message, hint: error.hint });
    return;
  }
  const paint = createColors(useColor(process.stderr, color));
  const hint = error.hint ? `  ${paint.cyanBright('hint:')} ${error.hint}\n` : '';
  const place = error.place ? `${paint.cyanBright(error.place)} - ` : '';
  process.stderr.write(`${place}${paint.redBright('error')} ${paint.gray(`${error.code}:`)} ${error.message}\n${hint}`);
}

/** One JSON object on a line of its own. */
export function writeRecord(record: object, stream: NodeJS.WritableStream = process.stdout): void {
  stream.write(`${JSON.stringify(record)}\n`);
}
