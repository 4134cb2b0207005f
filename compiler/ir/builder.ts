/** Appends typed instructions to the blocks of one function, and refuses what does not fit together. */
import type { AtomicOperator, BinaryOperator, Block, CastOperator, Instruction, Predicate } from './instructions.js';
import type { MetadataNode } from './metadata.js';
import type { IrFunction } from './module.js';
import { i1, i64, pointer, sameType, type IrInteger, type IrType } from './types.js';
import { constant, constant64, type IrConstant, type IrRegister, type IrValue } from './values.js';

type Bounding = Extract<Instruction, { op: 'binary' | 'cast' | 'load' }>;

export class FunctionBuilder {
  /** The place in the source that the next instructions come from. */
  debug: MetadataNode | undefined;
  /** The variable that memory is now taken for, by which people are told of too much stack. */
  label: string | undefined;
  /** Whether there are loops that LLVM is not asked to unroll. */
  hasLoops = false;
  private readonly entry: Block;
  private current: Block;
  private registers: number;
  private blocks = 0;
  private allocations = 0;
  /** Blocks that rarely run, which lie behind all others. */
  private readonly behind: Block[] = [];
  private isAside = false;

  private readonly alignments = new WeakMap<IrValue, number>();
  /** Registers that hold what an operation made of others. */
  private readonly computed = new Set<number>();
  /** Registers whose bytes were put in another order, and what was made of them. */
  private readonly reordered = new Set<number>();
  /** Registers of which LLVM may know more than the verifier, and what was made of them; but for those that were put in order. */
  private readonly unfollowed = new Set<number>();
  /** How long the packet is at least, in bytes, where a condition holds and where it does not. */
  private readonly lengths = new WeakMap<IrValue, { readonly whenTrue: number; readonly whenFalse: number }>();
  /** How registers were made that the verifier knows bounds of by that alone: masks, shifts to the right, extensions. */
  private readonly bounding = new Map<number, Bounding>();
  /** What registers hold with its sign extended. */
  private readonly signExtended = new Map<number, IrValue>();

  constructor(readonly function_: IrFunction) {
    this.registers = function_.parameters.length;
    this.entry = this.createBlock('entry');
    this.place(this.entry);
    this.current = this.entry;
    const body = this.createBlock('body');
    this.place(body);
    this.current = body;
  }

  /** Ends construction: the entry block, which holds the allocations alone, goes on to the body. */
  finish(): void {
    for (const block of this.behind.splice(0)) this.function_.blocks.push(block);
    if (!this.entry.terminated) {
      this.entry.instructions.push({ op: 'jump', target: this.function_.blocks[1]! });
      this.entry.terminated = true;
    }
    for (const block of this.function_.blocks) {
      if (!block.terminated) {
        block.instructions.push({ op: 'unreachable' });
        block.terminated = true;
      }
    }
  }

  get block(): Block {
    return this.current;
  }

  /** Whether what follows could never run. */
  get terminated(): boolean {
    return this.current.terminated;
  }

  createBlock(name: string): Block {
    return { name: `${name}.${this.blocks++}`, instructions: [], terminated: false, reached: false };
  }

  /** As many bytes the packet has at least, as the tests on all ways to here have found. */
  get packetBytes(): number {
    return this.current.packetBytes ?? 0;
  }

  /** Notes what a condition says of the packet's length, in bytes, for the blocks that a branch on it leads to. */
  impliesLength(condition: IrValue, lengths: { readonly whenTrue: number; readonly whenFalse: number }): void {
    this.lengths.set(condition, lengths);
  }

  /** Appends the block to the function and continues in it. */
  start(block: Block): void {
    this.place(block);
    this.current = block;
  }

  /**
   * Has the blocks that `build` makes lie behind all others, as they rarely run. LLVM leaves blocks in the order that they have, so that
   * the others follow one another without a jump; and the verifier, which walks first what follows a test, has been where the two
   * meet when it comes to these.
   */
  aside(build: () => void): void {
    const { isAside } = this;
    this.isAside = true;
    try {
      build();
    } finally {
      this.isAside = isAside;
    }
  }

  /** Continues in a block that was left open. */
  resume(block: Block): void {
    this.current = block;
  }

  /** Leaves the current block open, to be resumed later; what follows could never run. */
  detach(): Block {
    const left = this.current;
    this.current = { name: 'detached', instructions: [], terminated: true, reached: false };
    return left;
  }

  /** Runs `build` with its instructions going to the function's beginning, behind the allocations. */
  atEntry(build: () => void): void {
    const { current } = this;
    this.current = this.entry;
    build();
    this.current = current;
  }

  /**
   * Memory of the function's stack, in eight-byte words of its own: where a spilled half of a register shares its word
   * with anything else, each write to that makes the verifier forget the spilled value (check_stack_write_fixed_off in
   * kernel/bpf/verifier.c), and with it the count of a loop.
   *
   * @param size in bytes.
   * @param type what lies in it, where it may as well lie in a map: it holds no address.
   */
  allocate(size: number, type?: MetadataNode): IrRegister {
    const result = this.register(pointer);
    const { debug, label } = this;
    const align = 8;
    const instruction = { op: 'alloca', result, size: Math.max(1, size), align, debug, label, type } as const;
    this.entry.instructions.splice(this.allocations++, 0, instruction);
    this.alignments.set(result, align);
    return result;
  }

  /** Of an address in memory that `allocate` gave, in bytes; of any other address 1. */
  alignmentOf(address: IrValue): number {
    return this.alignments.get(address) ?? 1;
  }

  /** From now on the address counts as one of memory in which words may lie anywhere: of a packet, of an entry of a map. */
  needsNoAlignment(address: IrValue): void {
    this.alignments.set(address, Infinity);
  }

  load(type: IrType, address: IrValue, align: number, volatile = false): IrValue {
    assertPointer(address);
    const result = this.register(type);
    this.append({ op: 'load', result, address, align, volatile });
    // What was stored into a variable LLVM puts in the place of what is loaded.
    if (!this.isVariable(address)) this.bounding.set(result.id, { op: 'load', result, address, align, volatile });
    return result;
  }

  store(value: IrValue, address: IrValue, align: number, volatile = false): void {
    assertPointer(address);
    this.append({ op: 'store', value, address, align, volatile });
  }

  /** The address `offset` bytes behind `base`. */
  offset(base: IrValue, offset: IrValue | number): IrValue {
    assertPointer(base);
    const by = typeof offset === 'number' ? constant64(offset) : offset;
    if (by.kind === 'constant' && by.value === 0n) return base;
    if (!sameType(by.type, i64)) throw new Error('offsets are 64 bits wide');
    const result = this.register(pointer);
    const align = this.alignments.get(base);
    if (align === Infinity) this.alignments.set(result, align);
    else if (align && by.kind === 'constant') this.alignments.set(result, Math.min(align, lowestBit(by.value)));
    this.append({ op: 'offset', result, base, offset: by });
    return result;
  }

  binary(operator: BinaryOperator, left: IrValue, right: IrValue): IrValue {
    assertSame(left, right);
    if (left.kind === 'constant' && right.kind === 'constant') {
      const folded = foldBinary(operator, left.type, left.value, right.value);
      if (folded !== undefined) return constant(left.type, folded);
    }
    const result = this.register(left.type);
    const instruction = { op: 'binary', result, operator, left, right } as const;
    this.append(instruction);
    if (this.isReordered(left) || this.isReordered(right)) this.reordered.add(result.id);
    if (operator === 'udiv' || operator === 'urem' || this.isUnfollowed(left) || this.isUnfollowed(right))
      this.unfollowed.add(result.id);
    if ((operator === 'and' || operator === 'lshr') && right.kind === 'constant')
      this.bounding.set(result.id, instruction);
    if (operator === 'add' || operator === 'sub' || operator === 'mul' || operator === 'shl')
      this.computed.add(result.id);
    return result;
  }

  compare(predicate: Predicate, left: IrValue, right: IrValue): IrValue {
    assertSame(left, right);
    if (left.kind === 'constant' && right.kind === 'constant')
      return constant(i1, isTrue(predicate, left, right) ? 1 : 0);
    const result = this.register(i1);
    this.append({ op: 'compare', result, predicate, left, right });
    return result;
  }

  cast(operator: CastOperator, value: IrValue, type: IrType): IrValue {
    if (sameType(value.type, type)) return value;
    if (value.kind === 'constant' && type.kind === 'integer') {
      const { bits } = value.type;
      return constant(type, operator === 'sext' ? BigInt.asIntN(bits, value.value) : value.value);
    }
    const result = this.register(type);
    this.append({ op: 'cast', result, operator, value });
    if (this.isReordered(value)) this.reordered.add(result.id);
    if (this.isUnfollowed(value)) this.unfollowed.add(result.id);
    if (operator === 'zext') this.bounding.set(result.id, { op: 'cast', result, operator, value });
    if (operator === 'sext') this.signExtended.set(result.id, value);
    return result;
  }

  /** Widens or narrows an integer. */
  resize(value: IrValue, type: IrInteger, signed: boolean): IrValue {
    if (value.type.kind !== 'integer') throw new Error('only integers are resized');
    return this.cast(value.type.bits > type.bits ? 'trunc' : signed ? 'sext' : 'zext', value, type);
  }

  select(condition: IrValue, whenTrue: IrValue, whenFalse: IrValue): IrValue {
    assertSame(whenTrue, whenFalse);
    if (condition.kind === 'constant') return condition.value === 1n ? whenTrue : whenFalse;
    const result = this.register(whenTrue.type);
    this.append({ op: 'select', result, condition, whenTrue, whenFalse });
    this.unfollowed.add(result.id);
    return result;
  }

  phi(type: IrType, incoming: readonly { value: IrValue; block: Block }[]): IrValue {
    const result = this.register(type);
    this.append({ op: 'phi', result, incoming });
    if (incoming.some(({ value }) => this.isUnfollowed(value) || this.isReordered(value)))
      this.unfollowed.add(result.id);
    return result;
  }

  /** Yields what the memory held before. */
  atomic(operator: AtomicOperator, address: IrValue, value: IrValue): IrValue {
    const result = this.register(value.type);
    this.append({ op: 'atomic', result, operator, address, value });
    return result;
  }

  /** @param about the debug type that an intrinsic asks about. */
  call(callee: IrValue, returns: IrType, parameters: readonly IrValue[], about?: MetadataNode): IrValue | undefined {
    const result = returns.kind === 'void' ? undefined : this.register(returns);
    this.append({ op: 'call', result, returns, callee, parameters, about });
    if (!result) return undefined;
    const reorders = callee.kind === 'global' && callee.name.startsWith('llvm.bswap.');
    if (reorders) this.reordered.add(result.id);
    if (!reorders || parameters.some((value) => this.isUnfollowed(value))) this.unfollowed.add(result.id);
    return result;
  }

  /**
   * The address of a part of a kernel struct, as far as debug types tell: what `index` is there, the loader finds on the
   * running kernel. Only of use to what asks about the field.
   */
  access(into: 'struct' | 'array', base: IrValue, index: number, type: MetadataNode): IrValue {
    assertPointer(base);
    const result = this.register(pointer);
    this.append({ op: 'access', result, into, base, index, type });
    return result;
  }

  /** A kernel helper, called by its number. */
  callHelper(number: number, returns: IrType, parameters: readonly IrValue[]): IrValue {
    return this.call({ kind: 'address', type: pointer, value: BigInt(number) }, returns, parameters)!;
  }

  /**
   * The same value, of which LLVM no longer knows where it came from.
   *
   * @param pinned whether what is computed of it has to stay behind the tests that stand before it.
   */
  opaque(value: IrValue, pinned = false): IrValue {
    const result = this.register(value.type);
    this.append({ op: 'opaque', result, value, pinned });
    if (pinned || this.isUnfollowed(value)) this.unfollowed.add(result.id);
    return result;
  }

  /**
   * An opaque value, to be tested, that LLVM takes for another than all others that are made of the same: where those are masked,
   * it would leave the masks out by the test, and then not keep what is computed without them behind it.
   */
  opaqueApart(value: IrValue): IrValue {
    const result = this.register(value.type);
    this.append({ op: 'opaque', result, value, pinned: false, apart: true });
    if (this.isUnfollowed(value)) this.unfollowed.add(result.id);
    return result;
  }

  /** An opaque value; the value itself where all instructions of the function show that the verifier follows what it is made of. */
  opaqueUnlessFollowed(value: IrValue): IrValue {
    const result = this.register(value.type);
    this.append({ op: 'opaque', result, value, pinned: false, unlessFollowed: true });
    return result;
  }

  /**
   * Whether a value was made of one whose bytes were put in order. LLVM may do that last, behind the masks and shifts that bound it,
   * and the verifier of older kernels knows nothing of what comes of it.
   */
  isReordered(value: IrValue): boolean {
    return value.kind === 'register' && this.reordered.has(value.id);
  }

  /**
   * Whether a value was made of a quotient, of one of two numbers, or of what was called or loaded by an instruction of its own. LLVM may
   * know how great that can be, and leave out masks by it, where the verifier does not.
   */
  isUnfollowed(value: IrValue): boolean {
    return value.kind === 'register' && this.unfollowed.has(value.id);
  }

  /**
   * A sum, difference or product as a value of its own. LLVM would test the operands instead where it can, which tells
   * the verifier nothing of the result.
   */
  unrelated(value: IrValue): IrValue {
    return value.kind === 'register' && this.computed.has(value.id) ? this.opaque(value) : value;
  }

  /**
   * The same value, made in a way that shows its bound to the verifier, whatever LLVM knows besides: a mask or a shift to
   * the right, of an operand that LLVM knows nothing of, or what was loaded in so few bits.
   *
   * @param most what it may be at most.
   * @returns undefined where the value was made otherwise, or where its making shows no such bound.
   */
  bounded(value: IrValue, most: bigint): IrValue | undefined {
    const bound = this.boundOf(value);
    if (bound === undefined || bound > most) return undefined;
    const made = this.makingOf(value);
    if (made?.op === 'binary') {
      const operand = made.operator === 'and' ? this.unsigned(made.left, bound) : made.left;
      return this.binary(made.operator, this.opaque(operand), made.right);
    }
    const inner = made?.op === 'cast' ? this.makingOf(made.value) : undefined;
    if (inner?.op !== 'binary') return value;
    // Levels below v3 have no registers of fewer bits than 64 that could be kept from LLVM.
    const operand = this.cast('trunc', this.opaque(this.cast('zext', inner.left, i64)), inner.left.type);
    return this.cast('zext', this.binary(inner.operator, operand, inner.right), i64);
  }

  /** The greatest value that a register can have, as the verifier finds by how it was made. */
  private boundOf(value: IrValue): bigint | undefined {
    const all = value.type.kind === 'integer' ? (1n << BigInt(value.type.bits)) - 1n : undefined;
    const made = this.makingOf(value);
    if (!made) return undefined;
    if (made.op === 'load') return all;
    if (made.op === 'cast') return this.boundOf(made.value);
    if (made.right.kind !== 'constant') return undefined;
    if (made.operator === 'and') return made.right.value;
    const shifted = this.boundOf(made.left) ?? all;
    return shifted === undefined ? undefined : shifted >> made.right.value;
  }

  /** What is as good below a mask, without the work of a sign. */
  private unsigned(value: IrValue, mask: bigint): IrValue {
    const narrow = value.kind === 'register' ? this.signExtended.get(value.id) : undefined;
    if (narrow?.type.kind !== 'integer' || mask >> BigInt(narrow.type.bits) !== 0n) return value;
    return this.cast('zext', narrow, value.type);
  }

  private makingOf(value: IrValue): Bounding | undefined {
    return value.kind === 'register' ? this.bounding.get(value.id) : undefined;
  }

  private isVariable(address: IrValue): boolean {
    return Number.isFinite(this.alignments.get(address));
  }

  /** No instruction, but LLVM may take the condition for true from here on. */
  assume(condition: IrValue): void {
    this.append({ op: 'assume', condition });
  }

  /** No instruction, but LLVM moves nothing that follows to where it might not have run. */
  barrier(): void {
    this.append({ op: 'barrier' });
  }

  jump(target: Block): void {
    this.terminate({ op: 'jump', target }, [target]);
  }

  /** Closes a loop. */
  repeat(target: Block, loop: MetadataNode | undefined): void {
    if (!loop) this.hasLoops = true;
    this.terminate({ op: 'jump', target, loop }, [target]);
  }

  branch(condition: IrValue, whenTrue: Block, whenFalse: Block): void {
    if (condition.kind === 'constant') this.jump(condition.value === 1n ? whenTrue : whenFalse);
    else {
      const known = this.lengths.get(condition);
      this.terminate(
        { op: 'branch', condition, whenTrue, whenFalse },
        [whenTrue, known?.whenTrue],
        [whenFalse, known?.whenFalse],
      );
    }
  }

  switch(value: IrValue, cases: readonly { value: IrValue; target: Block }[], otherwise: Block): void {
    this.terminate(
      { op: 'switch', value, cases, otherwise },
      [otherwise],
      ...cases.map(({ target }) => [target] as const),
    );
  }

  return(value: IrValue | undefined): void {
    this.terminate({ op: 'return', value });
  }

  unreachable(): void {
    this.terminate({ op: 'unreachable' });
  }

  private register(type: IrType): IrRegister {
    return { kind: 'register', type, id: this.registers++ };
  }

  private place(block: Block): void {
    (this.isAside ? this.behind : this.function_.blocks).push(block);
  }

  private append(instruction: Instruction): void {
    if (this.current.terminated) this.start(this.createBlock('dead'));
    instruction.debug = this.debug;
    this.current.instructions.push(instruction);
  }

  /** @param targets where the instruction leads, each with the bytes that the packet then has, where that is more than here. */
  private terminate(instruction: Instruction, ...targets: readonly (readonly [block: Block, bytes?: number])[]): void {
    if (this.current.terminated) return;
    for (const [target, bytes = 0] of targets) {
      const known = Math.max(bytes, this.packetBytes);
      target.packetBytes = target.reached ? Math.min(target.packetBytes ?? 0, known) : known;
      target.reached = true;
    }
    this.append(instruction);
    this.current.terminated = true;
  }
}

function lowestBit(value: bigint): number {
  return Number(BigInt.asUintN(64, value & -value));
}

function foldBinary(operator: BinaryOperator, type: IrType, a: bigint, b: bigint): bigint | undefined {
  const bits = type.kind === 'integer' ? BigInt(type.bits) : 64n;
  switch (operator) {
    case 'add':
      return a + b;
    case 'sub':
      return a - b;
    case 'mul':
      return a * b;
    case 'and':
      return a & b;
    case 'or':
      return a | b;
    case 'xor':
      return a ^ b;
    case 'shl':
      return b < bits ? a << b : undefined;
    case 'lshr':
      return b < bits ? a >> b : undefined;
    default:
      return undefined;
  }
}

function isTrue(predicate: Predicate, left: IrConstant, right: IrConstant): boolean {
  const signed = predicate.startsWith('s');
  const [a, b] = [left, right].map(({ type, value }) => (signed ? BigInt.asIntN(type.bits, value) : value)) as [
    bigint,
    bigint,
  ];
  switch (predicate.slice(-2)) {
    case 'eq':
      return a === b;
    case 'ne':
      return a !== b;
    case 'lt':
      return a < b;
    case 'le':
      return a <= b;
    case 'gt':
      return a > b;
    default:
      return a >= b;
  }
}

function assertPointer(value: IrValue): void {
  if (value.type.kind !== 'pointer') throw new Error('an address is needed');
}

function assertSame(a: IrValue, b: IrValue): void {
  if (!sameType(a.type, b.type)) throw new Error(`types differ: ${JSON.stringify(a.type)}, ${JSON.stringify(b.type)}`);
}
