/** What a refused load means: a verdict of the verifier, a lacking privilege, a lacking feature, or libbpf's words. */
import { constants } from 'node:os';
import {
  errnoText,
  PermissionError,
  systemError,
  TsbpfError,
  UnsupportedFeatureError,
  VerifierError,
} from './errors.js';
import { hasHelper, requireMapType } from './features.js';
import type { ObjectFile } from './object-file.js';
import { ProgramType } from './program.js';
import type { LineRecord } from '../compiler/object/btf-ext.js';
import { countVisits, readVerifierLog, type VerifierFinding } from './verifier-log.js';
import { busiestLoops, type Loop } from './verifier-loops.js';

/** Words of libbpf that only repeat that the load failed, or list all types of an object whose BTF the kernel refuses. */
const REPETITION =
  /^(\[\d+\] |\t|magic: |version: |flags: |(?:hdr|type|str)_(?:len|off): |btf_total_size: |failed to load object|prog '.*': failed to load: |prog '.*': BPF program load failed|-- (BEGIN|END) )/;

const XDP_LOAD_BYTES = 189;

/** What the kernel and libbpf say against a program. */
export interface Refusal {
  /** Positive. */
  readonly errno: number;
  /** The verifier's, maybe empty. */
  readonly log: string;
  /** libbpf's warnings. */
  readonly messages: readonly string[];
  /** The log with the way through the program, where `log` has only the reason. */
  readonly path?: string;
}

/** The error for a program that was not loaded. */
export function loadError(file: ObjectFile, program: string, refusal: Refusal): TsbpfError {
  const { errno, log, messages } = refusal;
  if (errno === constants.errno.EAGAIN) return interrupted(program);
  if (log.trim() !== '') return verifierError(file, program, refusal);
  const map = refusedMap(messages);
  if (map) return mapError(map.errno, map.name, file.hasMap(map.name) ? file.map(map.name).type : 0, []);
  const general = systemError(errno, 'load program', program);
  if (general instanceof PermissionError) return general;
  if (lacksBuffers(file, program))
    return new UnsupportedFeatureError({
      feature: 'XDP programs for packets in several buffers (`frags`)',
      ...{ needs: 'Linux 5.18', operation: 'load program', subject: program },
    });
  return new TsbpfError(
    withMessages(`Cannot load program '${program}': ${errnoText(errno)} (${general.code}).`, messages),
    {
      code: general.code,
      operation: 'load program',
      subject: program,
      hint: messages.some((message) => /kallsyms|vmlinux|BTF/.test(message))
        ? 'Its kernel function or type is not in this kernel, or the kernel has no BTF: `tsbpf doctor` says what it has.'
        : programHints[general.code],
    },
  );
}

/** The verifier gives up when a signal comes (bpf_check in kernel/bpf/verifier.c), and libbpf after five attempts. */
function interrupted(program: string): TsbpfError {
  return new TsbpfError(
    `Cannot load program '${program}': signals came each time that the verifier followed it (EAGAIN).`,
    {
      code: 'EAGAIN',
      operation: 'load program',
      subject: program,
      hint: 'A profiler sends them, as `node --cpu-prof` does, and timers of setitimer(2): load the program without, or before they start.',
    },
  );
}

/** Whether the kernel refuses a program since it has XDP programs for one buffer alone; both came in one release. */
function lacksBuffers(file: ObjectFile, program: string): boolean {
  return file.sectionOf(program).startsWith('xdp.frags') && hasHelper(ProgramType.xdp, XDP_LOAD_BYTES) === false;
}

/** The map that libbpf could not create, which ends the load of the program that uses it. */
function refusedMap(messages: readonly string[]): { readonly name: string; readonly errno: number } | undefined {
  for (const message of messages) {
    const [, name, errno] = /^map '(.+)': failed to create: .*\(-(\d+)\)/m.exec(message) ?? [];
    if (name !== undefined) return { name, errno: Number(errno) };
  }
  return undefined;
}

/** What the bpf system call means where it refuses a program without a word of the verifier. */
const programHints: Readonly<Record<string, string>> = {
  E2BIG: 'A program may have a million instructions, 4096 without CAP_BPF: unroll less, and call functions.',
  EINVAL:
    'This kernel may lack the type of program, or a helper or map type that it uses: `tsbpf doctor` says what it has.',
  ENOMEM: 'The memory that the process, its control group or RLIMIT_MEMLOCK allows is used up.',
};

/** ENOSPC speaks of the log, which was longer than its buffer; the program has so many instructions to be followed. */
const TRUNCATED = constants.errno.ENOSPC;

function verifierError(file: ObjectFile, program: string, { errno, log, path }: Refusal): VerifierError {
  const finding = readVerifierLog(log);
  const { summary, explanation } = finding;
  const loops = explanation?.loops ? loopsOf(file, program, path ?? log) : [];
  return new VerifierError({
    code: errno === TRUNCATED ? 'E2BIG' : systemError(errno, 'load program', program).code,
    operation: 'load program',
    subject: program,
    program,
    summary,
    log,
    ...(loops[0] ? placeOfLoop(loops[0]) : placeOfFinding(file, program, finding)),
    explanation: explanation && [explanation.meaning, ...describeLoops(loops)].join(' '),
    hint: explanation?.advice,
  });
}

interface Place {
  readonly sourceLine: string | undefined;
  readonly sourceText: string | undefined;
}

function placeOfFinding(file: ObjectFile, program: string, finding: VerifierFinding): Place {
  const line = finding.instruction === undefined ? undefined : file.lineOf(program, finding.instruction);
  const place = finding.place ?? line;
  const column = line && (!finding.place || finding.place.line === line.line) ? `:${line.column}` : '';
  return {
    sourceLine: place && `${place.file}:${place.line}${column}`,
    sourceText: finding.text ?? (line?.text || undefined),
  };
}

interface SourceLoop extends Loop {
  readonly line: LineRecord;
}

/** The busiest loop and those around it, each with the line that it begins in. */
function loopsOf(file: ObjectFile, program: string, log: string): readonly SourceLoop[] {
  const code = file.programs.find(({ name }) => name === program)?.instructions;
  const found: SourceLoop[] = [];
  for (const loop of code ? busiestLoops(code, countVisits(log)) : []) {
    const line = lineOfLoop(file, program, loop, found);
    if (line) found.push({ ...loop, line });
  }
  return found;
}

/** Of the lines that a loop's instructions come from, the first that says `for` or the like, and begins no loop within. */
function lineOfLoop(
  file: ObjectFile,
  program: string,
  { first, last }: Loop,
  within: readonly SourceLoop[],
): LineRecord | undefined {
  const lines = Array.from({ length: last - first + 1 }, (_, index) => file.lineOf(program, first + index));
  return lines
    .filter((line) => line !== undefined)
    .filter(({ text }) => /\b(for|while|do|loop|forEach)\b/.test(text))
    .filter(({ line }) => within.every((inner) => inner.line.line !== line))
    .sort((a, b) => a.line - b.line)[0];
}

function placeOfLoop({ line }: SourceLoop): Place {
  return { sourceLine: `${line.file}:${line.line}:${line.column}`, sourceText: line.text || undefined };
}

function describeLoops([innermost, ...around]: readonly SourceLoop[]): string[] {
  if (!innermost) return [];
  const rounds = innermost.rounds === undefined ? '' : `, which goes round ${innermost.rounds} times`;
  const outer = around.map(
    ({ line, rounds: count }) => `line ${line.line}${count === undefined ? '' : ` (${count} times)`}`,
  );
  return [
    `Most of it is the loop in line ${innermost.line.line}${rounds}${outer.length > 0 ? `, inside the loop in ${outer.join(', inside that in ')}` : ''}.`,
  ];
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
    hint: mapHints[general.code],
  });
}

/** What the bpf system call means where it refuses a map: bpf(2) and `map_alloc` of each type in kernel/bpf. */
const mapHints: Readonly<Record<string, string>> = {
  E2BIG:
    'Its keys, values or entries are more than the kernel allows a map: ask for fewer entries (maxEntries), or make the value smaller.',
  ENOMEM:
    'There is no memory for it, or the control group or RLIMIT_MEMLOCK allows no more: ask for fewer entries (maxEntries).',
  EINVAL:
    'This kernel may lack the type of map or one of its flags, or maxEntries is not what the type takes (a RingBuffer takes a power of two, of pages).',
  ENOTSUPP:
    'This kernel cannot describe such a type in BTF, or lacks what the map is made of: `tsbpf doctor` says what it has.',
};

function withMessages(sentence: string, messages: readonly string[]): string {
  const useful = messages
    .flatMap((message) => message.split('\n'))
    .filter((message) => message && !REPETITION.test(message));
  return useful.length > 0 ? `${sentence} libbpf says: ${useful.join('; ')}.` : sentence;
}
