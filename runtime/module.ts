/**
 * What a compiled module's user-space half is joined to its object by. The transform writes the calls of this file;
 * users never see it.
 */
import { fileURLToPath } from 'node:url';
import { ringOfLostSection } from '../compiler/object/lost-events.js';
import { TsbpfError } from './errors.js';
import { lostCounterOf } from './events/lost-counter.js';
import { configureMap, createMap, loadProgram, type MapBinding } from './load.js';
import type { MapDefinition, MapOptions } from './maps/definition.js';
import { BpfMap } from './maps/map.js';
import { ObjectFile } from './object-file.js';
import { Program, type LoadedProgram, type ProgramLoadOptions } from './program.js';
import { sharedMemoryOf } from './shared.js';

/** What the transform writes at the top of a module. */
export interface ModuleDescription {
  /** The module's own `import.meta.url`, for messages. */
  readonly url: string;
  /** The ELF object, in base64. */
  readonly object: string;
  /** For every map and shared variable of the object, by its name there: the user-space object. */
  readonly maps: Readonly<Record<string, () => unknown>>;
}

export interface ProgramBindings {
  /** Values for variables of `.rodata`, by name; called when the program is loaded. */
  readonly constants?: () => Readonly<Record<string, unknown>>;
  /** What `@tc('egress')` says. */
  readonly direction?: 'ingress' | 'egress';
}

export interface Module {
  /** The handle that stands in the place of a program function. */
  program(name: string, bindings?: ProgramBindings): Program;
  /** What a map's constructor gets as its last argument. */
  map(name: string): MapDefinition;
  /** What `shared` and `shared.perCpu` get as their last argument. */
  shared(name: string): MapDefinition;
}

/** Joins a module to its object. Nothing is read or loaded before it is needed. */
export function createModule(description: ModuleDescription): Module {
  const { object, maps } = description;
  const file = new ObjectFile(subjectOf(description.url), () => Buffer.from(object, 'base64'));
  return {
    program: (name, bindings = {}) =>
      new Program({
        name,
        section: () => file.sectionOf(name),
        direction: bindings.direction,
        load: (options) => load(file, name, maps, bindings.constants?.() ?? {}, options),
      }),
    map: (name) => objectMap(file, name, name),
    shared: (name) => objectMap(file, name, file.hasMap(`.data.${name}`) ? `.data.${name}` : name),
  };
}

function subjectOf(url: string): string {
  return url.startsWith('file:') ? fileURLToPath(url) : url;
}

/** @param mapName the map's name in the object; `name` is what the user calls it. */
export function objectMap(file: ObjectFile, name: string, mapName: string): MapDefinition {
  return {
    name,
    get spec() {
      return file.map(mapName);
    },
    create: (options: MapOptions) => createMap(file, mapName, (map) => configureMap(map, options, name)),
  };
}

function load(
  file: ObjectFile,
  program: string,
  maps: ModuleDescription['maps'],
  constants: Readonly<Record<string, unknown>>,
  options: ProgramLoadOptions,
): LoadedProgram {
  const binding = (mapName: string): MapBinding => {
    const ring = ringOfLostSection(mapName);
    if (ring !== undefined) return maps[ring] && lostCounterOf(declared(maps[ring], ring, program));
    const name = mapName.replace(/^\.data\./, '');
    const getter = maps[name];
    if (!getter) return undefined;
    const object = declared(getter, name, program);
    return object instanceof BpfMap ? object : sharedMemoryOf(object);
  };
  return loadProgram({ file, program, binding, constants, options });
}

/** The user-space object of a map; a `const` that stands further down has none yet. */
function declared(getter: () => unknown, name: string, program: string): object {
  try {
    return getter() as object;
  } catch (failure) {
    if (!(failure instanceof ReferenceError)) throw failure;
    throw new TsbpfError(`Program '${program}' is loaded before '${name}', which it uses, is created.`, {
      code: 'TSBPF2027',
      operation: 'load program',
      subject: program,
      hint: `Attach it below the declaration of '${name}'.`,
      cause: failure,
    });
  }
}
