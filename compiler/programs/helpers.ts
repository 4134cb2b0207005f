/**
 * The kernel's helper functions as the compiler sees them: what each C parameter is, and which of them the programmer writes.
 *
 * The rows come from linux/bpf.h (scripts/generate/helpers.mjs) and are decoded one helper at a time, on demand.
 */
import { rows } from './helpers-table.generated.js';

/** What a C parameter is to the verifier; what is written about each in scripts/generate/helper-facts.mjs. */
export type HelperParameterKind =
  | 'context'
  | 'map'
  | 'key'
  | 'value'
  | 'value-out'
  | 'scalar'
  | 'memory-in'
  | 'memory-out'
  | 'memory-inout'
  | 'string'
  | 'size'
  | 'pointer'
  | 'record'
  | 'lock'
  | 'timer'
  | 'slot'
  | 'dynptr'
  | 'dynptr-out'
  | 'callback'
  | 'callback-context'
  | 'varargs';

export interface HelperParameter {
  /** The C name. */
  readonly name: string;
  /** The C type, `const void *`. */
  readonly cType: string;
  readonly kind: HelperParameterKind;
  /** C accepts NULL here; the TypeScript argument may be `undefined`. */
  readonly nullable: boolean;
  /** Trailing flags that may be left out and are then 0. */
  readonly flags: boolean;
  /** Whether the programmer writes an argument for it; lengths, outputs and callback contexts are the compiler's. */
  readonly written: boolean;
  /** For memory whose length the kernel knows without being told, in bytes. */
  readonly bytes?: number;
  /** For memory and strings: the index of the parameter that takes its length. */
  readonly sizeParameter?: number;
  /** For `size`: the index of the memory it is the length of; undefined where it is the length of the result. */
  readonly sizeOf?: number;
  /** For `memory-out`: how TypeScript sees what is filled in. */
  readonly outputType?: 'value' | 'chars' | 'bytes';
}

export interface HelperResult {
  readonly cType: string;
  /** `output`: what the helper filled in; `element`: a map value or record that may be NULL; `pointer`: an address. */
  readonly kind: 'void' | 'scalar' | 'pointer' | 'element' | 'output';
  /** For `output`: the index of the parameter that is filled in. */
  readonly output?: number;
}

export interface Helper {
  /** `get_current_pid_tgid`: the kernel's name without `bpf_`. */
  readonly name: string;
  /** `getCurrentPidTgid`: the member of `bpf`. */
  readonly camelName: string;
  readonly number: number;
  /** `'4.2'`: the first release that has it. */
  readonly firstKernel: string;
  /** Only programs with a GPL-compatible license may call it (Linux 6.1 and 6.2). */
  readonly gplOnly: boolean;
  readonly parameters: readonly HelperParameter[];
  readonly result: HelperResult;
}

const KINDS: Readonly<Record<string, HelperParameterKind>> = {
  flags: 'scalar',
  in: 'memory-in',
  out: 'memory-out',
  inout: 'memory-inout',
  chars: 'memory-out',
  bytes: 'memory-out',
  valueOut: 'value-out',
  dynptrOut: 'dynptr-out',
  callbackContext: 'callback-context',
};

const UNWRITTEN: ReadonlySet<HelperParameterKind> = new Set(['size', 'memory-out', 'value-out', 'callback-context']);

function decodeParameter(text: string, index: number, all: readonly string[]): HelperParameter {
  const [name = '', cType = '', word = ''] = text.split(':');
  const [, base = '', length = '', nullable = ''] = /^([a-zA-Z]+)(\d*)(\??)$/.exec(word) ?? [];
  const kind = KINDS[base] ?? (base as HelperParameterKind);
  const isMemory = kind.startsWith('memory') || kind === 'string';
  const outputType = base === 'chars' || base === 'bytes' ? base : 'value';
  return {
    name,
    cType,
    kind,
    nullable: nullable !== '',
    flags: base === 'flags',
    written: !UNWRITTEN.has(kind),
    ...(length && { bytes: Number(length) }),
    ...(isMemory && wordOf(all[index + 1]) === 'size' && { sizeParameter: index + 1 }),
    ...(kind === 'size' && isMemoryWord(wordOf(all[index - 1])) && { sizeOf: index - 1 }),
    ...(kind === 'memory-out' && { outputType }),
  };
}

const wordOf = (text: string | undefined): string => text?.split(':')[2] ?? '';

const isMemoryWord = (word: string): boolean => /^(in|out|inout|chars|bytes|string)\d*\??$/.test(word);

function decodeResult(cType: string, override: string, parameters: readonly HelperParameter[]): HelperResult {
  const output = parameters.findIndex(({ kind }) => kind === 'memory-out' || kind === 'value-out');
  if (output >= 0) return { cType, kind: 'output', output };
  if (override === 'pointer') return { cType, kind: 'pointer' };
  if (cType === 'void *' && parameters[0]?.kind === 'map') return { cType, kind: 'element' };
  if (cType.endsWith('*')) return { cType, kind: 'pointer' };
  return { cType, kind: cType === 'void' ? 'void' : 'scalar' };
}

function decode(row: string): Helper {
  const [number, name = '', firstKernel = '', license, cType = '', override = '', shape = ''] = row.split('|');
  const parameters = shape === '' ? [] : shape.split(';').map(decodeParameter);
  return {
    name,
    camelName: camelName(name),
    number: Number(number),
    firstKernel,
    gplOnly: license === 'GPL',
    parameters,
    result: decodeResult(cType, override, parameters),
  };
}

const camelName = (name: string): string => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

let rowsByName: ReadonlyMap<string, string> | undefined;

function index(): ReadonlyMap<string, string> {
  rowsByName ??= new Map(rows.split('\n').map((row) => [camelName(row.split('|')[1]!), row]));
  return rowsByName;
}

/**
 * Looks a helper up by the name it has as a member of `bpf`.
 *
 * @param name `getCurrentPidTgid`
 * @returns undefined where the kernel's UAPI header has no such helper.
 */
export function findHelper(name: string): Helper | undefined {
  const row = index().get(name);
  return row === undefined ? undefined : decode(row);
}

/** The helper of a number; undefined for a number that has none. */
export function findHelperByNumber(number: number): Helper | undefined {
  const row = rows.split('\n').find((candidate) => candidate.startsWith(`${number}|`));
  return row === undefined ? undefined : decode(row);
}

/** The kernel's name of a helper by its number, `map_lookup_elem` for 1; undefined for a number that has none. */
export function helperName(number: number): string | undefined {
  return findHelperByNumber(number)?.name;
}

/** The names of all helpers as members of `bpf`, in the order of their numbers. */
export function helperNames(): readonly string[] {
  return [...index().keys()];
}

/** The width and sign of an integer C type of a helper's parameter or result; 64 signed bits for `long`. */
export function scalarType(cType: string): { readonly bits: 16 | 32 | 64; readonly signed: boolean } {
  switch (cType) {
    case 'u16':
    case '__be16':
      return { bits: 16, signed: false };
    case 'u32':
    case '__be32':
    case '__wsum':
      return { bits: 32, signed: false };
    case 'int':
    case 's32':
      return { bits: 32, signed: true };
    case 'u64':
    case 'size_t':
      return { bits: 64, signed: false };
    default:
      return { bits: 64, signed: true };
  }
}
