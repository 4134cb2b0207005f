/** `shared<T>({…})`: a struct of global variables that the kernel half and user space both read and write. */
import { TsbpfError } from './errors.js';
import { liveStruct } from './live-view.js';
import { codecOf } from './maps/codec.js';
import type { MapDefinition } from './maps/definition.js';
import type { StructLayout } from './maps/layout.js';
import type { BpfMap } from './maps/map.js';
import { PerCpuArray, type PerCpu } from './maps/per-cpu.js';
import { possibleCpus } from './native/libbpf.js';
import { SharedMemory } from './shared-memory.js';

const memories = new WeakMap<object, SharedMemory>();
/** What the loader does with variables that each CPU has. */
export interface PerCpuVariables {
  readonly map: BpfMap;
  /** Writes what they hold at first, unless that was done. */
  initialize(): void;
}

const perCpuVariables = new WeakMap<object, PerCpuVariables>();

/** The memory behind an object that `shared` made. For the loader. */
export function sharedMemoryOf(object: object): SharedMemory | undefined {
  return memories.get(object);
}

/** What is behind an object that `shared.perCpu` made. For the loader. */
export function perCpuVariablesOf(object: object): PerCpuVariables | undefined {
  return perCpuVariables.get(object);
}

function createShared<T extends object>(initial: T, definition?: MapDefinition): T {
  const layout = structOf('shared', definition);
  const memory = new SharedMemory(definition as MapDefinition);
  codecOf(layout).encodeInto(initial, memory.views.view, 0, memory.name);
  const result = liveStruct(layout, memory, 0, memory.name);
  memories.set(result, memory);
  return result as T;
}

/** Each element reads its CPU's value from the map, and writes it back whole. */
function createPerCpu<T extends object>(initial: T, definition?: MapDefinition): PerCpu<T> {
  const layout = structOf('shared.perCpu', definition);
  const { name } = definition as MapDefinition;
  const map = new PerCpuArray<T>({}, definition);
  const codec = codecOf<T>(layout);
  const first = codec.decodeBytes(codec.encode(initial, name));
  let written = false;
  const initialize = () => {
    if (!written)
      map.set(
        0,
        Array.from({ length: possibleCpus() }, () => first),
      );
    written = true;
  };
  const all = (): T[] => {
    initialize();
    return (map.get(0) ?? []) as T[];
  };
  const result = Array.from({ length: possibleCpus() }, (_, cpu) => perCpuView(layout, map, all, cpu));
  perCpuVariables.set(result, { map, initialize });
  return result as unknown as PerCpu<T>;
}

function perCpuView<T extends object>(layout: StructLayout, map: PerCpuArray<T>, all: () => T[], cpu: number): T {
  const view = {};
  for (const { name } of layout.fields) {
    Object.defineProperty(view, name, {
      enumerable: true,
      get: () => (all()[cpu] as Record<string, unknown>)[name],
      set(value: unknown) {
        const values = all();
        values[cpu] = { ...(values[cpu] as T), [name]: value };
        map.set(0, values);
      },
    });
  }
  return view as T;
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
  if (layout?.kind !== 'struct') {
    throw new TsbpfError(`The object has no struct for '${definition.name}'.`, {
      code: 'TSBPF2019',
      operation: 'create shared variables',
      subject: definition.name,
      hint: 'Build the file again.',
    });
  }
  return layout;
}

/**
 * Variables that program functions and user space share: `const state = shared<{ packets: u64 }>({ packets: 0n })`.
 *
 * Reading and writing a property is reading and writing memory, in both worlds. Integers are read and written in one
 * piece. `shared.perCpu` gives each CPU its own; in user space it is an array with an object for each possible CPU.
 *
 * @param initial what the variables hold before a program runs.
 * @throws TsbpfError without the loader, which passes the definition.
 */
export const shared: {
  <T extends object>(initial: T, definition?: MapDefinition): T;
  perCpu<T extends object>(initial: T, definition?: MapDefinition): PerCpu<T>;
} = Object.assign(createShared, { perCpu: createPerCpu });
