/**
 * Packets that programs read by pointers: of XDP as a whole, of tc as far as they are linear. What lies beyond the linear
 * part is copied to the stack by a helper, and read from there.
 */
import type { Block } from '../../ir/instructions.js';
import { i32, integerOfSize, pointer } from '../../ir/types.js';
import type { IrValue } from '../../ir/values.js';
import { packetLength } from '../../lower/builtins/packet.js';
import type { LoweringContext } from '../../lower/context.js';
import { swap } from '../../lower/memory.js';
import { packetBounds } from '../../lower/packet-bounds.js';
import { MAX_OFFSET } from '../../lower/packet-length.js';
import type { ReadSize } from '../cbpf.js';
import type { Extension } from '../extensions.js';
import type { OpenWindow, PacketSource } from '../source.js';
import { copiedPart, CopyBuffers } from './buffer.js';
import { contextExtension, contextName } from './context-extensions.js';
import { boundedIndex, isFollowed } from './offset.js';
import { loadBytes } from './skb.js';

/** Addresses of a window, kept in slots that LLVM turns into registers. */
interface Addresses {
  /** Where the window lies in the packet. */
  readonly direct: IrValue;
  /** From where it is read: there, or from a copy. */
  readonly readable: IrValue;
}

abstract class DirectSource implements PacketSource {
  readonly name: string;
  readonly seesHeaderLength = false;
  abstract readonly hasTagsBeside: boolean;
  private readonly slots = new Map<string, Addresses>();

  constructor(protected readonly context: LoweringContext) {
    this.name = contextName(context);
  }

  length(): IrValue {
    return this.context.builder.resize(packetLength(this.context), i32, false);
  }

  swap(value: IrValue): IrValue {
    return swap(value, this.context);
  }

  extension(extension: Extension): IrValue | undefined {
    return contextExtension(extension, this.context);
  }

  abstract reach(window: OpenWindow, offset: number, end: number, need: number): number | undefined;
  abstract prepare(window: OpenWindow, ready: number | undefined, to: number, reject: Block): void;
  abstract read(window: OpenWindow, offset: number, size: ReadSize): IrValue;
  abstract readAlone(window: OpenWindow, offset: number, size: ReadSize, reject: Block): IrValue;

  protected slotsOf(key: string): Addresses {
    let slots = this.slots.get(key);
    if (!slots) this.slots.set(key, (slots = { direct: this.allocate(), readable: this.allocate() }));
    return slots;
  }

  private allocate(): IrValue {
    return this.context.allocatePointer();
  }

  /**
   * The window's address in the packet, behind a test that its bytes up to `to` are there.
   *
   * @param isKnown whether the address was made before, on every way.
   */
  protected testDirect(window: OpenWindow, isKnown: boolean, to: number, outside: Block): IrValue {
    const { builder } = this.context;
    const { direct } = this.slotsOf(window.key);
    if (to > MAX_OFFSET) {
      builder.jump(outside);
      builder.start(builder.createBlock('never'));
      return packetBounds(this.context).data;
    }
    if (window.index && !isKnown) {
      // Up to the end of the whole window, since later tests of more bytes are of this address too.
      const at = boundedIndex(window.index, window.known!, MAX_OFFSET - window.to, true, outside, this.context);
      // LLVM would add index and constants in another order than the test does: then the test is of another address.
      builder.store(builder.opaque(builder.offset(packetBounds(this.context).data, at)), direct, 8);
    }
    const address = window.index ? builder.load(pointer, direct, 8) : packetBounds(this.context).data;
    const inside = builder.createBlock('inside');
    builder.branch(
      builder.compare('ule', builder.offset(address, to), packetBounds(this.context).end),
      inside,
      outside,
    );
    builder.start(inside);
    return address;
  }

  protected loadAt(base: IrValue, offset: number, size: ReadSize, align: number): IrValue {
    const { builder } = this.context;
    return builder.load(integerOfSize(size), builder.offset(base, offset), align);
  }
}

/** All of the packet lies between two pointers. */
export class WholeSource extends DirectSource {
  readonly hasTagsBeside = false;

  reach(window: OpenWindow, _offset: number, end: number, need: number): number {
    return Math.max(end, Math.min(need, window.to));
  }

  prepare(window: OpenWindow, ready: number | undefined, to: number, reject: Block): void {
    this.testDirect(window, ready !== undefined, to, reject);
  }

  read(window: OpenWindow, offset: number, size: ReadSize): IrValue {
    const { builder } = this.context;
    const base = window.index
      ? builder.load(pointer, this.slotsOf(window.key).direct, 8)
      : packetBounds(this.context).data;
    return this.loadAt(base, offset, size, size);
  }

  readAlone(): never {
    throw new Error('all reads are tested together');
  }
}

/** The linear part lies between two pointers; helpers copy what lies beyond. */
export class LinearSource extends DirectSource {
  readonly hasTagsBeside = this.context.type.context === 'SkBuff';
  private readonly copies = new CopyBuffers(this.context);
  private alone: IrValue | undefined;

  reach(window: OpenWindow, _offset: number, end: number, need: number): number | undefined {
    const { to } = copiedPart(window);
    return end > to ? undefined : Math.max(end, Math.min(need, to));
  }

  prepare(window: OpenWindow, ready: number | undefined, to: number, reject: Block): void {
    const { from } = copiedPart(window);
    // Where the index was too large for the verifier, the window was copied, and has no address in the packet.
    const isKnown =
      ready !== undefined && window.known !== undefined && isFollowed(window.known, MAX_OFFSET - window.to);
    this.fetch(window, isKnown, from, to, this.copies.addressOf(window, from), reject);
  }

  /** Leaves the address of byte `from`, from which on they can be read up to `to`, in the window's slot. */
  private fetch(window: OpenWindow, isKnown: boolean, from: number, to: number, copy: IrValue, reject: Block): void {
    const { builder } = this.context;
    const { readable } = this.slotsOf(window.key);
    const beyond = builder.createBlock('beyond');
    const ready = builder.createBlock('ready');
    builder.store(builder.offset(this.testDirect(window, isKnown, to, beyond), from), readable, 8);
    builder.jump(ready);
    builder.start(beyond);
    loadBytes(window, from, to, copy, reject, this.context);
    builder.store(copy, readable, 8);
    builder.jump(ready);
    builder.start(ready);
  }

  read(window: OpenWindow, offset: number, size: ReadSize): IrValue {
    const base = this.context.builder.load(pointer, this.slotsOf(window.key).readable, 8);
    const { from } = copiedPart(window);
    return this.loadAt(base, offset - from, size, this.copies.alignmentOf(window, offset, size));
  }

  readAlone(window: OpenWindow, offset: number, size: ReadSize, reject: Block): IrValue {
    const { builder } = this.context;
    this.alone ??= builder.allocate(8);
    // A window of its own: the slots of this one may be in use.
    const own = { ...window, key: `${window.key} alone` };
    this.fetch(own, false, offset, offset + size, this.alone, reject);
    const base = builder.load(pointer, this.slotsOf(own.key).readable, 8);
    return this.loadAt(base, 0, size, size);
  }
}
