/** What generated programs call in Node, as `$`: the exceptions of the language, and maps. */
import * as types from '../../runtime/types.js';

/** The row cannot be compared: JavaScript rounds where the kernel stays exact. */
export class Inexact extends Error {}

/** The program ends with its default result. */
export class Ended extends Error {}

const { u8, u16, u32, i8, i16, i32, u64, i64, be16, be32, be64 } = types;
const conversions = { u8, u16, u32, i8, i16, i32, u64, i64, be16, be32, be64 };

function number(value: number): number {
  if (Number.isSafeInteger(value)) return value;
  throw new Inexact(String(value));
}

function bits(width: number, signed: boolean, value: number): number {
  const low = BigInt(value);
  return Number(signed ? BigInt.asIntN(width, low) : BigInt.asUintN(width, low));
}

function copy<T>(value: T): T {
  return structuredClone(value);
}

/** `a[i] = …` evaluates the index first, as JavaScript does. */
function index(value: number, length: number): number {
  if (value < 0 || value >= length) throw new Ended(`index ${value}`);
  return value;
}

function remainder(a: number, b: number): number {
  if (b === 0) throw new Ended('remainder by 0');
  return a % b;
}

/** A quotient before it is rounded. */
function quotient(a: number, b: number): number {
  if (b === 0) throw new Ended('division by 0');
  return a / b;
}

/** Fixed-point values are counted in 1/100000 here, as in the kernel. */
const fixedScale = 100000n;
const range = (value: bigint): bigint => {
  if (BigInt.asIntN(64, value) !== value) throw new Inexact('a fixed-point value beyond 64 bits');
  return value;
};
const fixed = {
  of: (value: number) => range(BigInt(value) * fixedScale),
  add: (a: bigint, b: bigint) => range(a + b),
  subtract: (a: bigint, b: bigint) => range(a - b),
  multiply: (a: bigint, b: bigint) => range(range(a * b) / fixedScale),
  divide: (a: bigint, b: bigint) => range(range(a * fixedScale) / b),
  trunc: (a: bigint) => Number(a / fixedScale),
  floor: (a: bigint) => Number((a - (((a % fixedScale) + fixedScale) % fixedScale)) / fixedScale),
};

/** Shifts whose counts JavaScript would not hold the result of. */
function shift(type: 'u64' | 'i64', operator: '<<' | '>>', value: bigint, count: bigint): bigint {
  const left = operator === '<<' ? count : -count;
  const limited = left > 64n ? 64n : left < -64n ? -64n : left;
  return type === 'u64' ? u64(value << limited) : i64(value << limited);
}

/** A part of an object is stored by value: the object that is there keeps its place. */
function overwrite(target: object, value: object): void {
  Object.assign(target, copy(value));
}

type Key = number | bigint | object;
const keyText = (key: Key) =>
  JSON.stringify(key, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));

/** A map of tsbpf whose entries are the map's own. */
class BpfMap<V> {
  protected readonly entries = new Map<string, { key: Key; value: V }>();

  constructor(
    private readonly key: (key: Key) => Key,
    private readonly value: (value: V) => V,
    private readonly zero: V,
  ) {}

  private find(key: Key): { key: Key; value: V } | undefined {
    return this.entries.get(keyText(this.key(key)));
  }

  get(key: Key): V | undefined {
    return this.find(key)?.value;
  }

  set(key: Key, value: V): this {
    const found = this.find(key);
    if (found && typeof found.value === 'object') Object.assign(found.value as object, copy(this.value(value)));
    else if (found) found.value = this.value(value);
    else this.entries.set(keyText(this.key(key)), { key: copy(this.key(key)), value: copy(this.value(value)) });
    return this;
  }

  has(key: Key): boolean {
    return this.find(key) !== undefined;
  }

  delete(key: Key): boolean {
    return this.entries.delete(keyText(this.key(key)));
  }

  getOrInsert(key: Key, value: V): V {
    if (!this.has(key)) this.set(key, value);
    return this.get(key) as V;
  }

  /** In any order, as in the kernel. */
  forEach(run: (value: V, key: Key) => void): void {
    for (const { key, value } of this.entries.values()) run(value, key);
  }

  /** `map[key]` as it is read, for maps of integers. */
  read(key: Key): V {
    return this.get(key) ?? this.zero;
  }

  /** `map[key] op= operand` and its like. */
  update(key: Key, change: (old: V) => V): V {
    const value = this.value(change(this.read(key)));
    this.set(key, value);
    return value;
  }
}

function count<V>(map: BpfMap<V>, key: Key, by: V, operate: (a: V, b: V) => V): void {
  map.update(key, (old) => operate(old, by));
}

function increment(map: BpfMap<number | bigint>, key: Key, by: number | bigint): void {
  map.update(key, (old) => (typeof old === 'bigint' ? old + BigInt(by) : number(old + Number(by))));
}

/** All entries are there from the start. */
class ArrayMap<V> extends BpfMap<V> {
  constructor(length: number, value: (value: V) => V, initial: V) {
    super((key) => key, value, initial);
    for (let key = 0; key < length; key += 1) super.set(key, initial);
  }
}

class Stack<V> {
  protected readonly values: V[] = [];

  constructor(private readonly length: number) {}

  push(value: V): void {
    if (this.values.length < this.length) this.values.push(copy(value));
  }

  pop(): V | undefined {
    return this.values.pop();
  }

  peek(): V | undefined {
    return this.values.at(-1);
  }
}

class Queue<V> extends Stack<V> {
  override pop(): V | undefined {
    return this.values.shift();
  }

  override peek(): V | undefined {
    return this.values[0];
  }
}

/** `text[i]` past the end of the text, where JavaScript has an undefined. */
function character(text: string, at: number): string {
  const found = text[at];
  if (found === undefined) throw new Ended(`character ${at}`);
  return found;
}

const bpf = {
  loop(count: number, run: (index: number) => unknown): void {
    for (let index = 0; index < count; index += 1) if (run(index)) return;
  },
};

export const nodeWorld = {
  ...conversions,
  ...{ number, bits, copy, index, remainder, quotient, fixed, shift, overwrite, count, increment },
  ...{ BpfMap, ArrayMap, Queue, Stack, bpf, character, Ended, Inexact },
};

export const pure: Readonly<Record<string, unknown>> = types;
