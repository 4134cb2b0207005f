/** Where a filter's packet comes from: a way to test how long it is, and to read it, for each kind of context. */
import type { Block } from '../ir/instructions.js';
import type { IrValue } from '../ir/values.js';
import type { Known, Window } from './analysis.js';
import type { ReadSize } from './cbpf.js';
import type { Extension } from './extensions.js';

/** A window as it is at a place in the program: with the index that it starts at. */
export interface OpenWindow extends Window {
  /** 32 bits wide; undefined where the window starts at the packet's first byte. */
  readonly index: IrValue | undefined;
  readonly known: Known | undefined;
}

export interface PacketSource {
  /** For people: `the context of a tc program`. */
  readonly name: string;

  /** Whether the verifier has to see by its making that `4 * (byte & 15)` is at most 60. */
  readonly seesHeaderLength: boolean;

  /** Whether the kernel may keep a VLAN tag beside the packet. */
  readonly hasTagsBeside: boolean;

  /** The packet's length on the wire, in bytes; 32 bits wide. */
  length(): IrValue;

  /**
   * How far a test at this place should reach: the end of a read here, or more, where all that follows needs more.
   *
   * @param end of the read, from where the window starts.
   * @param need what all ways to acceptance read, or more than the window has.
   * @returns undefined where the read is none of those that are tested together: `readAlone` is for it.
   */
  reach(window: OpenWindow, offset: number, end: number, need: number): number | undefined;

  /**
   * Makes the bytes of a window up to `to` ready to be read, or goes to `reject` where the packet ends before.
   *
   * @param ready how far they are ready already, on every way that leads here; undefined where on some they are not.
   */
  prepare(window: OpenWindow, ready: number | undefined, to: number, reject: Block): void;

  /** Bytes that are ready, as the machine loads them: `swap` makes the number of it that they are on the wire. */
  read(window: OpenWindow, offset: number, size: ReadSize): IrValue;

  /** Tests and reads at once, as `read` does. */
  readAlone(window: OpenWindow, offset: number, size: ReadSize, reject: Block): IrValue;

  /** The other byte order. */
  swap(value: IrValue): IrValue;

  /** What an extension answers, 32 bits wide; undefined where this context cannot tell. */
  extension(extension: Extension): IrValue | undefined;
}
