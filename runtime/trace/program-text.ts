/** The program that is made for an event, as TypeScript. */
import type { Argument, EventDescription } from './description.js';
import { locationOf } from '../../compiler/programs/tracepoint-format.js';
import { SOCKET_ADDRESS_SIZE, UNIX_PATH_SIZE } from './socket-address.js';

export interface ProgramOptions {
  /** Whether the event's end is watched, and the two are paired. */
  readonly returns: boolean;
  /** Whether the event's begin is reported on its own. */
  readonly entries: boolean;
  /** An expression of TypeScript that decides in the kernel which events are reported. */
  readonly filter?: string | undefined;
}

/** The longest text that is read of a pointer, in bytes with its end. */
export const TEXT_SIZE = 256;
/** Bytes of the ring in which events wait. */
const RING_SIZE = 1 << 22;
/** Calls that have begun and not ended, at most. */
const OPEN_CALLS = 10_240;

/** Which line of the program the filter is on, from 1. */
export const FILTER_LINE = 1;

/** What the kernel writes into the address it is given, which is complete when the call returns. */
const addressesAtReturn = new Set(['sys_accept', 'sys_accept4', 'sys_getsockname', 'sys_getpeername', 'sys_recvfrom']);

/** @returns the text of a module that exports the programs `entry` and perhaps `exit`, and the map `events`. */
export function programText(description: EventDescription, options: ProgramOptions): string {
  const values = description.arguments;
  const context = description.by === 'tracepoint' ? 'ctx' : `ctx: PtRegs${parameters(values)}`;
  const read = (argument: Argument) => (description.by === 'tracepoint' ? `ctx.${argument.name}` : argument.name);
  const tracepoint = (direction: string) =>
    `tracepoint('${description.kind === 'systemCall' ? `syscalls:${description.name.replace('sys_', `sys_${direction}_`)}` : description.name}'`;
  const [begin, end] =
    description.by === 'tracepoint'
      ? [tracepoint('enter'), tracepoint('exit')]
      : [`kprobe('${description.name}'`, `kretprobe('${description.name}'`];
  return [
    filterFunction(values, options.filter),
    `import { bpf, kprobe, kretprobe, tracepoint, LruHashMap, RingBuffer } from 'tsbpf';`,
    `import type { Bytes, CharArray, FixedArray, PtRegs, u8, u16, u32, u64, i8, i16, i32, i64 } from 'tsbpf';`,
    `interface Args { ${values.map(argumentMembers).join(' ')} present: u8 }`,
    `interface Event { timestamp: u64; duration: u64; returned: i64; pid: u32; tid: u32; uid: u32; gid: u32; phase: u32; comm: CharArray<16>; args: Args }`,
    `export const events = new RingBuffer<Event>({ size: ${RING_SIZE} });`,
    options.returns ? `const calls = new LruHashMap<u64, Event>({ maxEntries: ${OPEN_CALLS} });` : '',
    `export const entry = ${begin}, (${context}) => {`,
    `  const both = bpf.getCurrentPidTgid();`,
    `  const owner = bpf.getCurrentUidGid();`,
    ...(options.filter === undefined
      ? []
      : [`  if (!filter(${filterArguments(values, options.filter, read)})) return 0;`]),
    ...(options.returns ? storedEntry(values, read, options) : reservedEntry(values, read)),
    `  return 0;`,
    `});`,
    ...(options.returns ? exit(description, end) : []),
    '',
  ].join('\n');
}

function parameters(values: readonly Argument[]): string {
  return values.map(({ name, type }) => `, ${name}: ${type}`).join('');
}

/** What a filter may name: its type, and how the program comes by it. */
interface FilterName {
  readonly name: string;
  readonly type: string;
  readonly value: string;
}

/** The names that a filter may use, of this event. */
export function filterNames(values: readonly Argument[]): readonly Omit<FilterName, 'value'>[] {
  return allFilterNames(values, () => '');
}

function allFilterNames(values: readonly Argument[], read: (argument: Argument) => string): FilterName[] {
  const own = values.flatMap((argument): FilterName[] => {
    const { name, kind, type } = argument;
    if (kind === 'userText' || kind === 'kernelText' || type.startsWith('CharArray<')) {
      const [, value = ''] = readings(argument, read(argument))[0] ?? [];
      return [{ name, type: kind === 'value' ? type : `CharArray<${TEXT_SIZE}>`, value }];
    }
    return kind === 'value' && /^[iu]\d+$/.test(type) ? [{ name, type, value: read(argument) }] : [];
  });
  const process = [
    { name: 'pid', type: 'u32', value: 'Number(both >> 32n)' },
    { name: 'tid', type: 'u32', value: 'Number(both & 0xffffffffn)' },
    { name: 'uid', type: 'u32', value: 'Number(owner & 0xffffffffn)' },
    { name: 'gid', type: 'u32', value: 'Number(owner >> 32n)' },
    { name: 'comm', type: 'CharArray<16>', value: 'bpf.getCurrentComm()' },
  ];
  // A tracepoint may have a field of the same name, which is then the one that is meant.
  return [...process.filter(({ name }) => !own.some((field) => field.name === name)), ...own];
}

/** Those that the filter names: texts are read for those alone who ask. */
function usedNames(
  values: readonly Argument[],
  filter: string,
  read: (argument: Argument) => string = () => '',
): FilterName[] {
  return allFilterNames(values, read).filter(({ name }) => new RegExp(`\\b${name}\\b`).test(filter));
}

/** On the first line, where an error in it can be told from one of ours. */
function filterFunction(values: readonly Argument[], filter: string | undefined): string {
  if (filter === undefined) return '';
  const parameters = usedNames(values, filter).map(({ name, type }) => `${name}: ${type}`);
  return `const filter = (${parameters.join(', ')}): boolean => Boolean(${filter});`;
}

function filterArguments(values: readonly Argument[], filter: string, read: (argument: Argument) => string): string {
  return usedNames(values, filter, read)
    .map(({ value }) => value)
    .join(', ');
}

function argumentMembers({ name, kind, type }: Argument): string {
  switch (kind) {
    case 'value':
      return `${name}: ${type};`;
    case 'userText':
    case 'kernelText':
      return `${name}: CharArray<${TEXT_SIZE}>;`;
    case 'arrayBehind':
      return `${name}: ${type}; ${name}__location: u32;`;
    case 'socketAddress':
      return `${name}: Bytes<${SOCKET_ADDRESS_SIZE}>; ${name}__path: CharArray<${UNIX_PATH_SIZE}>; ${name}__at: u64;`;
  }
}

const common = [
  ['timestamp', 'bpf.ktimeGetNs()'],
  ['duration', '0n'],
  ['returned', '0n'],
  ['pid', 'Number(both >> 32n)'],
  ['tid', 'Number(both & 0xffffffffn)'],
  ['uid', 'Number(owner & 0xffffffffn)'],
  ['gid', 'Number(owner >> 32n)'],
  ['phase', '0'],
  ['comm', 'bpf.getCurrentComm()'],
] as const;

function readings({ name, kind }: Argument, value: string): (readonly [string, string])[] {
  switch (kind) {
    case 'value':
      return [[name, value]];
    case 'userText':
      return [[name, `bpf.probeReadUserStr<${TEXT_SIZE}>(${value})`]];
    case 'kernelText':
      return [[name, `bpf.probeReadKernelStr<${TEXT_SIZE}>(${value})`]];
    case 'arrayBehind':
      return [
        [name, value],
        [`${name}__location`, `ctx.${locationOf(name)}`],
      ];
    case 'socketAddress':
      return [
        [name, `bpf.probeReadUser<Bytes<${SOCKET_ADDRESS_SIZE}>>(${value})`],
        [`${name}__path`, `bpf.probeReadUserStr<${UNIX_PATH_SIZE}>(${value} + 2n)`],
        [`${name}__at`, value],
      ];
  }
}

/** Written straight into the ring. */
function reservedEntry(values: readonly Argument[], read: (argument: Argument) => string): string[] {
  return [
    `  const event = events.reserve();`,
    `  if (!event) return 0;`,
    ...common.map(([name, value]) => `  event.${name} = ${value};`),
    ...values.flatMap((argument) =>
      readings(argument, read(argument)).map(([name, value]) => `  event.args.${name} = ${value};`),
    ),
    `  event.args.present = 1;`,
    `  events.submit(event);`,
  ];
}

/** Kept until the call returns. */
function storedEntry(
  values: readonly Argument[],
  read: (argument: Argument) => string,
  { entries }: ProgramOptions,
): string[] {
  const members = values.flatMap((argument) => readings(argument, read(argument)));
  return [
    `  const event: Event = {`,
    ...common.map(([name, value]) => `    ${name}: ${value},`),
    `    args: { ${[...members, ['present', '1'] as const].map(([name, value]) => `${name}: ${value}`).join(', ')} },`,
    `  };`,
    `  calls.set(both, event);`,
    ...(entries ? [`  events.push(event);`] : []),
  ];
}

function exit(description: EventDescription, end: string): string[] {
  const late = addressesAtReturn.has(description.name)
    ? description.arguments.filter(({ kind }) => kind === 'socketAddress')
    : [];
  const byTracepoint = description.by === 'tracepoint';
  return [
    `export const exit = ${end}, (${byTracepoint ? 'ctx' : 'ctx: PtRegs, returned: i64'}) => {`,
    `  const both = bpf.getCurrentPidTgid();`,
    `  const event = calls.get(both);`,
    `  if (!event) return 0;`,
    `  event.phase = 1;`,
    `  event.returned = ${byTracepoint ? 'ctx.ret' : 'returned'};`,
    `  event.duration = bpf.ktimeGetNs() - event.timestamp;`,
    ...late.flatMap((argument) =>
      readings(argument, `event.args.${argument.name}__at`)
        .slice(0, 2)
        .map(([name, value]) => `  event.args.${name} = ${value};`),
    ),
    `  events.push(event);`,
    `  calls.delete(both);`,
    `  return 0;`,
    `});`,
  ];
}
