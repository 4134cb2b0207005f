/**
 * Objects and arrays whose properties are memory: a read of `state.packets` reads it, an assignment writes it.
 */
import { inspect } from 'node:util';
import { codecOf } from './maps/codec.js';
import type { FieldLayout, IntegerLayout, Layout, StructLayout } from './maps/layout.js';
import type { MemoryViews } from './shared-memory.js';

/** Where a view reads and writes; a load moves the memory, so it is asked for at each access. */
export interface LiveMemory {
  readonly views: MemoryViews;
}

interface Access {
  read(): unknown;
  write(value: unknown): void;
}

/**
 * A live object over a struct.
 *
 * @param path for messages: `'state'`.
 */
export function liveStruct(layout: StructLayout, memory: LiveMemory, offset: number, path: string): object {
  const result = {};
  for (const field of layout.fields) {
    const access = field.bits
      ? bitsAccess(field, memory, offset, path)
      : accessOf(field.layout, memory, offset + field.offset, `${path}.${field.name}`);
    define(result, field.name, access);
  }
  return withSnapshot(result, () => codecOf(layout).decode(memory.views.view, offset));
}

/** How one place in memory is read and written. */
export function accessOf(layout: Layout, memory: LiveMemory, offset: number, path: string): Access {
  switch (layout.kind) {
    case 'integer':
      return integerAccess(layout, memory, offset, path);
    case 'bytes':
      return wholeAccess(layout, memory, offset, path, () => memory.views.u8.subarray(offset, offset + layout.size));
    case 'struct':
    case 'union': {
      const view = liveStruct(layout, memory, offset, path);
      return wholeAccess(layout, memory, offset, path, () => view);
    }
    case 'array': {
      const view = liveArray(layout.element, layout.length, memory, offset, path);
      return wholeAccess(layout, memory, offset, path, () => view);
    }
    default:
      return wholeAccess(layout, memory, offset, path, () => codecOf(layout).decode(memory.views.view, offset));
  }
}

function liveArray(element: Layout, length: number, memory: LiveMemory, offset: number, path: string): unknown[] {
  const result: unknown[] = new Array(length);
  for (let index = 0; index < length; index++) {
    define(result, String(index), accessOf(element, memory, offset + index * element.size, `${path}[${index}]`));
  }
  const snapshot = () => {
    const layout = { kind: 'array', element, length, size: element.size * length } as const;
    return codecOf(layout).decode(memory.views.view, offset);
  };
  return Object.preventExtensions(withSnapshot(result, snapshot));
}

function wholeAccess(layout: Layout, memory: LiveMemory, offset: number, path: string, read: () => unknown): Access {
  const codec = codecOf(layout);
  return {
    read,
    // By way of its own bytes: a value that does not fit leaves everything as it was.
    write: (value) => memory.views.u8.set(codec.encode(value, path), offset),
  };
}

const scratch = new ArrayBuffer(8);
const scratchView = new DataView(scratch);
const scratchOf = {
  1: new Uint8Array(scratch),
  2: new Uint16Array(scratch),
  4: new Uint32Array(scratch),
  8: new BigUint64Array(scratch),
};
const viewOf = { 1: 'u8', 2: 'u16', 4: 'u32', 8: 'u64' } as const;

/** In one piece: the kernel may write at the same time, and half of an old and half of a new number is neither. */
function integerAccess(layout: IntegerLayout, memory: LiveMemory, offset: number, path: string): Access {
  const { size } = layout;
  const codec = codecOf(layout);
  if (offset % size !== 0)
    return wholeAccess(layout, memory, offset, path, () => codec.decode(memory.views.view, offset));
  const index = offset / size;
  const name = viewOf[size];
  const piece = scratchOf[size];
  return {
    read() {
      piece[0] = Atomics.load(memory.views[name] as Uint32Array, index);
      return codec.decode(scratchView, 0);
    },
    write(value) {
      codec.encodeInto(value, scratchView, 0, path);
      Atomics.store(memory.views[name] as Uint32Array, index, piece[0] as number);
    },
  };
}

function bitsAccess(field: FieldLayout, memory: LiveMemory, offset: number, path: string): Access {
  const alone: StructLayout = { kind: 'struct', name: '', size: 0, fields: [field] };
  const codec = codecOf<Record<string, unknown>>(alone);
  return {
    read: () => codec.decode(memory.views.view, offset)[field.name],
    write: (value) => codec.encodeInto({ [field.name]: value }, memory.views.view, offset, path),
  };
}

function define(target: object, name: string, { read, write }: Access): void {
  Object.defineProperty(target, name, { enumerable: true, configurable: false, get: read, set: write });
}

/** `console.log(state)` shows values, not accessors. */
function withSnapshot<T extends object>(target: T, snapshot: () => unknown): T {
  Object.defineProperty(target, inspect.custom, { value: snapshot });
  return target;
}
