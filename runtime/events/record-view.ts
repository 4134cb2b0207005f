/**
 * A record as it lies in a ring: an object whose properties read the memory when they are asked. Nothing of a record is
 * copied or made but what somebody asks for.
 *
 * The object is one for all records of a reader, and a cursor says which of them it is. Its properties are its own, so that
 * `{ ...event }` and `structuredClone(event)` copy a record as they copy plain objects.
 */
import { inspect } from 'node:util';
import { TsbpfError } from '../errors.js';
import { snapshotOf } from '../live-view.js';
import { codeScope, compile, fieldExpression, newCode, typedArraysOver } from '../maps/decoder.js';
import { StructValue } from '../maps/json.js';
import type { FieldLayout, StructLayout } from '../maps/layout.js';

/** What gets an event of any type. */
export type AnyCallback = (event: any) => void;

/** Where a cursor stands while no callback has a record: before the memory by more than any struct is long. */
const NOWHERE = -(2 ** 30);

/**
 * Says which record a view shows, by where it begins, in pieces of so many bytes as the names say. These are properties of one
 * object, which the engine reads like variables.
 */
export class RecordCursor {
  offset = NOWHERE;
  offset2 = NOWHERE;
  offset4 = NOWHERE;
  offset8 = NOWHERE;

  /** @param offset in bytes, a multiple of 8. */
  move(offset: number): void {
    this.offset = offset;
    this.offset2 = offset >>> 1;
    this.offset4 = offset >>> 2;
    this.offset8 = offset >>> 3;
  }

  /** No callback has a record any more. */
  end(): void {
    this.offset = this.offset2 = this.offset4 = this.offset8 = NOWHERE;
  }
}

/** An element of a typed array, as decoders read integers that are aligned. */
const ELEMENT = /^[iu]\d+\[[^\]]*\]$/;

export interface RecordView {
  readonly view: object;
  /** Statements that do for this view what `cursor.move(offset)` does, and nothing that it has no use for. */
  readonly move: string;
}

/**
 * @param layout of the records.
 * @param buffer that they lie in; nothing is read from it while the cursor is nowhere, and it may be gone then.
 * @param start of what the cursor counts from, in bytes; a multiple of 8. Records lie at multiples of 8.
 * @param name of the ring, for error messages.
 */
export function createRecordView(
  layout: StructLayout,
  buffer: ArrayBuffer,
  start: number,
  cursor: RecordCursor,
  name: string,
): RecordView {
  const code = newCode(true);
  const inner: string[] = [];
  const viewText = (struct: StructLayout, at: number): string =>
    `makeView(${JSON.stringify(struct.fields.map((field) => field.name))}, [
      ${struct.fields.map((field) => `function () { return ${valueText(field, at)}; }`).join(',\n')}
    ])`;
  // The engine takes functions of up to 27 bytes of bytecode into their callers however many there are, and these are as short:
  // they look at no more than the array does by itself, which has nothing at a place before its begin. Parameters are shorter to
  // reach than constants, of which each use asks whether they have their value yet.
  const valueText = (field: FieldLayout, at: number): string => {
    const { layout: type } = field;
    if ((type.kind === 'struct' || type.kind === 'union') && !field.bits) {
      inner.push(viewText(type, at + field.offset));
      return `cursor.offset < 0 ? over() : inner${inner.length - 1}`;
    }
    const value = fieldExpression(field, at, code).replaceAll(/\boffset[248]?\b/g, 'cursor.$&');
    return ELEMENT.test(value) ? `${value} ?? over()` : `cursor.offset < 0 ? over() : ${value}`;
  };
  const outer = viewText(layout, 0);
  const over = () => {
    throw recordIsOver(name);
  };
  const scope = { cursor, over, makeView, ...codeScope(code), ...typedArraysOver(buffer, start) };
  const names = Object.keys(scope).join(', ');
  const views = inner.map((text, index) => `const inner${index} = ${text};`);
  const text = `${views.join('\n')} return ${outer};`;
  const moves = [1, 2, 4, 8].map((size) => [`cursor.offset${size === 1 ? '' : size}`, Math.log2(size)] as const);
  return {
    view: compile(`((${names}) => { ${text} })(${names})`, scope) as object,
    move: moves
      .filter(([index]) => new RegExp(`${index}\\b`).test(text))
      .map(([index, shift]) => `${index} = offset >>> ${shift};`)
      .join(' '),
  };
}

/** The prototype of all views: they print and become JSON as decoded values do. */
const RecordView: object = Object.create(StructValue, {
  [inspect.custom]: {
    value(this: object) {
      return snapshotOf(this);
    },
  },
}) as object;

function makeView(names: readonly string[], getters: readonly (() => unknown)[]): object {
  // A prototype of its own: the engine has accessors in an object's shape, and objects of one prototype begin with one shape.
  const view = Object.create(Object.create(RecordView) as object) as object;
  for (const [index, get] of getters.entries())
    Object.defineProperty(view, names[index]!, { get: get as () => unknown, enumerable: true });
  return Object.freeze(view);
}

function recordIsOver(name: string): TsbpfError {
  return new TsbpfError(
    `This event of '${name}' is the kernel's again: it can be read until the callback returns, or the buffer is closed.`,
    {
      code: 'TSBPF2171',
      operation: 'read an event of',
      subject: name,
      hint: 'Copy what is needed later: single fields, `{ ...event }`, or structuredClone(event) with all that is in it; in an async function before its first await.',
    },
  );
}
