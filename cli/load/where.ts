/** Which programs of an object are attached, and where: by their sections, and by what the command line says. */
import { findNear } from '../../compiler/open/near.js';
import type { AttachOptions } from '../../runtime/attach/attach.js';
import type { LoadFlags } from '../commands/load.js';
import { badWhere, notAttachable, nothingToAttach, programMissing, whereMissing } from '../status.js';
import type { Subject } from './object.js';

/** One program, and what `attach` is to be told of it. */
export interface Attachment {
  readonly program: string;
  /** A socket filter has a socket of its own, on an interface or on all. */
  readonly socket?: true;
  readonly options: AttachOptions;
}

interface SectionedProgram {
  readonly name: string;
  readonly section: string;
}

type WhereFlags = Pick<LoadFlags, 'attach' | 'interface' | 'mode' | 'direction'>;

interface Request {
  readonly program: SectionedProgram;
  /** What follows the name on the command line. */
  readonly where: string | undefined;
  readonly flags: WhereFlags;
  /** What the source says of a tc program. */
  readonly direction: 'ingress' | 'egress' | undefined;
}

const modes = ['auto', 'generic', 'native', 'offload'] as const;
const directions = ['ingress', 'egress'] as const;

/**
 * @param programs of the object.
 * @throws CommandError for names that the object has not, and for programs that do not say where to.
 */
export function chooseAttachments(
  { name, directions: said }: Pick<Subject, 'name' | 'directions'>,
  programs: readonly SectionedProgram[],
  flags: WhereFlags,
): Attachment[] {
  const wanted = flags.attach.filter((text) => text !== '').map(splitWhere);
  if (programs.length === 0) throw nothingToAttach(name);
  const all = programs.map((program) => program.name);
  for (const { program } of wanted) {
    if (!all.includes(program)) throw programMissing(name, program, findNear(program, all), all);
  }
  const chosen = wanted.length > 0 ? wanted : all.map((program) => ({ program, where: undefined }));
  return chosen.map(({ program, where }) =>
    attachmentOf({
      program: programs.find((candidate) => candidate.name === program) as SectionedProgram,
      where,
      flags,
      direction: said.get(program),
    }),
  );
}

function splitWhere(text: string): { program: string; where: string | undefined } {
  const at = text.indexOf('=');
  return at < 0 ? { program: text, where: undefined } : { program: text.slice(0, at), where: text.slice(at + 1) };
}

function attachmentOf(request: Request): Attachment {
  const { section } = request.program;
  const kind = (/^[^/]*/.exec(section) as RegExpExecArray)[0];
  return (kinds[kind] ?? elsewhere)(request);
}

type Kind = (request: Request) => Attachment;

const xdp: Kind = (request) => {
  const { interface: name, word } = interfaceOf(request, modes, 'eth0 or eth0,generic');
  const mode = word ?? request.flags.mode;
  return { program: request.program.name, options: { interface: name, ...(mode && { mode }) } };
};

const tc: Kind = (request) => {
  const { interface: name, word } = interfaceOf(request, directions, 'eth0 or eth0,egress');
  const direction = word ?? request.direction ?? request.flags.direction;
  return { program: request.program.name, options: { interface: name, ...(direction && { direction }) } };
};

const socket: Kind = ({ program, where, flags }) => {
  const name = where ?? flags.interface;
  return { program: program.name, socket: true, options: name === undefined ? {} : { interface: name } };
};

/** Probes and tracepoints: the section says where, unless the command line does. */
const probe =
  (what: string, example: string, form: RegExp, options: (match: RegExpExecArray) => AttachOptions): Kind =>
  ({ program: { name, section }, where }) => {
    if (where === undefined) {
      if (!section.includes('/')) throw whereMissing(name, section, what, example);
      return { program: name, options: {} };
    }
    const match = form.exec(where);
    if (!match) throw badWhere(name, section, where, `${what}, such as ${example}`);
    return { program: name, options: options(match) };
  };

const kprobe = probe('a kernel function', 'sys_close', /^([^+]+)(?:\+(0x[\da-f]+|\d+))?$/i, ([, symbol, offset]) => ({
  symbol: symbol as string,
  ...(offset !== undefined && { offset: BigInt(offset) }),
}));
const uprobe = probe(
  'a binary and a function',
  '/usr/bin/bash:readline',
  /^(.+):([^:+]+)(?:\+(0x[\da-f]+|\d+))?$/i,
  ([, binary, symbol, offset]) => ({
    binary: binary as string,
    symbol: symbol as string,
    ...(offset !== undefined && { offset: BigInt(offset) }),
  }),
);
const tracepoint = probe('a tracepoint', 'sched:sched_switch', /^(\w+)[:/](\w+)$/, ([, category, event]) => ({
  event: `${category}:${event}`,
}));
const rawTracepoint = probe('a tracepoint', 'sched_switch', /^\w+$/, ([event]) => ({ event }));

/** Sections of which libbpf alone knows how they are attached. */
const elsewhere: Kind = ({ program: { name, section }, where }) => {
  if (where !== undefined) throw notAttachable(name, section, `Leave "=${where}" out: its section says where.`);
  return { program: name, options: {} };
};

const action: Kind = ({ program: { name, section } }) => {
  throw notAttachable(
    name,
    section,
    'A tc action is named by filters: pin it, `tc filter add … action bpf pinned PATH`.',
  );
};

/** By what stands before the first slash of the section. */
const kinds: Readonly<Record<string, Kind>> = {
  xdp,
  'xdp.frags': xdp,
  tc,
  classifier: tc,
  action,
  socket,
  kprobe,
  kretprobe: kprobe,
  ksyscall: kprobe,
  kretsyscall: kprobe,
  uprobe,
  uretprobe: uprobe,
  tracepoint,
  tp: tracepoint,
  raw_tp: rawTracepoint,
  raw_tracepoint: rawTracepoint,
};

/** `eth0`, or `eth0,WORD`; interface names have no comma in practice, and those that have one are taken whole. */
function interfaceOf<Word extends string>(
  { program: { name, section }, where, flags }: Request,
  words: readonly Word[],
  example: string,
): { interface: string; word: Word | undefined } {
  const text = where ?? flags.interface;
  if (text === undefined) throw whereMissing(name, section, 'an interface', 'eth0');
  if (text === '') throw badWhere(name, section, text, `an interface, such as ${example}`);
  const [, before = '', last = ''] = /^(.+),(\w+)$/.exec(where ?? '') ?? [];
  if (before === '') return { interface: text, word: undefined };
  const word = words.find((candidate) => candidate === last);
  if (!word) throw badWhere(name, section, text, `an interface and ${words.join(' or ')}, such as ${example}`);
  return { interface: before, word };
}
