/**
 * Objects and arrays whose properties are memory: a read of `state.packets` reads it, an assignment writes it.
 */
import { inspect } from 'node:util';
import { codecOf } from './maps/codec.js';
import { toJsonValue } from './maps/json.js';
import type { Layout, StructLayout } from './maps/layout.js';
import { bitsAccess, integerAccess, type Access, type LiveMemory } from './live-integer.js';

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
  return withSnapshot(result);
}

/** How one place in memory is read and written. */
export function accessOf(layout: Layout, memory: LiveMemory, offset: number, path: string): Access {
  switch (layout.kind) {
    case 'integer':
      return offset % layout.size === 0
        ? integerAccess(layout, memory, offset, path)
        : wholeAccess(layout, memory, offset, path, () => codecOf(layout).decode(memory.views.view, offset));
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
  return Object.preventExtensions(withSnapshot(result));
}

function wholeAccess(layout: Layout, memory: LiveMemory, offset: number, path: string, read: () => unknown): Access {
  const codec = codecOf(layout);
  return {
    read,
    // By way of its own bytes: a value that does not fit leaves everything as it was.
    write: (value) => memory.views.u8.set(codec.encode(value, path), offset),
  };
}

function define(target: object, name: string, { read, write }: Access): void {
  Object.defineProperty(target, name, { enumerable: true, configurable: false, get: read, set: write });
}

/** `console.log(state)` and `JSON.stringify(state)` show values, not accessors: of each integer one that was there. */
function withSnapshot<T extends object>(target: T): T {
  Object.defineProperty(target, inspect.custom, { value: () => snapshotOf(target) });
  Object.defineProperty(target, 'toJSON', { value: () => toJsonValue(snapshotOf(target)) });
  return target;
}

/** The values that properties have now, as plain objects, arrays and bytes. */
export function snapshotOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snapshotOf);
  if (value instanceof Uint8Array) return value.slice();
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, snapshotOf(member)]));
}
