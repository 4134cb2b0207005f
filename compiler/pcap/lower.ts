/**
 * A filter to IR: one block for each place that jumps lead to, registers and memory as values, and phis where ways meet
 * with different ones. Whatever goes wrong in classic BPF (a read past the end, a division by zero) rejects the packet.
 */
import type { FunctionBuilder } from '../ir/builder.js';
import type { Block, Predicate } from '../ir/instructions.js';
import { i1, i32, i64 } from '../ir/types.js';
import { constant, constant64, falseValue, trueValue, type IrValue } from '../ir/values.js';
import { analyse, readOf, type Analysis, type Read, type State } from './analysis.js';
import {
  jumpTargets,
  memorySlots,
  type Condition,
  type Instruction,
  type Operand,
  type Operator,
  type ReadSize,
} from './cbpf.js';
import { extensionWords, type Extension } from './extensions.js';
import type { OpenWindow, PacketSource } from './source.js';

/** An extension that the context of the program does not have. */
export class UnknownExtension extends Error {
  /** What the filter asks for, with the term that asks. */
  readonly words: string;

  constructor(extension: Extension) {
    super(`the context cannot tell '${extension}'`);
    this.words = extensionWords(extension);
  }
}

/** Registers, memory, and how far windows are ready, on one way to an instruction. */
interface Flow {
  readonly accumulator: IrValue;
  readonly index: IrValue;
  readonly memory: readonly IrValue[];
  readonly ready: ReadonlyMap<string, number>;
}

interface Arrival {
  readonly block: Block;
  readonly flow: Flow;
}

const zero = constant(i32, 0);

/**
 * Whether a packet passes the filter, as one bit.
 *
 * @throws UnknownExtension where the filter asks what the source cannot tell.
 */
export function lowerFilter(
  instructions: readonly Instruction[],
  source: PacketSource,
  builder: FunctionBuilder,
): IrValue {
  const always = constantVerdict(instructions);
  if (always !== undefined) return always ? trueValue : falseValue;
  return new FilterLowering(instructions, source, builder).lower();
}

/** What the filter says of every packet, where no packet changes it. */
export function constantVerdict(instructions: readonly Instruction[]): boolean | undefined {
  const [first] = instructions;
  return first?.op === 'return' ? Boolean(first.value) : undefined;
}

class FilterLowering {
  private readonly analysis: Analysis;
  private readonly leaders: readonly (Block | undefined)[];
  private readonly arrivals: Arrival[][];
  private readonly reject: Block;
  private readonly verdicts: { block: Block; value: IrValue }[] = [];
  private readonly done: Block;
  private flow: Flow;
  /** What the machine loaded, by the number that it is on the wire. */
  private readonly loaded = new Map<IrValue, IrValue>();

  constructor(
    private readonly instructions: readonly Instruction[],
    private readonly source: PacketSource,
    private readonly builder: FunctionBuilder,
  ) {
    this.analysis = analyse(instructions);
    this.reject = builder.createBlock('reject');
    this.done = builder.createBlock('filtered');
    const targets = jumpTargets(instructions);
    this.leaders = instructions.map((_, at) => (targets.has(at) ? builder.createBlock('filter') : undefined));
    this.arrivals = instructions.map(() => []);
    this.flow = { accumulator: zero, index: zero, memory: Array<IrValue>(memorySlots).fill(zero), ready: new Map() };
  }

  lower(): IrValue {
    const { builder } = this;
    this.instructions.forEach((instruction, at) => {
      const state = this.analysis.states[at];
      if (!state) return;
      this.enter(at);
      if (!builder.terminated) this.lowerInstruction(instruction, at, state);
    });
    if (this.reject.reached) {
      builder.start(this.reject);
      this.finish(falseValue);
    }
    builder.start(this.done);
    return builder.phi(i1, this.verdicts);
  }

  private finish(value: IrValue): void {
    this.verdicts.push({ block: this.builder.block, value });
    this.builder.jump(this.done);
  }

  /** Begins the block of an instruction that jumps lead to. */
  private enter(at: number): void {
    const { builder } = this;
    const leader = this.leaders[at];
    if (!leader) return;
    if (!builder.terminated) this.leaveFor(at);
    const arrivals = this.arrivals[at]!;
    if (arrivals.length === 0) return;
    builder.start(leader);
    this.flow = this.join(arrivals);
  }

  /** The target of a jump from here. */
  private targetOf(at: number): Block {
    this.arrivals[at]!.push({ block: this.builder.block, flow: this.flow });
    return this.leaders[at]!;
  }

  private leaveFor(at: number): void {
    this.builder.jump(this.targetOf(at));
  }

  private join(arrivals: readonly Arrival[]): Flow {
    const [first] = arrivals as [Arrival];
    if (arrivals.length === 1) return first.flow;
    const meet = (of: (flow: Flow) => IrValue): IrValue => {
      const values = arrivals.map(({ block, flow }) => ({ block, value: of(flow) }));
      return values.every(({ value }) => value === values[0]!.value) ? values[0]!.value : this.builder.phi(i32, values);
    };
    const ready = [...first.flow.ready.keys()]
      .filter((key) => arrivals.every(({ flow }) => flow.ready.has(key)))
      .map((key) => [key, Math.min(...arrivals.map(({ flow }) => flow.ready.get(key)!))] as const);
    return {
      accumulator: meet(({ accumulator }) => accumulator),
      index: meet(({ index }) => index),
      memory: first.flow.memory.map((_, slot) => meet(({ memory }) => memory[slot]!)),
      ready: new Map(ready),
    };
  }

  private set(changed: Partial<Flow>): void {
    this.flow = { ...this.flow, ...changed };
  }

  private lowerInstruction(instruction: Instruction, at: number, state: State): void {
    const { builder, flow } = this;
    switch (instruction.op) {
      case 'constant':
        return this.set({ [instruction.to]: constant(i32, instruction.value) });
      case 'length':
        return this.set({ [instruction.to]: this.source.length() });
      case 'packet':
        return this.set({ accumulator: this.lowerRead(readOf(instruction, state)!, at, state) });
      case 'headerLength': {
        const byte = this.lowerRead(readOf(instruction, state)!, at, state);
        return this.set({ index: this.lowerHeaderLength(byte) });
      }
      case 'extension':
        return this.set({ accumulator: this.lowerExtension(instruction.extension) });
      case 'recall':
        return this.set({ [instruction.to]: flow.memory[instruction.slot]! });
      case 'store':
        return this.set({ memory: flow.memory.with(instruction.slot, flow[instruction.from]) });
      case 'compute':
        return this.lowerCompute(instruction.operator, instruction.operand);
      case 'negate':
        return this.set({ accumulator: builder.binary('sub', zero, flow.accumulator) });
      case 'move':
        return instruction.to === 'index'
          ? this.set({ index: flow.accumulator })
          : this.set({ accumulator: flow.index });
      case 'jump':
        return this.leaveFor(instruction.target);
      case 'branch':
        return this.lowerBranch(instruction);
      case 'return':
        return this.lowerReturn(instruction.value);
    }
  }

  private lowerRead(read: Read, at: number, state: State): IrValue {
    const { source, flow } = this;
    const { key, offset } = read;
    const size = read.size as ReadSize;
    const end = offset + size;
    const isWhole = key === '';
    const window: OpenWindow = {
      ...this.analysis.windows.get(key)!,
      index: isWhole ? undefined : flow.index,
      known: isWhole ? undefined : state.index,
    };
    const { whole, indexed } = this.analysis.needs[at]!;
    const reach = source.reach(window, offset, end, isWhole ? whole : indexed);
    if (reach === undefined) return this.fromWire(source.readAlone(window, offset, size, this.reject));
    const ready = flow.ready.get(key);
    if (ready === undefined || ready < end) {
      source.prepare(window, ready, reach, this.reject);
      this.set({ ready: new Map(flow.ready).set(key, reach) });
    }
    return this.fromWire(source.read(window, offset, size));
  }

  private lowerHeaderLength(byte: IrValue): IrValue {
    const { builder, source } = this;
    if (!source.seesHeaderLength)
      return builder.binary('shl', builder.binary('and', byte, constant(i32, 15)), constant(i32, 2));
    // Where its other half was tested before, LLVM would do without the mask. Levels below v3 have registers of 64 bits alone.
    const low = builder.binary('and', builder.opaque(builder.resize(byte, i64, false)), constant64(15));
    return builder.resize(builder.binary('shl', low, constant64(2)), i32, false);
  }

  private fromWire(loaded: IrValue): IrValue {
    const value = this.builder.resize(this.source.swap(loaded), i32, false);
    this.loaded.set(value, loaded);
    return value;
  }

  private lowerExtension(extension: Extension): IrValue {
    if (extension === 'xorIndex') return this.builder.binary('xor', this.flow.accumulator, this.flow.index);
    const value = this.source.extension(extension);
    if (!value) throw new UnknownExtension(extension);
    return value;
  }

  private operand(operand: Operand): IrValue {
    return operand.kind === 'constant' ? constant(i32, operand.value) : this.flow.index;
  }

  private lowerCompute(operator: Operator, operand: Operand): void {
    const { builder, flow } = this;
    const a = flow.accumulator;
    const b = this.operand(operand);
    switch (operator) {
      case 'div':
      case 'mod': {
        const nonZero = builder.createBlock('divide');
        builder.branch(builder.compare('ne', b, zero), nonZero, this.reject);
        builder.start(nonZero);
        return this.set({ accumulator: builder.binary(operator === 'div' ? 'udiv' : 'urem', a, b) });
      }
      case 'lsh':
      case 'rsh':
        return this.set({ accumulator: this.shift(operator === 'lsh' ? 'shl' : 'lshr', a, b) });
      default:
        return this.set({ accumulator: builder.binary(operator, a, b) });
    }
  }

  /** Nothing is left where the distance is 32 and more, as libpcap has it; BPF and LLVM know no such shift. */
  private shift(operator: 'shl' | 'lshr', value: IrValue, by: IrValue): IrValue {
    const { builder } = this;
    const within = builder.compare('ult', by, constant(i32, 32));
    if (within.kind === 'constant') return within.value === 1n ? builder.binary(operator, value, by) : zero;
    const shifted = builder.binary(operator, value, builder.binary('and', by, constant(i32, 31)));
    return builder.select(within, shifted, zero);
  }

  private lowerBranch({ condition, operand, whenTrue, whenFalse }: Extract<Instruction, { op: 'branch' }>): void {
    const { builder } = this;
    if (whenTrue === whenFalse) return this.leaveFor(whenTrue);
    const holds = this.compare(condition, this.flow.accumulator, this.operand(operand));
    if (holds.kind === 'constant') return this.leaveFor(holds.value === 1n ? whenTrue : whenFalse);
    builder.branch(holds, this.targetOf(whenTrue), this.targetOf(whenFalse));
  }

  private compare(condition: Condition, a: IrValue, b: IrValue): IrValue {
    const { builder } = this;
    const onWire = condition === 'equal' || condition === 'anyBit' ? this.compareLoaded(condition, a, b) : undefined;
    if (onWire) return onWire;
    if (condition === 'anyBit') return builder.compare('ne', builder.binary('and', a, b), zero);
    const predicates = { equal: 'eq', greater: 'ugt', greaterOrEqual: 'uge' } as const satisfies Record<
      string,
      Predicate
    >;
    return builder.compare(predicates[condition], a, b);
  }

  /** Equality and masks ask nothing of the byte order: what was loaded is compared with a constant in its order. */
  private compareLoaded(condition: 'equal' | 'anyBit', a: IrValue, b: IrValue): IrValue | undefined {
    const { builder } = this;
    const loaded = this.loaded.get(a);
    if (!loaded || loaded.type.kind !== 'integer' || b.kind !== 'constant') return undefined;
    const { type } = loaded;
    if (b.value >> BigInt(type.bits) !== 0n) return undefined;
    const there = constant(type, reverseBytes(b.value, type.bits / 8));
    if (condition === 'equal') return builder.compare('eq', loaded, there);
    return builder.compare('ne', builder.binary('and', loaded, there), constant(type, 0));
  }

  private lowerReturn(value: number | undefined): void {
    if (value === 0) this.builder.jump(this.reject);
    else if (value !== undefined) this.finish(trueValue);
    else this.finish(this.builder.compare('ne', this.flow.accumulator, zero));
  }
}

function reverseBytes(value: bigint, bytes: number): bigint {
  let reversed = 0n;
  for (let byte = 0; byte < bytes; byte++) reversed = (reversed << 8n) | ((value >> BigInt(byte * 8)) & 0xffn);
  return reversed;
}
