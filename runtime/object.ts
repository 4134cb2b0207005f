/** `loadObject`: programs and maps of an object file that someone else compiled. */
import { readFileSync } from 'node:fs';
import { ringOfLostSection } from '../compiler/object/lost-events.js';
import { systemError, TsbpfError } from './errors.js';
import { lostCounterOf } from './events/lost-counter.js';
import { loadProgram, type MapBinding } from './load.js';
import { existingMap } from './maps/definition.js';
import type { KeyedMap } from './maps/keyed.js';
import type { BpfMap } from './maps/map.js';
import { instantiateMap } from './maps/registry.js';
import { objectMap } from './module.js';
import { closeDescriptor, duplicateDescriptor } from './native/libc.js';
import { ObjectFile } from './object-file.js';
import { Program } from './program.js';

/** A map of an object: with its class's methods, once it is known which that is. */
export type ObjectMap = KeyedMap<any, any>;

export interface LoadedObject extends Disposable {
  /** By name. Each is loaded into the kernel when it is first attached or run. */
  readonly programs: Readonly<Record<string, Program>>;
  /** By name; created in the kernel when first used. Shared by the programs. */
  readonly maps: Readonly<Record<string, ObjectMap>>;
  /** Closes all programs and maps. What is attached or pinned stays. */
  close(): void;
}

export interface LoadObjectOptions {
  /**
   * What the events of a ring buffer or perf event array are, where the object does not say it: by the map's name, the
   * name of a struct of its BTF. Events of maps that nobody describes are bytes.
   */
  readonly events?: Readonly<Record<string, string>>;
  /**
   * Values for constants, by their names: `const volatile` variables in C, what is known at load alone in TypeScript. The
   * verifier sees them. Constants that are not named keep the values that they have in the object.
   */
  readonly constants?: Readonly<Record<string, unknown>>;
}

/** A section of global variables, which all programs of one object share. */
class GlobalSection {
  fd: number | undefined;

  adopt(fd: number): void {
    this.fd = fd;
  }
}

/**
 * Takes an object file apart: its programs, to attach or run, and its maps, decoded by its BTF. The file is checked
 * before libbpf sees it.
 *
 * @param source a path, or the object's bytes.
 * @throws TsbpfError: ENOENT and the like, TSBPF2028 for what is no sound BPF object, TSBPF2180 for an option that names a
 *   struct which the object has not, TSBPF2190 for one that names a constant which it has not.
 */
export function loadObject(source: string | Uint8Array, options: LoadObjectOptions = {}): LoadedObject {
  const { events, constants } = options;
  const file =
    typeof source === 'string'
      ? new ObjectFile(source, readObject(source), events)
      : new ObjectFile('the object', () => source, events);
  return loadObjectFile(file, constants);
}

/** The variables of an object's section, once a program that uses it is loaded: the map of one entry that holds them. */
export interface LoadedVariables {
  readonly section: string;
  /** In their order in memory. Where there is but one, the map's value is the variable; else it is a struct of them. */
  readonly names: readonly string[];
  readonly map: ObjectMap;
}

const variables = new WeakMap<LoadedObject, () => LoadedVariables[]>();

/** The variables that programs of an object may write; of sections that are in the kernel by now. For tools. */
export function variablesOf(object: LoadedObject): LoadedVariables[] {
  return variables.get(object)?.() ?? [];
}

/** `loadObject`, of a file that was opened before. */
export function loadObjectFile(file: ObjectFile, constants: Readonly<Record<string, unknown>> = {}): LoadedObject {
  file.check();
  for (const name of Object.keys(constants)) if (!file.variable(name)) throw unknownConstant(file, name);
  const maps: Record<string, BpfMap> = {};
  for (const { name } of file.maps) maps[name] = instantiateMap(objectMap(file, name, name), {});
  const globals = new Map<string, GlobalSection>();
  const binding = (name: string): MapBinding => {
    const ring = ringOfLostSection(name);
    return maps[name] ?? (ring === undefined ? globalSection(globals, name) : lostCounterOf(maps[ring]));
  };
  const programs: Record<string, Program> = {};
  for (const { name, section } of file.programs) {
    programs[name] = new Program({
      name,
      section: () => section,
      load: (options) => loadProgram({ file, program: name, binding, constants, options }),
    });
  }
  const close = () => {
    for (const item of [...Object.values(programs), ...Object.values(maps)]) item.close();
    for (const { fd } of globals.values()) if (fd !== undefined) closeDescriptor(fd);
    globals.clear();
  };
  const loaded = { programs, maps: maps as Record<string, ObjectMap>, close, [Symbol.dispose]: close };
  variables.set(loaded, () => [...globals].flatMap(([name, { fd }]) => openVariables(file, name, fd)));
  return loaded;
}

function unknownConstant(file: ObjectFile, name: string): TsbpfError {
  return new TsbpfError(`${file.subject} has no constant '${name}'.`, {
    code: 'TSBPF2190',
    operation: 'set constant',
    subject: name,
    hint: `It has: ${file.constants.join(', ') || 'none'}. What the compiler knew is in the code, and no constant any more.`,
  });
}

/** @param name as libbpf calls the section's map: `'.data.state'`, or `'loader.bss'` behind the object's own name. */
function openVariables(file: ObjectFile, name: string, fd: number | undefined): LoadedVariables[] {
  const section = /\.(?:data|bss)(?:\..*)?$/.exec(name)?.[0] ?? name;
  if (fd === undefined || !file.hasMap(section)) return [];
  const map = instantiateMap(existingMap(file.map(section), duplicateDescriptor(fd, section)), {});
  // The descriptor belongs to the map object once it was asked for.
  void map.fd;
  return [{ section, names: file.variablesIn(section), map: map as ObjectMap }];
}

function readObject(path: string): () => Uint8Array {
  try {
    const bytes = readFileSync(path);
    return () => bytes;
  } catch (failure) {
    throw systemError(-((failure as { errno?: number }).errno ?? -5), 'read object', path);
  }
}

/** Constants stay each program's own; variables that programs write are one for all of them. */
function globalSection(globals: Map<string, GlobalSection>, name: string): GlobalSection | undefined {
  if (!/\.(data|bss)(\.|$)/.test(name)) return undefined;
  let section = globals.get(name);
  if (!section) globals.set(name, (section = new GlobalSection()));
  return section;
}
