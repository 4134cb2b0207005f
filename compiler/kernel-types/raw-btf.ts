/**
 * A kernel's BTF, some megabytes of it, read where it is asked for: one pass finds where each type begins, and nothing else
 * is decoded before somebody wants it. The format is that of Documentation/bpf/btf.rst.
 */
import { ObjectError } from '../object/object-error.js';

const MAGIC = 0xeb9f;
const KINDS = (
  'void int pointer array struct union enum forward typedef volatile const restrict function prototype variable section ' +
  'float declarationTag typeTag enum64'
).split(' ');
/** Bytes behind the 12 of every type: some of their own, and some for each member, value, parameter or entry. */
const EXTRA: Readonly<Record<string, readonly [own: number, each: number]>> = {
  ...{ int: [4, 0], array: [12, 0], struct: [0, 12], union: [0, 12], enum: [0, 8], prototype: [0, 8] },
  ...{ variable: [4, 0], section: [0, 12], declarationTag: [4, 0], enum64: [0, 12] },
};

export interface RawMember {
  readonly name: string;
  readonly type: number;
  /** In bits; 0 for what is no bit field. */
  readonly width: number;
}

export class RawBtf {
  private readonly view: DataView;
  private readonly bytes: Buffer;
  private readonly strings: number;
  private readonly stringsEnd: number;
  /** Where each type begins; id 0 is `void`. */
  private readonly starts: number[] = [0];

  /** @throws ObjectError for what is no BTF of this machine's byte order. */
  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < 24 || this.u16(0) !== MAGIC) throw new ObjectError('this is no BTF');
    const header = this.u32(4);
    const [start, length] = [header + this.u32(8), this.u32(12)];
    this.strings = header + this.u32(16);
    this.stringsEnd = this.strings + this.u32(20);
    if (start + length > bytes.length || this.stringsEnd > bytes.length) throw new ObjectError('the BTF was cut short');
    for (let at = start; at < start + length;) {
      this.starts.push(at);
      const [own, each] = EXTRA[this.kindAt(at)] ?? [0, 0];
      at += 12 + own + each * (this.u32(at + 4) & 0xffff);
      if (at > start + length) throw new ObjectError('the last type of the BTF was cut short');
    }
  }

  /** The struct or union of that name; the first where there are several. */
  find(name: string): number | undefined {
    const at = this.bytes.subarray(this.strings, this.stringsEnd).indexOf(`\0${name}\0`, 'latin1');
    if (at < 0) return undefined;
    for (let id = 1; id < this.starts.length; id++) {
      if (this.u32(this.starts[id]!) !== at + 1) continue;
      const kind = this.kind(id);
      if (kind === 'struct' || kind === 'union') return id;
    }
    return undefined;
  }

  kind(id: number): string {
    return id === 0 ? 'void' : this.kindAt(this.start(id));
  }

  /** Empty where it has none. */
  name(id: number): string {
    return id === 0 ? '' : this.text(this.u32(this.start(id)));
  }

  /** The type that a pointer, typedef, qualifier or array is of. */
  of(id: number): number {
    return this.u32(this.start(id) + (this.kind(id) === 'array' ? 12 : 8));
  }

  /** The number of elements of an array. */
  length(id: number): number {
    return this.u32(this.start(id) + 20);
  }

  integer(id: number): { readonly size: number; readonly signed: boolean; readonly boolean: boolean } {
    const start = this.start(id);
    const encoding = (this.u32(start + 12) >>> 24) & 0xf;
    return { size: this.u32(start + 8), signed: (encoding & 1) !== 0, boolean: (encoding & 4) !== 0 };
  }

  members(id: number): RawMember[] {
    const start = this.start(id);
    const information = this.u32(start + 4);
    return Array.from({ length: information & 0xffff }, (_, index) => {
      const at = start + 12 + index * 12;
      const width = information >>> 31 === 0 ? 0 : this.u32(at + 8) >>> 24;
      return { name: this.text(this.u32(at)), type: this.u32(at + 4), width };
    });
  }

  /** The names and values of an enum of up to 32 bits. */
  values(id: number): { readonly name: string; readonly value: number }[] {
    const start = this.start(id);
    const information = this.u32(start + 4);
    return Array.from({ length: information & 0xffff }, (_, index) => {
      const at = start + 12 + index * 8;
      const value = information >>> 31 === 0 ? this.u32(at + 4) : this.view.getInt32(at + 4, true);
      return { name: this.text(this.u32(at)), value };
    });
  }

  private start(id: number): number {
    const start = this.starts[id];
    if (!start) throw new ObjectError(`the BTF names type ${id}, which it does not have`);
    return start;
  }

  private kindAt(at: number): string {
    const number = (this.u32(at + 4) >>> 24) & 0x1f;
    const kind = KINDS[number];
    if (kind === undefined) throw new ObjectError(`the BTF has a type of the unknown kind ${number}`);
    return kind;
  }

  private text(offset: number): string {
    const start = this.strings + offset;
    const end = this.bytes.indexOf(0, start);
    if (start >= this.stringsEnd || end < 0) throw new ObjectError('the BTF has a name outside its strings');
    return this.bytes.toString('latin1', start, end);
  }

  private u16(at: number): number {
    return this.view.getUint16(at, true);
  }

  private u32(at: number): number {
    if (at + 4 > this.view.byteLength) throw new ObjectError('the BTF was cut short');
    return this.view.getUint32(at, true);
  }
}
