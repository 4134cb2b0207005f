/** Packets that are copied by a helper, piece by piece: those of socket filters. */
import type { Block } from '../../ir/instructions.js';
import { i32, integerOfSize } from '../../ir/types.js';
import { constant64, type IrValue } from '../../ir/values.js';
import { MAX_HELPER_OFFSET, packetLength } from '../../lower/builtins/packet.js';
import type { LoweringContext } from '../../lower/context.js';
import { swap } from '../../lower/memory.js';
import { copyFromPacket } from '../../lower/packet-helpers.js';
import type { ReadSize } from '../cbpf.js';
import type { Extension } from '../extensions.js';
import type { OpenWindow, PacketSource } from '../source.js';
import { copiedPart, CopyBuffers } from './buffer.js';
import { contextExtension, contextName } from './context-extensions.js';
import { boundedIndex } from './offset.js';

/** Copies bytes `from` to `to` of a window, or goes to `reject` where the packet ends before. */
export function loadBytes(
  { index, known }: OpenWindow,
  from: number,
  to: number,
  copy: IrValue,
  reject: Block,
  context: LoweringContext,
): void {
  const { builder } = context;
  const offset = index
    ? builder.binary(
        'add',
        boundedIndex(index, known!, MAX_HELPER_OFFSET - to, false, reject, context),
        constant64(from),
      )
    : constant64(from);
  if (!index && to > MAX_HELPER_OFFSET) {
    builder.jump(reject);
    builder.start(builder.createBlock('never'));
  }
  goOnWithout(copyFromPacket(offset, copy, to - from, context), reject, context);
}

/** Goes to `reject` where a helper gave an error. */
export function goOnWithout(error: IrValue, reject: Block, { builder }: LoweringContext): void {
  const copied = builder.createBlock('copied');
  builder.branch(builder.compare('eq', error, constant64(0)), copied, reject);
  builder.start(copied);
}

/** A packet of which windows are copied to the stack, and read there. */
export abstract class CopyingSource implements PacketSource {
  abstract readonly name: string;
  readonly seesHeaderLength = false;
  readonly hasTagsBeside = true;
  private readonly copies: CopyBuffers;
  private alone: IrValue | undefined;

  constructor(protected readonly context: LoweringContext) {
    this.copies = new CopyBuffers(context);
  }

  abstract length(): IrValue;
  abstract extension(extension: Extension): IrValue | undefined;

  /** Copies bytes `from` to `to` of a window to an address, or goes to `reject` where the packet ends before. */
  protected abstract copy(window: OpenWindow, from: number, to: number, address: IrValue, reject: Block): void;

  swap(value: IrValue): IrValue {
    return swap(value, this.context);
  }

  reach(window: OpenWindow, _offset: number, end: number, need: number): number | undefined {
    const { to } = copiedPart(window);
    return end > to ? undefined : Math.max(end, Math.min(need, to));
  }

  prepare(window: OpenWindow, ready: number | undefined, to: number, reject: Block): void {
    const from = ready ?? window.from;
    this.copy(window, from, to, this.copies.addressOf(window, from), reject);
  }

  read(window: OpenWindow, offset: number, size: ReadSize): IrValue {
    const { builder } = this.context;
    const address = this.copies.addressOf(window, offset);
    const align = this.copies.alignmentOf(window, offset, size);
    return builder.load(integerOfSize(size), address, align);
  }

  readAlone(window: OpenWindow, offset: number, size: ReadSize, reject: Block): IrValue {
    const { builder } = this.context;
    this.alone ??= builder.allocate(8);
    this.copy(window, offset, offset + size, this.alone, reject);
    return builder.load(integerOfSize(size), this.alone, size);
  }
}

/** The packet of a socket filter, which has no pointers to it. */
export class SocketSource extends CopyingSource {
  readonly name = contextName(this.context);

  length(): IrValue {
    return this.context.builder.resize(packetLength(this.context), i32, false);
  }

  extension(extension: Extension): IrValue | undefined {
    return contextExtension(extension, this.context);
  }

  protected copy(window: OpenWindow, from: number, to: number, address: IrValue, reject: Block): void {
    loadBytes(window, from, to, address, reject, this.context);
  }
}
