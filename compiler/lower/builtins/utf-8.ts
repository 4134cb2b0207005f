/**
 * Texts in memory are UTF-8, and JavaScript's are UTF-16: how many units one has, and which they are.
 *
 * What is malformed is U+FFFD, as often as the Encoding Standard's decoder gives it, which user space decodes with: once for a
 * lead byte with what may follow it, once for each byte that belongs to nothing.
 *
 * The bytes go through an automaton whose tables lie in `.rodata`. Tests of the bytes would make the verifier go through
 * the loop once for each of their results, and through what follows; of what comes out of a table it knows nothing, so that it
 * goes through all bytes once.
 */
import type { Block } from '../../ir/instructions.js';
import { i16, i32, i64, i8 } from '../../ir/types.js';
import { constant64, type IrRegister, type IrValue } from '../../ir/values.js';
import type { LoweringContext } from '../context.js';
import { countedLoop } from '../counted-loop.js';
import type { Reference, TextUnits } from '../values.js';
import { arrayOf, integers } from '../../types/types.js';

const REPLACEMENT = 0xfffd;

/** What bytes are to the automaton: the first of each class, upwards. */
const CLASSES = [0, 1, 0x80, 0x90, 0xa0, 0xc0, 0xc2, 0xe0, 0xe1, 0xed, 0xee, 0xf0, 0xf1, 0xf4, 0xf5] as const;

/** What the automaton waits for: nothing, continuation bytes, or nothing any more since the text has ended. */
const STATES = ['none', 'last', 'E0', 'two', 'ED', 'F0', 'three', 'F4', 'four, two', 'four, last', 'ended'] as const;
type State = (typeof STATES)[number];

/** By state, the continuation bytes that may come, and what is waited for after them. */
const FOLLOWING: Partial<Record<State, readonly [least: number, most: number, next: State]>> = {
  last: [0x80, 0xbf, 'none'],
  E0: [0xa0, 0xbf, 'last'],
  two: [0x80, 0xbf, 'last'],
  ED: [0x80, 0x9f, 'last'],
  F0: [0x90, 0xbf, 'four, two'],
  three: [0x80, 0xbf, 'four, two'],
  F4: [0x80, 0x8f, 'four, two'],
  'four, two': [0x80, 0xbf, 'four, last'],
  'four, last': [0x80, 0xbf, 'none'],
};

/**
 * The place of a step in the table, in bytes: two for each, the class of the byte in bits 1 to 4, the state in bits 5 to 8. So the
 * last that makes an index of the two is a mask, of which the verifiers of all kernels know what comes out.
 */
const CLASS_SHIFT = 1;
const CLASS_MASK = 15 << CLASS_SHIFT;
const STATE_SHIFT = 5;
const STATE_MASK = 15 << STATE_SHIFT;
/** Where the bits of the character are in what a byte is. */
const BITS_SHIFT = 5;

/** A step of the automaton: the next state, where it is in an index, and these. */
const STARTS = 1 << 9;
const COMPLETES = 1 << 10;
/** A character of two units is complete. */
const PAIRS = 1 << 11;
const COUNTS = 1 << 12;
const ENDED = 1 << 13;

/** What a byte is: its class, and the bits of the character that it has. */
function describeByte(byte: number): number {
  const kind = CLASSES.findLastIndex((first) => first <= byte);
  const lead = byte >= 0xf0 ? 0x07 : byte >= 0xe0 ? 0x0f : byte >= 0xc0 ? 0x1f : byte >= 0x80 ? 0x3f : 0x7f;
  return (kind << CLASS_SHIFT) | ((byte & lead) << BITS_SHIFT);
}

function step(state: State, byte: number): number {
  const to = (next: State, flags: number) => (STATES.indexOf(next) << STATE_SHIFT) | flags;
  if (state === 'ended' || byte === 0) return to('ended', ENDED);
  const [least, most, next] = FOLLOWING[state] ?? [256, 0, 'none'];
  if (byte >= least && byte <= most) {
    if (state === 'four, last') return to(next, COUNTS | COMPLETES | PAIRS);
    return to(next, next === 'none' ? COMPLETES : 0);
  }
  const begins = STARTS | COUNTS;
  if (byte < 0x80) return to('none', begins | COMPLETES);
  if (byte < 0xc2 || byte > 0xf4) return to('none', begins);
  if (byte < 0xe0) return to('last', begins);
  if (byte < 0xf0) return to(byte === 0xe0 ? 'E0' : byte === 0xed ? 'ED' : 'two', begins);
  return to(byte === 0xf0 ? 'F0' : byte === 0xf4 ? 'F4' : 'three', begins);
}

let tables: { readonly bytes: Uint8Array; readonly steps: Uint8Array } | undefined;

function bothTables() {
  if (!tables) {
    const steps = Array.from({ length: 256 }, (_, index) => {
      const state = STATES[index >> 4];
      const byte = CLASSES[index & 15];
      return state === undefined || byte === undefined ? 0 : step(state, byte);
    });
    tables = { bytes: words(Array.from({ length: 256 }, (_, byte) => describeByte(byte))), steps: words(steps) };
  }
  return tables;
}

function words(values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 2));
  values.forEach((value, index) => view.setUint16(index * 2, value, true));
  return new Uint8Array(view.buffer);
}

/** One byte's way through the automaton. Of the masks all bits are ones, or none. */
interface Step {
  /** 1 where a character, or something malformed, begins with the byte. */
  readonly starts: IrValue;
  /** How many units there are, in this and all bytes before, but for the second of what is not complete. */
  readonly units: IrValue;
  /** The bits of the character until here. */
  readonly point: IrValue;
  /** Whether no character is complete with this byte. */
  readonly isOpen: IrValue;
  /** Whether none of two units is. */
  readonly isSingle: IrValue;
  /** Whether the text goes on. */
  readonly goesOn: IrValue;
}

/** The automaton over one text. */
class Automaton {
  readonly #state: IrRegister;
  readonly #units: IrRegister;
  readonly #point: IrRegister;

  constructor(private readonly context: LoweringContext) {
    const { builder } = context;
    const slots = Array.from({ length: 3 }, () => builder.allocate(8));
    for (const slot of slots) builder.store(constant64(0), slot, 8);
    [this.#state, this.#units, this.#point] = slots as [IrRegister, IrRegister, IrRegister];
  }

  /** @param byte of 8 bits. */
  step(byte: IrValue): Step {
    const { builder } = this.context;
    const { bytes, steps } = bothTables();
    const described = this.#lookUp(bytes, builder.binary('shl', builder.cast('zext', byte, i64), constant64(1)));
    const kind = builder.binary('and', described, constant64(CLASS_MASK));
    const before = builder.binary('and', builder.load(i64, this.#state, 8), constant64(STATE_MASK));
    const index = builder.opaque(builder.binary('or', before, kind));
    const taken = this.#lookUp(steps, builder.binary('and', index, constant64(STATE_MASK | CLASS_MASK)));
    const units = builder.binary('add', builder.load(i64, this.#units, 8), this.#bit(taken, COUNTS));
    const shifted = builder.binary('shl', builder.load(i64, this.#point, 8), constant64(6));
    const own = builder.binary('lshr', described, constant64(BITS_SHIFT));
    const point = builder.binary('or', builder.binary('and', shifted, this.#without(taken, STARTS)), own);
    builder.store(taken, this.#state, 8);
    builder.store(units, this.#units, 8);
    builder.store(point, this.#point, 8);
    return {
      starts: this.#bit(taken, STARTS),
      units,
      point,
      isOpen: this.#without(taken, COMPLETES),
      isSingle: this.#without(taken, PAIRS),
      goesOn: this.#without(taken, ENDED),
    };
  }

  get units(): IrValue {
    return this.context.builder.load(i64, this.#units, 8);
  }

  /** @param at of a word in the table, in bytes. */
  #lookUp(table: Uint8Array, at: IrValue): IrValue {
    const { builder, module } = this.context;
    const address = builder.offset(module.constantBytes(table, 2), at);
    return builder.cast('zext', builder.load(i16, address, 2), i64);
  }

  #bit(taken: IrValue, flag: number): IrValue {
    const { builder } = this.context;
    return builder.binary('and', builder.binary('lshr', taken, constant64(Math.log2(flag))), constant64(1));
  }

  /** All ones where the flag is not set, by no branch, and LLVM makes none of it. */
  #without(taken: IrValue, flag: number): IrValue {
    const { builder } = this.context;
    return builder.opaque(builder.binary('sub', this.#bit(taken, flag), constant64(1)));
  }
}

/** How many UTF-16 units a text has. */
export function lengthInUnits(text: Reference, context: LoweringContext): IrValue {
  if (text.units) return text.units.count;
  const automaton = new Automaton(context);
  countedLoop(text.type.size, context, (index) => void automaton.step(byteAt(text, index, context)));
  return automaton.units;
}

/** What is written that is of no character lies in front of the first unit. */
const NOWHERE = 2;

/**
 * Decodes a text into memory.
 *
 * @param address where; memory of its own if that is not given.
 */
export function decodeUnits(text: Reference, context: LoweringContext, address = unitMemory(text, context)): TextUnits {
  const { builder } = context;
  const automaton = new Automaton(context);
  countedLoop(text.type.size, context, (index) => {
    const step = automaton.step(byteAt(text, index, context));
    const { units, point, isOpen, isSingle, goesOn } = step;
    const low = builder.binary('or', builder.binary('and', point, constant64(0x3ff)), constant64(0xdc00));
    const unit = chosen(isOpen, constant64(REPLACEMENT), chosen(isSingle, point, low, context), context);
    const last = builder.binary('add', units, constant64(NOWHERE - 1));
    storeUnit(address, builder.binary('and', last, goesOn), unit, context);
    const beyond = builder.binary('lshr', builder.binary('sub', point, constant64(0x10000)), constant64(10));
    const high = builder.binary('add', beyond, constant64(0xd800));
    const isPair = builder.binary('xor', isSingle, constant64(-1));
    storeUnit(address, builder.binary('and', units, isPair), high, context);
  });
  return { address, count: automaton.units };
}

function storeUnit(memory: IrValue, index: IrValue, unit: IrValue, { builder }: LoweringContext): void {
  const address = builder.offset(builder.opaque(memory), builder.binary('shl', index, constant64(1)));
  builder.store(builder.cast('trunc', unit, i16), address, 2);
}

/** Room for the units of a text. */
export function unitMemory(text: Reference, context: LoweringContext): IrValue {
  return context.allocate(arrayOf(integers.u16, text.type.size + NOWHERE));
}

const temporary = new WeakMap<object, Map<number, IrValue>>();

/** Decodes a text into memory that the next text takes again. */
export function decodeForNow(text: Reference, context: LoweringContext): TextUnits {
  const { builder } = context;
  let bySize = temporary.get(builder);
  if (!bySize) temporary.set(builder, (bySize = new Map()));
  const address = bySize.get(text.type.size) ?? unitMemory(text, context);
  bySize.set(text.type.size, address);
  return decodeUnits(text, context, address);
}

/**
 * One of the units; goes `outside` where there is none.
 *
 * @param index 64 bits, unsigned.
 */
export function unitAt(units: TextUnits, index: IrValue, outside: Block, context: LoweringContext): IrValue {
  const { builder } = context;
  // As for arrays: LLVM would test what the index was made of, or compute the address before the test.
  const tested = builder.opaqueApart(index);
  const inside = builder.createBlock('index');
  builder.branch(builder.compare('ult', tested, units.count), inside, outside);
  builder.start(inside);
  return loadUnit(units, builder.opaque(tested, true), context);
}

function loadUnit({ address }: TextUnits, index: IrValue, { builder }: LoweringContext): IrValue {
  const first = builder.offset(builder.opaque(address), NOWHERE * 2);
  return builder.cast(
    'zext',
    builder.load(i16, builder.offset(first, builder.binary('shl', index, constant64(1))), 2),
    i64,
  );
}

/**
 * Goes through the characters of a text as `for-of` does, by code points.
 *
 * @param body gets the code point.
 */
export function eachCodePoint(
  text: Reference,
  context: LoweringContext,
  body: (code: IrValue, targets: { breakTo: Block; continueTo: Block }) => void,
): void {
  const { builder } = context;
  const { size } = text.type;
  const memory = context.allocate(arrayOf(integers.u32, size + 1));
  const count = builder.allocate(8);
  builder.store(constant64(0), count, 8);
  const place = (index: IrValue) => builder.offset(builder.opaque(memory), builder.binary('shl', index, constant64(2)));
  const automaton = new Automaton(context);
  countedLoop(size, context, (index) => {
    const { starts, point, isOpen, goesOn } = automaton.step(byteAt(text, index, context));
    const number = builder.binary('add', builder.load(i64, count, 8), starts);
    builder.store(number, count, 8);
    const code = chosen(isOpen, constant64(REPLACEMENT), point, context);
    // What comes behind the end is of no character.
    builder.store(builder.cast('trunc', code, i32), place(builder.binary('and', number, goesOn)), 4);
  });
  const characters = builder.load(i64, count, 8);
  countedLoop(size, context, (index, targets) => {
    const there = builder.createBlock('character');
    builder.branch(builder.compare('ult', index, characters), there, targets.breakTo);
    builder.start(there);
    const code = builder.load(i32, place(builder.binary('add', index, constant64(1))), 4);
    body(builder.cast('zext', code, i64), targets);
  });
}

/** Without a branch: the one where the mask is all ones, the other where it is 0. */
function chosen(mask: IrValue, one: IrValue, other: IrValue, { builder }: LoweringContext): IrValue {
  return builder.binary('xor', other, builder.binary('and', builder.binary('xor', one, other), mask));
}

function byteAt(text: Reference, index: IrValue, { builder }: LoweringContext): IrValue {
  // As for arrays: LLVM must not add the index by `or`, which the verifier refuses on pointers.
  const onStack = text.origin === 'stack' || text.origin === 'shared' || text.origin === 'copy';
  return builder.load(i8, builder.offset(onStack ? builder.opaque(text.address) : text.address, index), 1);
}

/**
 * Stores a character as UTF-8.
 *
 * @param code a code point; a half of a surrogate pair gets the three bytes that any other unit of its size has, which no decoder takes.
 * @param address of four bytes that are 0.
 */
export function storeCodePoint(code: IrValue, address: IrValue, context: LoweringContext): void {
  const { builder } = context;
  const done = builder.createBlock('stored');
  const store = (lead: number, count: number) => {
    const shifted = (by: number) => builder.binary('lshr', code, constant64(by));
    for (let index = 0; index < count; index++) {
      const bits =
        index === 0
          ? shifted(6 * (count - 1))
          : builder.binary('and', shifted(6 * (count - 1 - index)), constant64(0x3f));
      const byte = builder.binary('or', bits, constant64(index === 0 ? lead : 0x80));
      builder.store(builder.cast('trunc', byte, i8), builder.offset(address, index), 1);
    }
    builder.jump(done);
  };
  for (const [below, lead, count] of [
    [0x80, 0, 1],
    [0x800, 0xc0, 2],
    [0x10000, 0xe0, 3],
  ] as const) {
    const [fits, longer] = [builder.createBlock('fits'), builder.createBlock('longer')];
    builder.branch(builder.compare('ult', code, constant64(below)), fits, longer);
    builder.start(fits);
    store(lead, count);
    builder.start(longer);
  }
  store(0xf0, 4);
  builder.start(done);
}
