/** Memory in which what is to be written is put together. */

export class OutputBuffer {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  length = 0;

  /** @param size in bytes. */
  constructor(size: number) {
    this.bytes = new Uint8Array(size);
    this.view = new DataView(this.bytes.buffer);
  }

  /** What is in it, valid until the next is put there. */
  get content(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  append(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }
}
