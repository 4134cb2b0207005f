/** `shared<T>({…})`: a struct of global variables that the kernel half and user space both read and write. */
import { TsbpfError } from './errors.js';
import { liveStruct } from './live-view.js';
import { codecOf } from './maps/codec.js';
import type { MapDefinition } from './maps/definition.js';
import type { StructLayout } from './maps/layout.js';
import type { PerCpu } from './maps/per-cpu.js';
import { MapFlag, MapType } from './maps/types.js';
import { possibleCpus } from './native/libbpf.js';
import { SharedMemory } from './shared-memory.js';

const memories = new WeakMap<object, SharedMemory>();

/** The memory behind an object that `shared` made. For the loader. */
export function sharedMemoryOf(object: object): SharedMemory | undefined {
  return memories.get(object);
}

function createShared<T extends object>(initial: T, definition?: MapDefinition): T {
  const layout = structOf('shared', definition);
  const memory = new SharedMemory(definition as MapDefinition);
  codecOf(layout).encodeInto(initial, memory.views.view, 0, memory.name);
  const result = liveStruct(layout, memory, 0, memory.name);
  memories.set(result, memory);
  return result as T;
}

/** An element for each CPU that there may be, online or not. */
function createPerCpu<T extends object>(initial: T, definition?: MapDefinition): PerCpu<T> {
  const layout = structOf('shared.perCpu', definition);
  const { spec } = definition as MapDefinition;
  if (spec.type !== MapType.array || (spec.flags & MapFlag.mmapable) === 0) throw noStruct(spec.name);
  const cpus = possibleCpus();
  const memory = new SharedMemory(definition as MapDefinition, cpus);
  const result = Array.from({ length: cpus }, (_, cpu) => {
    const offset = cpu * Math.ceil(spec.valueSize / 8) * 8;
    codecOf(layout).encodeInto(initial, memory.views.view, offset, memory.name);
    return liveStruct(layout, memory, offset, `${memory.name}[${cpu}]`);
  });
  memories.set(result, memory);
  return result as unknown as PerCpu<T>;
}

function structOf(method: string, definition: MapDefinition | undefined): StructLayout {
  if (!definition) {
    throw new TsbpfError(
      `${method}() needs the part of the program that runs in the kernel, and it was not compiled.`,
      {
        code: 'TSBPF2004',
        operation: 'create shared variables',
        subject: method,
        hint: 'Run the file with `tsbpf run FILE` or `node --import tsbpf/register FILE`.',
      },
    );
  }
  const layout = definition.spec.value;
  if (layout?.kind !== 'struct') throw noStruct(definition.name);
  return layout;
}

function noStruct(name: string): TsbpfError {
  return new TsbpfError(`The object has no struct for '${name}'.`, {
    code: 'TSBPF2019',
    operation: 'create shared variables',
    subject: name,
    hint: 'Build the file again.',
  });
}

/**
 * Variables that program functions and user space share: `const state = shared<{ packets: u64 }>({ packets: 0n })`.
 *
 * Reading and writing a property is reading and writing memory, in both worlds. Integers are read and written in one
 * piece; texts, bytes and whole structs are not. `JSON.stringify` writes 64-bit integers as decimal strings.
 * `shared.perCpu` gives each CPU its own (Linux 5.5); in user space it is an array with an object for each possible CPU.
 *
 * @param initial what the variables hold before a program runs.
 * @throws TsbpfError without the loader, which passes the definition.
 */
export const shared: {
  <T extends object>(initial: T, definition?: MapDefinition): T;
  perCpu<T extends object>(initial: T, definition?: MapDefinition): PerCpu<T>;
} = Object.assign(createShared, { perCpu: createPerCpu });
