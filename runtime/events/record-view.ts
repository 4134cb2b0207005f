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
import { codeScope, compile, DECLARE_INDEXES, fieldExpression, newCode, typedArraysOver } from '../maps/decoder.js';
import { StructValue } from '../maps/json.js';
import type { FieldLayout, StructLayout } from '../maps/layout.js';

/** Where a cursor stands while no callback has a record. */
export const NOWHERE = -1;

/** What gets an event of any type. */
export type AnyCallback = (event: any) => void;

/** What says which record a view shows. A property of one object, which the engine reads like a variable. */
export interface RecordCursor {
  /** Of the record's first byte, or NOWHERE. */
  offset: number;
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
): object {
  const code = newCode(true);
  const structText = (struct: StructLayout, at: number): string =>
    `makeView(${JSON.stringify(struct.fields.map((field) => field.name))}, [
      ${struct.fields.map((field) => getterText(field, at)).join(',\n')}
    ])`;
  const getterText = (field: FieldLayout, at: number): string => {
    const { layout: type } = field;
    const body = (value: string, declare = '') =>
      `function () { const offset = cursor.offset; if (offset < 0) over(); ${declare} return ${value}; }`;
    const isStruct = (type.kind === 'struct' || type.kind === 'union') && !field.bits;
    return isStruct
      ? `(() => { const inner = ${structText(type, at + field.offset)}; return ${body('inner')}; })()`
      : body(fieldExpression(field, at, code), DECLARE_INDEXES);
  };
  const text = structText(layout, 0);
  const over = () => {
    throw recordIsOver(name);
  };
  const scope = { cursor, over, makeView, ...codeScope(code), ...typedArraysOver(buffer, start) };
  return compile(text, scope) as object;
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
