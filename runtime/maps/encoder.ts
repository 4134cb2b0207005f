/** This file makes encoders: closures that check a value against its layout and write its bytes. */
import { bitShift } from './decoder.js';
import { hostIsLittleEndian } from './layout.js';
import type { ArrayLayout, FieldLayout, IntegerLayout, Layout, StructLayout } from './layout.js';

export type Encode = (value: unknown, view: DataView, offset: number) => void;

/** A value that does not fit; the encoders around it add where it stands. */
export class EncodeProblem extends Error {
  readonly #path: string[] = [];
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }

  within(step: string): this {
    this.#path.unshift(step);
    return this;
  }

  describe(subject: string): string {
    return `${subject}${this.#path.join('')}: ${this.message}.`;
  }
}

/** Makes the encoder of a layout. */
export function createEncoder(layout: Layout): Encode {
  switch (layout.kind) {
    case 'integer':
      return integerEncoder(layout);
    case 'float':
      return floatEncoder(layout.size, layout.littleEndian);
    case 'string':
      return stringEncoder(layout.size);
    case 'bytes':
      return bytesEncoder(layout.size);
    case 'struct':
    case 'union':
      return structEncoder(layout);
    case 'array':
      return arrayEncoder(layout);
  }
}

function integerEncoder(layout: IntegerLayout): Encode {
  const { size, littleEndian } = layout;
  const [low, high] = range(layout.signed, size * 8);
  if (size === 8) {
    const kept = layout.signed ? BigInt.asIntN : BigInt.asUintN;
    const plain = layout.meaning === 'bigint' || layout.meaning === 'number';
    return (value, view, offset) => {
      const fits = plain && typeof value === 'bigint' && kept(64, value) === value;
      // A negative number is stored as what it is modulo 2^64.
      view.setBigUint64(offset, fits ? value : BigInt.asUintN(64, whole(layout, value, low, high)), littleEndian);
    };
  }
  const [least, most] = [Number(low), Number(high)];
  const store = { 1: 'setUint8', 2: 'setUint16', 4: 'setUint32' } as const;
  const method = store[size];
  const isNumber = layout.meaning === 'number';
  return (value, view, offset) => {
    const fits = isNumber && typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
    view[method](offset, fits ? value : Number(whole(layout, value, low, high)), littleEndian);
  };
}

function range(signed: boolean, bits: number): readonly [bigint, bigint] {
  return signed ? [-(1n << BigInt(bits - 1)), (1n << BigInt(bits - 1)) - 1n] : [0n, (1n << BigInt(bits)) - 1n];
}

/** The integer that stands for a value in memory, in range. */
function whole(layout: IntegerLayout, value: unknown, low: bigint, high: bigint): bigint {
  const integer = meaningOf(layout, value);
  if (integer < low || integer > high) {
    throw new EncodeProblem(`${show(value)} does not fit ${layout.name} (${low} to ${high})`);
  }
  return integer;
}

function meaningOf(layout: IntegerLayout, value: unknown): bigint {
  if (layout.meaning === 'boolean') {
    if (typeof value !== 'boolean') throw new EncodeProblem(`${show(value)} is no boolean`, 'Give true or false.');
    return value ? 1n : 0n;
  }
  if (typeof value === 'bigint') return value;
  if (typeof value !== 'number') {
    throw new EncodeProblem(`${show(value)} is no ${layout.meaning === 'bigint' ? 'bigint' : 'number'}`);
  }
  if (layout.meaning === 'fixed') return fixedUnits(value);
  if (!Number.isInteger(value)) throw new EncodeProblem(`${show(value)} is no whole number, as ${layout.name} needs`);
  return BigInt(value);
}

/** Truncates toward zero, but takes 0.29 as 29000 units although 0.29 * 100000 falls a rounding error short of it. */
function fixedUnits(value: number): bigint {
  if (!Number.isFinite(value)) throw new EncodeProblem(`${show(value)} has no fixed-point value`);
  const scaled = value * 100000;
  return BigInt(Math.trunc(scaled + scaled * 2 * Number.EPSILON));
}

function floatEncoder(size: 4 | 8, littleEndian: boolean): Encode {
  return (value, view, offset) => {
    if (typeof value !== 'number') throw new EncodeProblem(`${show(value)} is no number`);
    if (size === 4) view.setFloat32(offset, value, littleEndian);
    else view.setFloat64(offset, value, littleEndian);
  };
}

function stringEncoder(size: number): Encode {
  return (value, view, offset) => {
    if (typeof value !== 'string') throw new EncodeProblem(`${show(value)} is no string`);
    const length = Buffer.byteLength(value);
    if (length > size)
      throw new EncodeProblem(`${show(value)} takes ${length} bytes, more than the ${size} of char[${size}]`);
    if (value.includes('\0'))
      throw new EncodeProblem('a char array ends at its first NUL, so a string with a NUL inside would be cut');
    const target = Buffer.from(view.buffer, view.byteOffset + offset, size);
    target.write(value, 'utf8');
    target.fill(0, length);
  };
}

function bytesEncoder(size: number): Encode {
  return (value, view, offset) => {
    const isArray = Array.isArray(value);
    if (!isArray && !(value instanceof Uint8Array)) throw new EncodeProblem(`${show(value)} is no Uint8Array`);
    if (isArray) value.forEach(checkByte);
    if (value.length !== size)
      throw new EncodeProblem(`${count(value.length, 'byte')} given where exactly ${size} are needed`);
    new Uint8Array(view.buffer, view.byteOffset + offset, size).set(value);
  };
}

/** An element of an array of u8, which lies in memory as bytes do. */
function checkByte(value: unknown, index: number): void {
  if (Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 255) return;
  throw new EncodeProblem(`${show(value)} is no byte (0 to 255)`).within(`[${index}]`);
}

function arrayEncoder(layout: ArrayLayout): Encode {
  const { element, length } = layout;
  const encode = createEncoder(element);
  return (value, view, offset) => {
    if (!isList(value)) throw new EncodeProblem(`${show(value)} is no array`);
    if (value.length !== length)
      throw new EncodeProblem(`${count(value.length, 'element')} given where exactly ${length} are needed`);
    for (let index = 0; index < length; index++) {
      attempt(`[${index}]`, encode, value[index], view, offset + index * element.size);
    }
  };
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

function structEncoder(layout: StructLayout): Encode {
  const optional = layout.kind === 'union';
  const fields = layout.fields.map((field) => ({
    ...field,
    step: `.${field.name}`,
    encode: field.bits ? bitsEncoder(field) : createEncoder(field.layout),
    required: !optional && !field.overlapping,
  }));
  return (value, view, offset) => {
    if (typeof value !== 'object' || value === null) {
      throw new EncodeProblem(`${show(value)} is no object with the fields of ${layout.name || 'the struct'}`);
    }
    const source = value as Record<string, unknown>;
    for (const field of fields) {
      const item = source[field.name];
      if (item === undefined && !field.required) continue;
      if (item === undefined) throw new EncodeProblem('the field is missing').within(field.step);
      attempt(field.step, field.encode, item, view, offset + field.offset);
    }
  };
}

function bitsEncoder(field: FieldLayout): Encode {
  const layout = field.layout as IntegerLayout;
  const { offset: start, width } = field.bits as { offset: number; width: number };
  const [low, high] = range(layout.signed, width);
  const named = { ...layout, name: `a bit field of ${count(width, 'bit')}` };
  return (value, view, offset) =>
    writeBits(view, offset + (start >> 3), start & 7, width, whole(named, value, low, high));
}

function writeBits(view: DataView, offset: number, first: number, width: number, value: bigint): void {
  const span = (first + width + 7) >> 3;
  const shift = BigInt(bitShift(first, width));
  const mask = ((1n << BigInt(width)) - 1n) << shift;
  const bits = (BigInt.asUintN(width, value) << shift) & mask;
  for (let index = 0; index < span; index++) {
    const place = BigInt((hostIsLittleEndian ? index : span - 1 - index) * 8);
    const keep = view.getUint8(offset + index) & ~Number((mask >> place) & 0xffn);
    view.setUint8(offset + index, keep | Number((bits >> place) & 0xffn));
  }
}

function attempt(step: string, encode: Encode, value: unknown, view: DataView, offset: number): void {
  try {
    encode(value, view, offset);
  } catch (problem) {
    if (problem instanceof EncodeProblem) problem.within(step);
    throw problem;
  }
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  if (typeof value === 'function') return 'a function';
  return String(value);
}
