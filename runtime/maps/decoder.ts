/** This file generates decoders: functions of straight-line code that make a JavaScript value of bytes. */
import { StructValue } from './json.js';
import type { FieldLayout, IntegerLayout, Layout, StructLayout } from './layout.js';
import { hostIsLittleEndian } from './layout.js';

export type Decode = (view: DataView, offset: number) => unknown;

/** Longer arrays are read in a loop; up to this many elements are written out. */
const UNROLLED_ELEMENTS = 8;
const FIXED_SCALE = 100000;

/** Generates the decoder of a layout. */
export function generateDecoder(layout: Layout): Decode {
  const code = newCode(false);
  const value = expression(layout, 0, code);
  return compile(`(view, offset) => ${value}`, codeScope(code)) as Decode;
}

/**
 * What generated code refers to a memory by where its values lie at multiples of 8: a field that is aligned is one access to a
 * typed array, which the engine does in fewer instructions than a DataView.
 *
 * @param buffer the memory; it has to outlive every use.
 * @param start of what offsets count from, in bytes; a multiple of 8.
 */
export function typedArraysOver(buffer: ArrayBuffer, start: number): Readonly<Record<string, unknown>> {
  return {
    view: new DataView(buffer, start),
    u8: new Uint8Array(buffer, start),
    u16: new Uint16Array(buffer, start),
    u32: new Uint32Array(buffer, start),
    u64: new BigUint64Array(buffer, start),
    i8: new Int8Array(buffer, start),
    i16: new Int16Array(buffer, start),
    i32: new Int32Array(buffer, start),
    i64: new BigInt64Array(buffer, start),
  };
}

let generated = 0;

/**
 * Evaluates generated code.
 *
 * @param text an expression. Names from BTF enter it as JSON strings only, so no name can be code.
 * @param scope the names that it refers to, which are constants there.
 */
export function compile(text: string, scope: Readonly<Record<string, unknown>>): unknown {
  const names = Object.keys(scope);
  // What the code refers to are constants to the engine only if nothing else shares the code, which it does where the text
  // is the same: hence the number.
  const create = new Function(
    ...names.map((name) => `${name}_`),
    `${names.map((name) => `const ${name} = ${name}_;`).join(' ')}
    return ${text}; // ${++generated}`,
  );
  return create(...Object.values(scope)) as unknown;
}

/** What the code that is being generated refers to. */
export interface Code {
  /** Decoders of array elements. */
  readonly nested: Decode[];
  readonly structs: StructLayout[];
  /** Whether there are typed arrays over the memory. */
  readonly typed: boolean;
}

export function newCode(typed: boolean): Code {
  return { nested: [], structs: [], typed };
}

/** All that generated code refers to but the memory. */
export function codeScope(code: Code): Readonly<Record<string, unknown>> {
  const constructors = code.structs.map((layout, index) => [`Struct${index}`, constructorOf(layout)] as const);
  return { text: readText, bytes: readBytes, bits: readBits, nested: code.nested, ...Object.fromEntries(constructors) };
}

const constructors = new WeakMap<StructLayout, unknown>();

/**
 * The constructor of a struct's values, by the values of its fields. All decoders of the struct share it, so that what reads
 * its values meets one kind of object.
 */
function constructorOf(layout: StructLayout): unknown {
  let constructor = constructors.get(layout);
  if (constructor === undefined) {
    // An assignment to this name would set the prototype.
    const assignments = layout.fields.map(({ name }, index) =>
      name === '__proto__'
        ? `Object.defineProperty(this, "__proto__", { value: v${index}, writable: true, enumerable: true, configurable: true });`
        : `this[${JSON.stringify(name)}] = v${index};`,
    );
    const parameters = layout.fields.map((_, index) => `v${index}`);
    const made = compile(`function Struct(${parameters.join(', ')}) { ${assignments.join(' ')} }`, {}) as {
      prototype: object;
    };
    made.prototype = StructValue;
    constructors.set(layout, (constructor = made));
  }
  return constructor;
}

/** The name that generated code has for the constructor. */
export function constructorName(layout: StructLayout, { structs }: Code): string {
  if (!structs.includes(layout)) structs.push(layout);
  return `Struct${structs.indexOf(layout)}`;
}

/** The place that is so many bytes behind `offset`, in generated code. */
function place(bytes: number): string {
  return bytes === 0 ? 'offset' : `offset + ${bytes}`;
}

/**
 * Code for a value.
 *
 * @param at in bytes behind what the code calls `offset`.
 */
export function expression(layout: Layout, at: number, code: Code): string {
  switch (layout.kind) {
    case 'integer':
      return integerExpression(layout, at, code);
    case 'float':
      return `view.getFloat${layout.size * 8}(${place(at)}, ${layout.littleEndian})`;
    case 'string':
      return `text(view, ${place(at)}, ${layout.size})`;
    case 'bytes':
      return `bytes(view, ${place(at)}, ${layout.size})`;
    case 'struct':
    case 'union':
      return structExpression(layout, at, code);
    case 'array':
      return arrayExpression(layout.element, layout.length, at, code);
  }
}

function integerExpression(layout: IntegerLayout, at: number, { typed }: Code): string {
  const { size, signed } = layout;
  const isHostOrder = size === 1 || layout.littleEndian === hostIsLittleEndian;
  if (typed && isHostOrder && at % size === 0) return meaningExpression(layout, typedElement(size, signed, at));
  const prefix = size === 8 ? 'Big' : '';
  const order = size === 1 ? '' : `, ${layout.littleEndian}`;
  return meaningExpression(layout, `view.get${prefix}${signed ? 'Int' : 'Uint'}${size * 8}(${place(at)}${order})`);
}

/** An element of a typed array. All indexes are counted from one, so that the engine has less to compute. */
export function typedElement(size: 1 | 2 | 4 | 8, signed: boolean, at: number): string {
  const index = size === 1 ? 'offset' : `offset${size}`;
  return `${signed ? 'i' : 'u'}${size * 8}[${at === 0 ? index : `${index} + ${at / size}`}]`;
}

/** Declares what `typedElement` counts from. */
export const DECLARE_INDEXES = 'const offset2 = offset >>> 1, offset4 = offset >>> 2, offset8 = offset >>> 3;';

function meaningExpression(layout: IntegerLayout, raw: string): string {
  switch (layout.meaning) {
    case 'boolean':
      return `Boolean(${raw})`;
    case 'fixed':
      return `Number(${raw}) / ${FIXED_SCALE}`;
    case 'bigint':
      return layout.size === 8 ? raw : `BigInt(${raw})`;
    case 'number':
      return layout.size === 8 ? `Number(${raw})` : raw;
  }
}

function structExpression(layout: StructLayout, at: number, code: Code): string {
  const values = layout.fields.map((field) => fieldExpression(field, at, code));
  return `new ${constructorName(layout, code)}(${values.join(', ')})`;
}

export function fieldExpression(field: FieldLayout, at: number, code: Code): string {
  if (!field.bits) return expression(field.layout, at + field.offset, code);
  const { offset, width } = field.bits;
  const signed = field.layout.kind === 'integer' && field.layout.signed;
  const raw = `bits(view, ${place(at)} + ${offset >> 3}, ${offset & 7}, ${width}, ${signed})`;
  if (field.layout.kind === 'integer' && field.layout.meaning === 'bigint') return raw;
  if (field.layout.kind === 'integer' && field.layout.meaning === 'boolean') return `${raw} !== 0n`;
  return `Number(${raw})`;
}

function arrayExpression(element: Layout, length: number, at: number, code: Code): string {
  if (length <= UNROLLED_ELEMENTS && element.kind === 'integer') {
    const elements = Array.from({ length }, (_, index) => expression(element, at + index * element.size, code));
    return `[${elements.join(', ')}]`;
  }
  const decode = generateDecoder(element);
  code.nested.push((view, offset) => {
    const values = new Array<unknown>(length);
    for (let index = 0; index < length; index++) values[index] = decode(view, offset + index * element.size);
    return values;
  });
  return `nested[${code.nested.length - 1}](view, ${place(at)})`;
}

/** Most texts are short and plain; what is not goes through the decoder of UTF-8. */
const SHORT_TEXT = 24;

function readText(view: DataView, offset: number, size: number): string {
  let text = '';
  const end = Math.min(size, SHORT_TEXT);
  for (let index = 0; index < end; index++) {
    const unit = view.getUint8(offset + index);
    if (unit === 0) return text;
    if (unit > 127) return readLongText(view, offset, size);
    text += ASCII[unit]!;
  }
  return size > SHORT_TEXT ? readLongText(view, offset, size) : text;
}

const ASCII = Array.from({ length: 128 }, (_, unit) => String.fromCharCode(unit));

function readLongText(view: DataView, offset: number, size: number): string {
  const buffer = Buffer.from(view.buffer, view.byteOffset + offset, size);
  const end = buffer.indexOf(0);
  return buffer.toString('utf8', 0, end < 0 ? size : end);
}

/** A copy: the memory may be a ring that is written again. */
function readBytes(view: DataView, offset: number, size: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + offset, size).slice();
}

/**
 * A bit field. On a little-endian machine BTF counts bits from the least significant of the first byte, on a
 * big-endian one from the most significant.
 */
export function readBits(view: DataView, offset: number, first: number, width: number, signed: boolean): bigint {
  const span = (first + width + 7) >> 3;
  let raw = 0n;
  for (let index = 0; index < span; index++) {
    const byte = BigInt(view.getUint8(offset + index));
    raw = hostIsLittleEndian ? raw | (byte << BigInt(index * 8)) : (raw << 8n) | byte;
  }
  const shifted = raw >> BigInt(bitShift(first, width));
  return signed ? BigInt.asIntN(width, shifted) : BigInt.asUintN(width, shifted);
}

/** How far the field stands from the least significant bit of the bytes it spans. */
export function bitShift(first: number, width: number): number {
  return hostIsLittleEndian ? first : (((first + width + 7) >> 3) << 3) - first - width;
}
