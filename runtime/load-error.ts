/** What a refused load means: a verdict of the verifier, a lacking privilege, a lacking feature, or libbpf's words. */
import { errnoText, PermissionError, systemError, TsbpfError, VerifierError } from './errors.js';
import { requireMapType } from './features.js';
import type { ObjectFile } from './object-file.js';
import { readVerifierLog } from './verifier-log.js';

/** Words of libbpf that only repeat that the load failed. */
const REPETITION =
  /^(failed to load object|prog '.*': failed to load: |prog '.*': BPF program load failed|-- (BEGIN|END) )/;

/**
 * The error for a program that was not loaded.
 *
 * @param errno positive.
 * @param log the verifier's, maybe empty.
 * @param messages libbpf's warnings.
 */
export function loadError(
  errno: number,
  file: ObjectFile,
  program: string,
  log: string,
  messages: readonly string[],
): TsbpfError {
  if (log.trim() !== '') return verifierError(errno, file, program, log);
  const general = systemError(errno, 'load program', program);
  if (general instanceof PermissionError) return general;
  return new TsbpfError(
    withMessages(`Cannot load program '${program}': ${errnoText(errno)} (${general.code}).`, messages),
    {
      code: general.code,
      operation: 'load program',
      subject: program,
      hint: messages.some((message) => /kallsyms|vmlinux|BTF/.test(message))
        ? '`tsbpf doctor` says what this kernel has.'
        : undefined,
    },
  );
}

function verifierError(errno: number, file: ObjectFile, program: string, log: string): VerifierError {
  const finding = readVerifierLog(log);
  const line = finding.instruction === undefined ? undefined : file.lineOf(program, finding.instruction);
  const place = finding.place ?? line;
  const column = line && finding.place?.line === line.line ? `:${line.column}` : '';
  return new VerifierError({
    code: systemError(errno, 'load program', program).code,
    operation: 'load program',
    subject: program,
    program,
    summary: finding.summary,
    log,
    sourceLine: place && `${place.file}:${place.line}${finding.place ? column : line ? `:${line.column}` : ''}`,
    sourceText: finding.text ?? (line?.text || undefined),
    explanation: finding.explanation,
  });
}

/**
 * The error for a map that was not created.
 *
 * @param errno positive.
 * @param type a number of `MapType`.
 */
export function mapError(errno: number, name: string, type: number, messages: readonly string[]): TsbpfError {
  const general = systemError(errno, 'create map', name);
  if (general.code === 'EPERM' && process.geteuid?.() !== 0) return general;
  if (general.code === 'EINVAL') requireMapType(type, name);
  if (general instanceof PermissionError) {
    return new PermissionError(
      withMessages(`Cannot create map '${name}': ${errnoText(errno)} (${general.code}).`, messages),
      {
        code: general.code,
        operation: 'create map',
        subject: name,
        hint: general.hint,
      },
    );
  }
  return new TsbpfError(withMessages(`Cannot create map '${name}': ${errnoText(errno)} (${general.code}).`, messages), {
    code: general.code,
    operation: 'create map',
    subject: name,
    hint: general.code === 'E2BIG' || general.code === 'ENOMEM' ? 'Ask for fewer entries (maxEntries).' : undefined,
  });
}

function withMessages(sentence: string, messages: readonly string[]): string {
  const useful = messages
    .flatMap((message) => message.split('\n'))
    .filter((message) => message && !REPETITION.test(message));
  return useful.length > 0 ? `${sentence} libbpf says: ${useful.join('; ')}.` : sentence;
}
