/** Packets that lie in memory of the program, as `{ data, length }` names them. */
import type { Block } from '../../ir/instructions.js';
import { i32, integerOfSize, pointer } from '../../ir/types.js';
import { constant64, type IrValue } from '../../ir/values.js';
import type { LoweringContext } from '../../lower/context.js';
import { swap } from '../../lower/memory.js';
import type { ReadSize } from '../cbpf.js';
import type { OpenWindow, PacketSource } from '../source.js';
import { boundedIndex } from './offset.js';

export class MemorySource implements PacketSource {
  readonly name = 'a packet in memory';
  readonly seesHeaderLength = true;
  readonly hasTagsBeside = false;
  private readonly addresses = new Map<string, IrValue>();

  /**
   * @param address of the packet's first byte.
   * @param size of the memory there, in bytes.
   * @param packetLength what the packet's length is said to be, 64 bits wide.
   */
  constructor(
    private readonly context: LoweringContext,
    private readonly address: IrValue,
    private readonly size: number,
    private readonly packetLength: IrValue,
  ) {}

  length(): IrValue {
    return this.context.builder.resize(this.packetLength, i32, false);
  }

  swap(value: IrValue): IrValue {
    return swap(value, this.context);
  }

  extension(): undefined {
    return undefined;
  }

  reach(window: OpenWindow, _offset: number, end: number, need: number): number {
    return Math.max(end, Math.min(need, window.to));
  }

  prepare(window: OpenWindow, _ready: number | undefined, to: number, reject: Block): void {
    const { builder } = this.context;
    const { index } = window;
    if (to > this.size) {
      builder.jump(reject);
      builder.start(builder.createBlock('never'));
      return;
    }
    let end: IrValue = constant64(to);
    if (index) {
      const at = boundedIndex(index, window.known!, this.size - to, true, reject, this.context);
      builder.store(builder.offset(this.address, at), this.addressOf(window.key), 8);
      end = builder.binary('add', at, end);
    }
    const inside = builder.createBlock('inside');
    builder.branch(builder.compare('sge', this.packetLength, end), inside, reject);
    builder.start(inside);
  }

  read(window: OpenWindow, offset: number, size: ReadSize): IrValue {
    const { builder } = this.context;
    const base = window.index ? builder.load(pointer, this.addressOf(window.key), 8) : this.address;
    const known = builder.alignmentOf(this.address);
    // Memory of other places than the stack may be read at any address.
    const align = known === Infinity ? size : window.index ? 1 : Math.min(size, lowestBit(offset) || size, known);
    return builder.load(integerOfSize(size), builder.offset(base, offset), align);
  }

  readAlone(): never {
    throw new Error('all reads are tested together');
  }

  private addressOf(key: string): IrValue {
    let slot = this.addresses.get(key);
    if (!slot) this.addresses.set(key, (slot = this.context.allocatePointer()));
    return slot;
  }
}

function lowestBit(value: number): number {
  return value & -value;
}
