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
  return generate(layout, undefined, '(view, offset)') as Decode;
}

/**
 * Generates a decoder for values that all lie in one memory, at multiples of 8: a field that is aligned is one access to a
 * typed array, which the engine does in fewer instructions than a DataView.
 *
 * @param buffer the memory; it has to outlive every use.
 * @param start of what offsets count from, in bytes; a multiple of 8.
 */
export function generateMemoryDecoder(layout: Layout, buffer: ArrayBuffer, start: number): (offset: number) => unknown {
  const memory = {
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
  return generate(layout, memory, '(offset)') as (offset: number) => unknown;
}

let generated = 0;

function generate(layout: Layout, memory: Readonly<Record<string, unknown>> | undefined, parameters: string): unknown {
  const code: Code = { nested: [], structs: [], typed: memory !== undefined };
  const body = `return ${expression(layout, { text: 'offset', alignment: 8 }, code)};`;
  const scope = { text: readText, bytes: readBytes, bits: readBits, nested: code.nested, StructValue, ...memory };
  const names = Object.keys(scope);
  // Names from BTF enter the code as JSON strings only, so no name can be code. What the code refers to are constants to the
  // engine only if nothing else shares the code, which it does where the text is the same: hence the number.
  const create = new Function(
    ...names.map((name) => `${name}_`),
    `const ${names.map((name) => `${name} = ${name}_`).join(', ')};
    ${code.structs.join('\n')}
    return ${parameters} => { ${body} }; // ${++generated}`,
  );
  return create(...Object.values(scope)) as unknown;
}

/** What the code that is being generated refers to. */
interface Code {
  /** Decoders of array elements. */
  readonly nested: Decode[];
  /** Declarations of constructors, one for each struct. */
  readonly structs: string[];
  /** Whether there are typed arrays over the memory. */
  readonly typed: boolean;
}

/** An offset, and of what power of two it is known to be a multiple. */
interface Place {
  readonly text: string;
  readonly alignment: number;
}

function behind({ text, alignment }: Place, bytes: number): Place {
  return bytes === 0
    ? { text, alignment }
    : { text: `${text} + ${bytes}`, alignment: Math.min(alignment, bytes & -bytes) };
}

function expression(layout: Layout, at: Place, code: Code): string {
  switch (layout.kind) {
    case 'integer':
      return integerExpression(layout, at, code);
    case 'float':
      return `view.getFloat${layout.size * 8}(${at.text}, ${layout.littleEndian})`;
    case 'string':
      return `text(view, ${at.text}, ${layout.size})`;
    case 'bytes':
      return `bytes(view, ${at.text}, ${layout.size})`;
    case 'struct':
    case 'union':
      return structExpression(layout, at, code);
    case 'array':
      return arrayExpression(layout.element, layout.length, at, code);
  }
}

function integerExpression(layout: IntegerLayout, at: Place, { typed }: Code): string {
  const { size, signed } = layout;
  const isHostOrder = size === 1 || layout.littleEndian === hostIsLittleEndian;
  if (typed && isHostOrder && at.alignment >= size) {
    return meaningExpression(layout, `${signed ? 'i' : 'u'}${size * 8}[(${at.text}) >>> ${Math.log2(size)}]`);
  }
  const prefix = size === 8 ? 'Big' : '';
  const order = size === 1 ? '' : `, ${layout.littleEndian}`;
  return meaningExpression(layout, `view.get${prefix}${signed ? 'Int' : 'Uint'}${size * 8}(${at.text}${order})`);
}

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

function structExpression(layout: StructLayout, at: Place, code: Code): string {
  const names = layout.fields.map(({ name }) => JSON.stringify(name));
  const values = layout.fields.map((field) => fieldExpression(field, { ...at, text: 'offset' }, code));
  // An assignment to this name would set the prototype.
  const assignments = names.map((name, index) =>
    name === '"__proto__"'
      ? `Object.defineProperty(this, ${name}, { value: ${values[index]}, writable: true, enumerable: true, configurable: true });`
      : `this[${name}] = ${values[index]};`,
  );
  const constructor = `Struct${code.structs.length}`;
  code.structs.push(
    `function ${constructor}(view, offset) { ${assignments.join(' ')} }\n${constructor}.prototype = StructValue;`,
  );
  return `new ${constructor}(view, ${at.text})`;
}

function fieldExpression(field: FieldLayout, at: Place, code: Code): string {
  if (!field.bits) return expression(field.layout, behind(at, field.offset), code);
  const { offset, width } = field.bits;
  const signed = field.layout.kind === 'integer' && field.layout.signed;
  const raw = `bits(view, ${at.text} + ${offset >> 3}, ${offset & 7}, ${width}, ${signed})`;
  if (field.layout.kind === 'integer' && field.layout.meaning === 'bigint') return raw;
  if (field.layout.kind === 'integer' && field.layout.meaning === 'boolean') return `${raw} !== 0n`;
  return `Number(${raw})`;
}

function arrayExpression(element: Layout, length: number, at: Place, code: Code): string {
  if (length <= UNROLLED_ELEMENTS && element.kind === 'integer') {
    const elements = Array.from({ length }, (_, index) => expression(element, behind(at, index * element.size), code));
    return `[${elements.join(', ')}]`;
  }
  const decode = generateDecoder(element);
  code.nested.push((view, offset) => {
    const values = new Array<unknown>(length);
    for (let index = 0; index < length; index++) values[index] = decode(view, offset + index * element.size);
    return values;
  });
  return `nested[${code.nested.length - 1}](view, ${at.text})`;
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
