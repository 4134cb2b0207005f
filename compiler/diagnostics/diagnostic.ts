/**
 * What every refusal is made of: an exported factory, its stable code, a message in the user's terms, and a hint
 * that can be followed. The factories stand in the files beside this one, grouped by stage.
 */
import { ts } from '../typescript.js';

export interface Diagnostic extends ts.Diagnostic {
  /** `'tsbpf'` for ours (`TSBPF1001`), absent for TypeScript's own (`TS2322`). */
  readonly source?: string;
  /** What to write instead. */
  readonly hint?: string;
}

/** Where a diagnostic points: a node, or a span in a file, or no place at all. */
export type Place =
  ts.Node | { readonly file: ts.SourceFile; readonly start: number; readonly length: number } | undefined;

export interface Text {
  readonly message: string;
  readonly hint?: string;
}

/** A factory remembers its code, so that tests and `tsbpf explain` name it. */
export interface DiagnosticFactory<Arguments extends readonly unknown[]> {
  (place: Place, ...details: Arguments): Diagnostic;
  readonly code: number;
}

const registered = new Map<number, DiagnosticFactory<never>>();

/**
 * Declares one refusal.
 *
 * @param code the number after `TSBPF`; serial within its file, never given to another meaning.
 * @param describe makes the message and the hint from the details.
 */
export function error<Arguments extends readonly unknown[]>(
  code: number,
  describe: (...details: Arguments) => Text,
): DiagnosticFactory<Arguments> {
  return create(code, ts.DiagnosticCategory.Error, describe);
}

/** Declares one warning; as `error` in all else. */
export function warning<Arguments extends readonly unknown[]>(
  code: number,
  describe: (...details: Arguments) => Text,
): DiagnosticFactory<Arguments> {
  return create(code, ts.DiagnosticCategory.Warning, describe);
}

/** Declares a note, which says what was done; as `error` in all else. */
export function note<Arguments extends readonly unknown[]>(
  code: number,
  describe: (...details: Arguments) => Text,
): DiagnosticFactory<Arguments> {
  return create(code, ts.DiagnosticCategory.Message, describe);
}

/** Every declared code, for `tsbpf explain` and for the test that no code is given twice. */
export function registeredCodes(): readonly number[] {
  return [...registered.keys()].sort((a, b) => a - b);
}

function create<Arguments extends readonly unknown[]>(
  code: number,
  category: ts.DiagnosticCategory,
  describe: (...details: Arguments) => Text,
): DiagnosticFactory<Arguments> {
  if (registered.has(code)) throw new Error(`diagnostic code ${code} is declared twice`);
  const factory = (place: Place, ...details: Arguments): Diagnostic => {
    const { message, hint } = describe(...details);
    return { source: 'tsbpf', category, code, messageText: message, ...span(place), ...(hint ? { hint } : {}) };
  };
  const result = Object.assign(factory, { code });
  registered.set(code, result as unknown as DiagnosticFactory<never>);
  return result;
}

function span(place: Place): Pick<ts.Diagnostic, 'file' | 'start' | 'length'> {
  if (place === undefined) return { file: undefined, start: undefined, length: undefined };
  if (!('kind' in place)) return place;
  const file = place.getSourceFile();
  const start = place.getStart(file);
  return { file, start, length: Math.max(1, place.getEnd() - start) };
}
