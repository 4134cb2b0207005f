/** A JavaScript value as the bytes of a layout: initial values of globals and constant tables. */
import { isScalar, typeName, type BpfType, type ScalarType, type StructField } from './types.js';

const FIXED_SCALE = 100000;

/** Which part of the value does not fit, for a diagnostic. */
export class NotEncodable extends Error {}

/** @throws NotEncodable with the path of the member that does not fit. */
export function encode(type: BpfType, value: unknown, path = 'value'): Uint8Array {
  const bytes = new Uint8Array(type.size);
  write(type, value, new DataView(bytes.buffer), 0, path);
  return bytes;
}

function write(type: BpfType, value: unknown, view: DataView, offset: number, path: string): void {
  switch (type.kind) {
    case 'struct':
      if (typeof value !== 'object' || value === null) throw mismatch(type, value, path);
      for (const field of type.fields) {
        const member = (value as Record<string, unknown>)[field.name];
        if (member !== undefined) writeField(field, member, view, offset, `${path}.${field.name}`);
      }
      return;
    case 'array': {
      if (typeof value !== 'object' || value === null) throw mismatch(type, value, path);
      const elements = Array.from(value as ArrayLike<unknown>);
      if (elements.length > type.length)
        throw new NotEncodable(`${path} has ${elements.length} elements, ${typeName(type)} holds ${type.length}`);
      elements.forEach((element, index) =>
        write(type.element, element, view, offset + index * type.element.size, `${path}[${index}]`),
      );
      return;
    }
    case 'chars': {
      if (typeof value !== 'string') throw mismatch(type, value, path);
      const text = new TextEncoder().encode(value);
      if (text.length > type.length)
        throw new NotEncodable(`${path} is ${text.length} bytes long, ${typeName(type)} holds ${type.length}`);
      text.forEach((byte, index) => view.setUint8(offset + index, byte));
      return;
    }
    default:
      writeScalar(type, scalarBits(type, value, path), view, offset);
  }
}

function writeField(field: StructField, value: unknown, view: DataView, base: number, path: string): void {
  if (!field.bits) return write(field.type, value, view, base + field.offset, path);
  if (!isScalar(field.type)) throw mismatch(field.type, value, path);
  const bits = BigInt.asUintN(field.bits.width, scalarBits(field.type, value, path));
  for (let index = 0; index < field.bits.width; index++) {
    const bit = field.bits.offset + index;
    const at = base + (bit >> 3);
    const on = (bits >> BigInt(index)) & 1n;
    view.setUint8(at, (view.getUint8(at) & ~(1 << (bit & 7))) | (Number(on) << (bit & 7)));
  }
}

function writeScalar(type: ScalarType, bits: bigint, view: DataView, offset: number): void {
  const little = !(type.kind === 'integer' && type.bigEndian);
  for (let index = 0; index < type.size; index++) {
    const byte = Number((bits >> BigInt(8 * index)) & 0xffn);
    view.setUint8(offset + (little ? index : type.size - 1 - index), byte);
  }
}

/**
 * The bits of a constant of a scalar type; they have to fit.
 *
 * @throws NotEncodable where a store would lose something.
 */
export function scalarBits(type: ScalarType, value: unknown, path = 'value'): bigint {
  if (type.kind === 'boolean') {
    if (typeof value === 'boolean') return value ? 1n : 0n;
    throw mismatch(type, value, path);
  }
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value !== 'number' && typeof value !== 'bigint') throw mismatch(type, value, path);
  if (type.kind === 'fixed' && typeof value === 'number' && !Number.isFinite(value))
    throw new NotEncodable(`${path} is ${value}, which has no end`);
  if (type.kind === 'fixed') return typeof value === 'bigint' ? value * BigInt(FIXED_SCALE) : fixedBits(value);
  if (typeof value === 'number' && !Number.isInteger(value))
    throw new NotEncodable(`${path} is ${value}, which has a fraction or no end`);
  const whole = BigInt(value);
  const width = type.size * 8;
  const fits = type.signed ? BigInt.asIntN(width, whole) === whole : BigInt.asUintN(width, whole) === whole;
  if (!fits) throw new NotEncodable(`${path} is ${value}, which ${typeName(type)} does not hold`);
  return BigInt.asUintN(64, whole);
}

/** A number in fixed point, truncated toward zero. The decimal text is what the programmer wrote; the binary is not. */
export function fixedBits(value: number): bigint {
  const [whole = '0', fraction = ''] = Math.abs(value).toFixed(10).split('.');
  const scaled = BigInt(whole) * BigInt(FIXED_SCALE) + BigInt(fraction.padEnd(5, '0').slice(0, 5));
  return value < 0 ? -scaled : scaled;
}

function mismatch(type: BpfType, value: unknown, path: string): NotEncodable {
  return new NotEncodable(`${path} is ${describe(value)}, where ${typeName(type)} is needed`);
}

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  return typeof value === 'object'
    ? value === null
      ? 'null'
      : 'an object'
    : typeof value === 'bigint'
      ? `${value}n`
      : String(value);
}
