/** Layouts as BTF, for maps that user space makes: the kernel compares what it knows of an inner map's values. */
import { hostIsLittleEndian, type FieldLayout, type IntegerLayout, type Layout } from './layout.js';

/** Numbers of linux/btf.h. */
const MAGIC = 0xeb9f;
const HEADER_SIZE = 24;
const Kind = { int: 1, array: 3, struct: 4, union: 5, typedef: 8 } as const;
const Encoding = { signed: 1, char: 2, bool: 4 } as const;
/** In a struct's `info`: members say how many bits they have. */
const KIND_FLAG = 0x8000_0000;

export interface MapBtf {
  readonly bytes: Uint8Array;
  /** BTF ids. */
  readonly key: number;
  readonly value: number;
}

/**
 * BTF that describes a map's keys and values, so that its reader (btf-layout.ts) gives the same layouts again. Floats are
 * written as bytes, since kernels before 5.13 know none.
 */
export function writeMapBtf(key: Layout, value: Layout): MapBtf {
  const writer = new Writer();
  const ids = { key: writer.type(key), value: writer.type(value) };
  return { ...ids, bytes: writer.finish() };
}

class Writer {
  #words: number[] = [];
  #count = 0;
  #strings = '\0';
  readonly #known = new Map<string, number>();

  /** @returns the id of what describes a layout. */
  type(layout: Layout): number {
    switch (layout.kind) {
      case 'integer':
        return this.#integer(layout);
      case 'struct':
      case 'union':
        return this.#struct(layout.kind, layout.name, layout.size, layout.fields);
      case 'array':
        return this.#array(this.type(layout.element), layout.length);
      case 'string':
        return this.#array(this.#int('char', 1, Encoding.char), layout.size);
      case 'bytes':
      case 'float':
        return this.#array(this.#int('unsigned char', 1, 0), layout.size);
    }
  }

  finish(): Uint8Array {
    const strings = new TextEncoder().encode(this.#strings);
    const typeSize = this.#words.length * 4;
    const bytes = new Uint8Array(HEADER_SIZE + typeSize + strings.length);
    const view = new DataView(bytes.buffer);
    const put = (offset: number, value: number) => view.setUint32(offset, value, hostIsLittleEndian);
    view.setUint16(0, MAGIC, hostIsLittleEndian);
    view.setUint8(2, 1);
    [HEADER_SIZE, 0, typeSize, typeSize, strings.length].forEach((value, index) => put(4 + index * 4, value));
    this.#words.forEach((word, index) => put(HEADER_SIZE + index * 4, word));
    bytes.set(strings, HEADER_SIZE + typeSize);
    return bytes;
  }

  #integer({ name, size, signed, littleEndian, meaning }: IntegerLayout): number {
    if (meaning === 'boolean') return this.#int('_Bool', size, Encoding.bool);
    const plain = `${signed ? 'i' : 'u'}${size * 8}`;
    const id = this.#int(plain, size, signed ? Encoding.signed : 0);
    // What means more than its bits has a typedef's name.
    const mark =
      littleEndian !== hostIsLittleEndian
        ? `be${size * 8}`
        : meaning === 'fixed'
          ? 'fixed'
          : meaning === 'number' && size === 8
            ? 'number'
            : undefined;
    if (mark !== undefined && size > 1) return this.#typedef(mark, id);
    return name === plain || !/^[iu](8|16|32|64)$/.test(name) ? id : this.#typedef(name, id);
  }

  #int(name: string, size: number, encoding: number): number {
    return this.#once(`int ${name}`, () => this.#add(name, Kind.int, 0, size, [(encoding << 24) | (size * 8)]));
  }

  #typedef(name: string, type: number): number {
    return this.#once(`typedef ${name}`, () => this.#add(name, Kind.typedef, 0, type, []));
  }

  #array(element: number, length: number): number {
    const index = this.#int('u32', 4, 0);
    return this.#add('', Kind.array, 0, 0, [element, index, length]);
  }

  #struct(kind: 'struct' | 'union', name: string, size: number, fields: readonly FieldLayout[]): number {
    const hasBits = fields.some(({ bits }) => bits);
    const place = ({ bits, offset }: FieldLayout) => bits?.offset ?? offset * 8;
    // The kernel takes members in the order of their places alone.
    const words = [...fields]
      .sort((one, other) => place(one) - place(other))
      .flatMap((field) => {
        const width = field.bits?.width ?? 0;
        return [this.#name(field.name), this.type(field.layout), ((width << 24) | place(field)) >>> 0];
      });
    return this.#add(name, Kind[kind], hasBits ? KIND_FLAG | fields.length : fields.length, size, words);
  }

  #once(description: string, make: () => number): number {
    let id = this.#known.get(description);
    if (id === undefined) this.#known.set(description, (id = make()));
    return id;
  }

  #add(name: string, kind: number, information: number, sizeOrType: number, words: readonly number[]): number {
    this.#words.push(this.#name(name), (information | (kind << 24)) >>> 0, sizeOrType, ...words);
    return ++this.#count;
  }

  /** The kernel refuses names of structs and members that C would. */
  #name(name: string): number {
    if (!/^[A-Za-z_][A-Za-z0-9_]*( [a-z]+)*$/.test(name)) return 0;
    const offset = this.#strings.length;
    this.#strings += `${name}\0`;
    return offset;
  }
}
