/** A bounds-checked little-endian view of a part of a file. */
import { refuse } from './object-error.js';

const decoder = new TextDecoder();

export class Bytes {
  readonly length: number;
  private readonly view: DataView;

  /** @param what the part's name, for the reason that is given where it is too short. */
  constructor(
    readonly data: Uint8Array,
    readonly what: string,
  ) {
    this.length = data.length;
    this.view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  }

  u8(offset: number): number {
    this.need(offset, 1);
    return this.view.getUint8(offset);
  }

  u16(offset: number): number {
    this.need(offset, 2);
    return this.view.getUint16(offset, true);
  }

  u32(offset: number): number {
    this.need(offset, 4);
    return this.view.getUint32(offset, true);
  }

  i32(offset: number): number {
    return this.u32(offset) | 0;
  }

  /** A 64-bit offset or size of a file; what no file can reach is refused. */
  size(offset: number): number {
    const value = this.u32(offset + 4) * 2 ** 32 + this.u32(offset);
    if (!Number.isSafeInteger(value)) refuse(`${this.what}: an offset or size is larger than any file`);
    return value;
  }

  slice(offset: number, length: number, what: string = this.what): Bytes {
    this.need(offset, length, what);
    return new Bytes(this.data.subarray(offset, offset + length), what);
  }

  /** The text from an offset up to its NUL. */
  text(offset: number): string {
    if (offset >= this.length) refuse(`${this.what}: a name lies at offset ${offset}, past the end (${this.length})`);
    const end = this.data.indexOf(0, offset);
    if (end < 0) refuse(`${this.what}: a name is not ended by a NUL`);
    return decoder.decode(this.data.subarray(offset, end));
  }

  private need(offset: number, length: number, what: string = this.what): void {
    if (offset < 0 || length < 0 || offset + length > this.length) {
      refuse(`${what}: ${length} bytes at offset ${offset} reach past the end (${this.length})`);
    }
  }
}
