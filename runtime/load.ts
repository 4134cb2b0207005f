/**
 * Loads one program of an object: the maps that it uses are bound to the user-space objects, its constants are written
 * to `.rodata`, and what the verifier says against it is told at the TypeScript line it is about.
 */
import { constants } from 'node:os';
import { systemError, TsbpfError } from './errors.js';
import { loadError, mapError, type Refusal } from './load-error.js';
import type { MapOptions } from './maps/definition.js';
import { BpfMap, mapLoading } from './maps/map.js';
import { addressedMemory, allocateZeroed, duplicateDescriptor } from './native/libc.js';
import * as libbpf from './native/libbpf.js';
import type { ObjectFile, Variable } from './object-file.js';
import type { LoadedProgram, ProgramLoadOptions } from './program.js';
import { codecOf } from './maps/codec.js';

/** What user space has for a section of variables. */
export interface VariablesBinding {
  /** Of the kernel's map, once a load has made it. */
  readonly fd: number | undefined;
  /** How many entries the map is to have, where the object leaves that to the loader. */
  readonly entries?: number | undefined;
  /** Takes over the descriptor of the map that a load created. */
  adopt(fd: number): void;
}

/** What user space has for a map of the object: a map, variables, or nothing. */
export type MapBinding = BpfMap | VariablesBinding | undefined;

export interface LoadRequest {
  readonly file: ObjectFile;
  readonly program: string;
  /** Asked once for each map of the object that is not `.rodata` or the like. */
  readonly binding: (mapName: string) => MapBinding;
  /** Values for variables in `.rodata`, by their names. */
  readonly constants: Readonly<Record<string, unknown>>;
  readonly options: ProgramLoadOptions;
}

/** The verifier's log needs room only where a program is refused; untouched pages cost nothing. */
const LOG_SIZE = 16 * 1024 * 1024 - 1;

/** libbpf asks for the whole log by itself, where the program is refused. */
const WHOLE_LOG = 0;
/** BPF_LOG_STATS of the kernel's bpf_verifier.h: the reason and statistics, and not the way there. */
const SHORT_LOG = 4;

/**
 * Loads a program.
 *
 * @throws VerifierError, PermissionError, UnsupportedFeatureError, or TsbpfError for all else that goes wrong.
 */
export function loadProgram(request: LoadRequest): LoadedProgram {
  const result = attempt(request, WHOLE_LOG);
  if (!('errno' in result)) return result;
  const { file, program } = request;
  const short = saysWhy(result) ? result : attempt(request, SHORT_LOG);
  if (!('errno' in short)) return short;
  throw loadError(file, program, { ...short, path: result.log });
}

/** Kernels before 6.4 leave the end of a log away that is longer than its buffer, and the reason with it. */
function saysWhy({ errno, log }: Refusal): boolean {
  return errno !== constants.errno.ENOSPC || /^processed \d+ insns/m.test(log.slice(-1000));
}

function attempt(request: LoadRequest, logLevel: number): LoadedProgram | Refusal {
  const { file, program } = request;
  const object = openObject(file);
  try {
    const pointer = selectProgram(object, request);
    const adoptions = bindMaps(object, request);
    fillConstants(object, request);
    const refusal = loadObject(object, pointer, logLevel);
    if (refusal) {
      libbpf.objectClose(object);
      return refusal;
    }
    for (const adopt of adoptions) adopt();
    const fd = libbpf.programFd(pointer);
    return { fd, pointer, type: libbpf.programType(pointer), close: () => libbpf.objectClose(object) };
  } catch (failure) {
    libbpf.objectClose(object);
    throw failure instanceof TsbpfError
      ? failure
      : new TsbpfError(`Cannot load program '${program}'.`, { code: 'TSBPF2020', cause: failure });
  }
}

/**
 * Creates one map of an object in the kernel, and nothing else of it.
 *
 * @param configure sets what differs from the object: the number of entries, flags.
 * @returns a descriptor that the caller owns.
 */
export function createMap(file: ObjectFile, name: string, configure: (map: libbpf.MapPointer) => void): number {
  const object = openObject(file);
  try {
    for (const program of pointers(object, libbpf.objectNextProgram)) libbpf.programSetAutoload(program, false);
    let wanted: libbpf.MapPointer | undefined;
    for (const map of pointers(object, libbpf.objectNextMap)) {
      if (libbpf.mapName(map) === name) wanted = map;
      else libbpf.mapSetAutocreate(map, false);
    }
    if (wanted === undefined) throw missingMap(file, name);
    configure(wanted);
    const { result, messages } = libbpf.withMessages(() => libbpf.objectLoad(object));
    if (result < 0) throw mapError(-result, name, libbpf.mapType(wanted), messages);
    return duplicateDescriptor(libbpf.mapFd(wanted), name);
  } finally {
    libbpf.objectClose(object);
  }
}

/** Opens a checked object with libbpf. */
export function openObject(file: ObjectFile): libbpf.ObjectPointer {
  file.check();
  const { result, messages } = libbpf.withMessages(() => libbpf.openObject(file.bytes));
  if (typeof result === 'bigint') return result;
  const error = systemError(-result, 'open object', file.subject);
  throw new TsbpfError(`${error.message}${said(messages)}`, {
    code: error.code,
    operation: 'open object',
    subject: file.subject,
  });
}

function said(messages: readonly string[]): string {
  return messages.length > 0 ? ` libbpf says: ${messages.join('; ')}.` : '';
}

/** What a libbpf iterator (`bpf_object__next_…`) walks over. */
export function* pointers(
  object: libbpf.ObjectPointer,
  next: (object: libbpf.ObjectPointer, before: bigint | null) => bigint | null,
): Generator<bigint, void, undefined> {
  for (let pointer = next(object, null); pointer !== null; pointer = next(object, pointer)) yield pointer;
}

function selectProgram(object: libbpf.ObjectPointer, { file, program, options }: LoadRequest): libbpf.ProgramPointer {
  let selected: libbpf.ProgramPointer | undefined;
  for (const pointer of pointers(object, libbpf.objectNextProgram)) {
    const wanted = libbpf.programName(pointer) === program;
    libbpf.programSetAutoload(pointer, wanted);
    if (wanted) selected = pointer;
  }
  if (selected === undefined) {
    const names = file.programs.map(({ name }) => name).join(', ') || 'none';
    throw new TsbpfError(`${file.subject} has no program '${program}'; it has: ${names}.`, {
      code: 'TSBPF2021',
      operation: 'load program',
      subject: program,
    });
  }
  if (options.interfaceIndex !== undefined) libbpf.programSetInterfaceIndex(selected, options.interfaceIndex);
  return selected;
}

/** @returns what to do with the maps that the load creates. */
function bindMaps(object: libbpf.ObjectPointer, request: LoadRequest): (() => void)[] {
  const used = request.file.mapsOf(request.program);
  const adoptions: (() => void)[] = [];
  for (const map of pointers(object, libbpf.objectNextMap)) {
    const name = libbpf.mapName(map);
    if (request.file.hasMap(name) && !used.has(name)) {
      libbpf.mapSetAutocreate(map, false);
      continue;
    }
    const binding = request.binding(name);
    if (binding) adoptions.push(...bindMap(map, binding, name));
  }
  return adoptions;
}

function bindMap(map: libbpf.MapPointer, binding: BpfMap | VariablesBinding, name: string): (() => void)[] {
  const existing = binding instanceof BpfMap ? mapLoading().existing(binding) : binding.fd;
  if (existing !== undefined) {
    const result = libbpf.mapReuseFd(map, existing);
    if (result < 0) throw systemError(-result, 'use the existing map', name);
    return [];
  }
  if (binding instanceof BpfMap) {
    configureMap(map, mapLoading().options(binding), name);
  } else if (binding.entries !== undefined) {
    setMaxEntries(map, binding.entries, name);
  }
  return [
    () => {
      const fd = duplicateDescriptor(libbpf.mapFd(map), name);
      if (binding instanceof BpfMap) mapLoading().adopt(binding, fd);
      else binding.adopt(fd);
    },
  ];
}

/** Applies a constructor's options to a map that is not created yet; they may be known at run time only. */
export function configureMap(map: libbpf.MapPointer, { maxEntries, flags }: MapOptions, name: string): void {
  if (maxEntries !== undefined) setMaxEntries(map, maxEntries, name);
  // What the type itself demands (a trie's BPF_F_NO_PREALLOC) is in the object and stays.
  const result = flags === undefined ? 0 : libbpf.mapSetFlags(map, libbpf.mapFlags(map) | flags);
  if (result < 0) throw systemError(-result, 'set the flags of map', name);
}

function setMaxEntries(map: libbpf.MapPointer, entries: number, name: string): void {
  if (!Number.isInteger(entries) || entries < 0 || entries > 0xffffffff) {
    throw new TsbpfError(`Map '${name}' cannot have ${entries} entries.`, {
      code: 'TSBPF2022',
      operation: 'create map',
      subject: name,
      hint: 'maxEntries is a whole number from 1 to 4294967295.',
    });
  }
  const result = libbpf.mapSetMaxEntries(map, entries);
  if (result < 0) throw systemError(-result, 'set the number of entries of map', name);
}

function fillConstants(object: libbpf.ObjectPointer, { file, program, constants: values }: LoadRequest): void {
  for (const [name, value] of Object.entries(values)) {
    const variable = file.variable(name);
    if (!variable) {
      throw new TsbpfError(`The object has no variable for the constant '${name}' of program '${program}'.`, {
        code: 'TSBPF2023',
        operation: 'set constant',
        subject: name,
        hint: 'Build the file again.',
      });
    }
    writeVariable(object, variable, value);
  }
}

function writeVariable(object: libbpf.ObjectPointer, variable: Variable, value: unknown): void {
  const map = libbpf.objectFindMap(object, variable.section);
  const size = new BigUint64Array(1);
  const start = map === null ? null : libbpf.mapInitialValue(map, size);
  if (start === null) throw systemError(constants.errno.ENOENT, 'find the section of constant', variable.name);
  const view = new DataView(addressedMemory(start, Number(size[0])));
  codecOf(variable.layout).encodeInto(constantOf(value, variable), view, variable.offset, variable.name);
}

/** Without an annotation the compiler may not know that a constant is a boolean, and takes it for a number. */
function constantOf(value: unknown, { name, layout }: Variable): unknown {
  if (layout.kind !== 'integer' || layout.meaning !== 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  throw new TsbpfError(`The constant '${name}' is no number, for which the compiler took it: ${typeof value}.`, {
    code: 'TSBPF2010',
    operation: 'set constant',
    subject: name,
    hint: `Say what it is: \`const ${name}: CharArray<16> = …\`, \`: boolean\`, or an interface.`,
  });
}

function loadObject(
  object: libbpf.ObjectPointer,
  pointer: libbpf.ProgramPointer,
  logLevel: number,
): Refusal | undefined {
  const log = allocateZeroed(LOG_SIZE);
  try {
    libbpf.programSetLogBuffer(pointer, log.pointer, LOG_SIZE);
    libbpf.programSetLogLevel(pointer, logLevel);
    const { result, messages } = libbpf.withMessages(() => libbpf.objectLoad(object));
    return result < 0 ? { errno: -result, log: log.text(), messages } : undefined;
  } finally {
    libbpf.programSetLogBuffer(pointer, null, 0);
    log.free();
  }
}

function missingMap(file: ObjectFile, name: string): TsbpfError {
  return new TsbpfError(`${file.subject} has no map '${name}'.`, {
    code: 'TSBPF2024',
    operation: 'create map',
    subject: name,
  });
}
