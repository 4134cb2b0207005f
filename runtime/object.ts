/** `loadObject`: programs and maps of an object file that someone else compiled. */
import { readFileSync } from 'node:fs';
import { systemError } from './errors.js';
import { loadProgram, type MapBinding } from './load.js';
import type { KeyedMap } from './maps/keyed.js';
import type { BpfMap } from './maps/map.js';
import { instantiateMap } from './maps/registry.js';
import { objectMap } from './module.js';
import { closeDescriptor } from './native/libc.js';
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
 * @throws TsbpfError: ENOENT and the like, or TSBPF2028 for what is no sound BPF object.
 */
export function loadObject(source: string | Uint8Array): LoadedObject {
  const file =
    typeof source === 'string'
      ? new ObjectFile(source, readObject(source))
      : new ObjectFile('the object', () => source);
  file.check();
  const maps: Record<string, BpfMap> = {};
  for (const { name } of file.maps) maps[name] = instantiateMap(objectMap(file, name, name), {});
  const globals = new Map<string, GlobalSection>();
  const binding = (name: string): MapBinding => maps[name] ?? globalSection(globals, name);
  const programs: Record<string, Program> = {};
  for (const { name, section } of file.programs) {
    programs[name] = new Program({
      name,
      section: () => section,
      load: (options) => loadProgram({ file, program: name, binding, constants: {}, options }),
    });
  }
  const close = () => {
    for (const item of [...Object.values(programs), ...Object.values(maps)]) item.close();
    for (const { fd } of globals.values()) if (fd !== undefined) closeDescriptor(fd);
    globals.clear();
  };
  return { programs, maps: maps as Record<string, ObjectMap>, close, [Symbol.dispose]: close };
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
