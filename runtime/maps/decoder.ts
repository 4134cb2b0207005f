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
  const nested: Decode[] = [];
  const structs: string[] = [];
  const body = `return ${expression(layout, 'offset', { nested, structs })};`;
  // Names from BTF enter the code as JSON strings only, so no name can be code.
  const parameters = ['text', 'bytes', 'bits', 'nested', 'StructValue'];
  const create = new Function(...parameters, `${structs.join('\n')}\nreturn (view, offset) => { ${body} };`);
  return create(readText, readBytes, readBits, nested, StructValue) as Decode;
}

/** What the code that is being generated refers to. */
interface Code {
  /** Decoders of array elements. */
  readonly nested: Decode[];
  /** Declarations of constructors, one for each struct. */
  readonly structs: string[];
}

function expression(layout: Layout, at: string, code: Code): string {
  switch (layout.kind) {
    case 'integer':
      return integerExpression(layout, at);
    case 'float':
      return `view.getFloat${layout.size * 8}(${at}, ${layout.littleEndian})`;
    case 'string':
      return `text(view, ${at}, ${layout.size})`;
    case 'bytes':
      return `bytes(view, ${at}, ${layout.size})`;
    case 'struct':
    case 'union':
      return structExpression(layout, at, code);
    case 'array':
      return arrayExpression(layout.element, layout.length, at, code);
  }
}

function integerExpression(layout: IntegerLayout, at: string): string {
  const prefix = layout.size === 8 ? 'Big' : '';
  const sign = layout.signed ? 'Int' : 'Uint';
  const order = layout.size === 1 ? '' : `, ${layout.littleEndian}`;
  return meaningExpression(layout, `view.get${prefix}${sign}${layout.size * 8}(${at}${order})`);
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

function structExpression(layout: StructLayout, at: string, code: Code): string {
  const names = layout.fields.map(({ name }) => JSON.stringify(name));
  const values = layout.fields.map((field) => fieldExpression(field, 'offset', code));
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
  return `new ${constructor}(view, ${at})`;
}

function fieldExpression(field: FieldLayout, at: string, code: Code): string {
  if (!field.bits) return expression(field.layout, field.offset === 0 ? at : `${at} + ${field.offset}`, code);
  const { offset, width } = field.bits;
  const signed = field.layout.kind === 'integer' && field.layout.signed;
  const raw = `bits(view, ${at} + ${offset >> 3}, ${offset & 7}, ${width}, ${signed})`;
  if (field.layout.kind === 'integer' && field.layout.meaning === 'bigint') return raw;
  if (field.layout.kind === 'integer' && field.layout.meaning === 'boolean') return `${raw} !== 0n`;
  return `Number(${raw})`;
}

function arrayExpression(element: Layout, length: number, at: string, code: Code): string {
  if (length <= UNROLLED_ELEMENTS && element.kind === 'integer') {
    const elements = Array.from({ length }, (_, index) => expression(element, `${at} + ${index * element.size}`, code));
    return `[${elements.join(', ')}]`;
  }
  const decode = generateDecoder(element);
  code.nested.push((view, offset) => {
    const values = new Array<unknown>(length);
    for (let index = 0; index < length; index++) values[index] = decode(view, offset + index * element.size);
    return values;
  });
  return `nested[${code.nested.length - 1}](view, ${at})`;
}

function readText(view: DataView, offset: number, size: number): string {
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
