/**
 * Where addresses of a function lead: to which memory, how far into it, and by which indexes of run time. Two of them
 * are compared to know whether what is stored at one may cover what lies at the other.
 */
import type { Instruction } from '../ir/instructions.js';
import type { IrFunction } from '../ir/module.js';
import type { IrValue } from '../ir/values.js';
import { isScalar, sameLayout, type AggregateType, type BpfType } from '../types/types.js';

/** The memory that an address is in. */
type Root =
  /** Of its own: a variable, a global, a record. Equal where the text is. */
  | { readonly kind: 'own'; readonly id: string }
  /** `replaced`: not memory, but what the key leads to, as `set` of a hash map gives it memory anew. */
  | { readonly kind: 'entry'; readonly map: string; readonly key: string | undefined; readonly replaced?: boolean }
  /** Somewhere that is not of the function's own: what a parameter points to, or a word in memory. */
  | { readonly kind: 'outside'; readonly id: string };

interface Term {
  /** How the index is computed; equal where the text is. */
  readonly index: string;
  /** In bytes. */
  readonly stride: bigint;
}

export interface Path {
  readonly root: Root;
  /** In bytes, what indexes add not counted. */
  readonly offset: bigint;
  readonly terms: readonly Term[];
}

const LOOKUP_ELEMENT = 1n;
const RESERVE_RECORD = 131n;

/** An address that may be more than this many things is somewhere outside. */
const MOST_PATHS = 16;

let functions = 0;

const indexes = new WeakMap<IrValue, IrValue>();

/** To be called where an index was made anew for the verifier's sake, as the same number. */
export function noteIndex(made: IrValue, index: IrValue): void {
  if (made !== index) indexes.set(made, index);
}

export class MemoryPaths {
  private readonly makers = new Map<number, Instruction>();
  /** What is stored as a whole word, by the memory and the offset that it is stored at. */
  private readonly words = new Map<string, IrValue[]>();
  private readonly id = `${++functions}`;

  /**
   * @param keyOf the key, as it is written, of the entry whose address a register holds.
   * @param outer for a function that is called: what its parameters are there, where that is known.
   * @param complete all instructions of the function are there, so that a variable holds no address but those stored.
   */
  constructor(
    { blocks, parameters }: IrFunction,
    private readonly keyOf: (register: number) => string | undefined,
    private readonly outer:
      { readonly paths: MemoryPaths; readonly values: readonly (IrValue | undefined)[] } | undefined,
    complete = true,
  ) {
    this.parameters = new Map(parameters.map(({ id }, index) => [id, index]));
    const instructions = blocks.flatMap((block) => block.instructions);
    for (const instruction of instructions)
      if ('result' in instruction && instruction.result) this.makers.set(instruction.result.id, instruction);
    for (const instruction of instructions)
      if (complete && instruction.op === 'store' && instruction.value.type.kind === 'pointer')
        this.noteWord(instruction);
  }

  private readonly parameters: ReadonlyMap<number, number>;

  /** All that an address may be. */
  of(address: IrValue): readonly Path[] {
    const found = this.walk(address, 0n, [], new Set());
    return found.length <= MOST_PATHS ? found : [{ root: this.outside('many'), offset: 0n, terms: [] }];
  }

  private noteWord({ address, value }: Extract<Instruction, { op: 'store' }>): void {
    for (const path of this.walk(address, 0n, [], new Set())) {
      if (path.root.kind !== 'own' || path.terms.length > 0) continue;
      const key = `${path.root.id} ${path.offset}`;
      this.words.set(key, [...(this.words.get(key) ?? []), value]);
    }
  }

  private outside(id: string): Root {
    return { kind: 'outside', id: `${this.id}.${id}` };
  }

  private walk(address: IrValue, offset: bigint, terms: readonly Term[], seen: ReadonlySet<number>): Path[] {
    const at = (root: Root): Path[] => [{ root, offset, terms }];
    if (address.kind === 'global') return at({ kind: 'own', id: `global ${address.name}` });
    if (address.kind === 'null' || address.kind === 'poison') return [];
    if (address.kind !== 'register') return at(this.outside('constant'));
    if (seen.has(address.id)) return [];
    const maker = this.makers.get(address.id);
    if (!maker) return this.parameter(address.id, offset, terms);
    const through = new Set([...seen, address.id]);
    const onwards = (value: IrValue) => this.walk(value, offset, terms, through);
    switch (maker.op) {
      case 'alloca':
        return at({ kind: 'own', id: `${this.id}.${address.id}` });
      case 'opaque':
        return onwards(maker.value);
      case 'offset': {
        if (maker.offset.kind === 'constant')
          return this.walk(maker.base, offset + BigInt.asIntN(64, maker.offset.value), terms, through);
        const { added, term } = this.index(maker.offset, 1n);
        return this.walk(maker.base, offset + added, term ? [...terms, term] : terms, through);
      }
      case 'select':
        return [...onwards(maker.whenTrue), ...onwards(maker.whenFalse)];
      case 'phi':
        return maker.incoming.flatMap(({ value }) => onwards(value));
      case 'load':
        return this.loaded(maker.address, address.id, offset, terms, through);
      case 'call':
        return at(this.returned(maker, address.id));
      default:
        return at(this.outside(`${address.id}`));
    }
  }

  private parameter(id: number, offset: bigint, terms: readonly Term[]): Path[] {
    const index = this.parameters.get(id);
    const given = index === undefined ? undefined : this.outer?.values[index];
    if (!given || !this.outer) return [{ root: this.outside(`parameter ${id}`), offset, terms }];
    return this.outer.paths.walk(given, offset, terms, new Set());
  }

  /** An address that lay in memory: one of those that are stored there, if that is a variable. */
  private loaded(
    from: IrValue,
    register: number,
    offset: bigint,
    terms: readonly Term[],
    seen: ReadonlySet<number>,
  ): Path[] {
    const found = this.walk(from, 0n, [], seen).flatMap(({ root, offset: word, terms: inside }) => {
      const key = root.kind === 'own' && inside.length === 0 ? `${root.id} ${word}` : undefined;
      const keeper = key === undefined ? undefined : this.keeperOf(key);
      return (
        keeper?.words
          .get(key!)
          ?.flatMap((value) => keeper.walk(value, offset, terms, keeper === this ? seen : new Set())) ?? []
      );
    });
    return found.length > 0 ? found : [{ root: this.outside(`${register}`), offset, terms }];
  }

  private keeperOf(key: string): MemoryPaths | undefined {
    return this.words.has(key) ? this : this.outer?.paths.keeperOf(key);
  }

  private returned({ callee, parameters }: Extract<Instruction, { op: 'call' }>, register: number): Root {
    if (callee.kind !== 'address') return this.outside(`${register}`);
    if (callee.value === RESERVE_RECORD) return { kind: 'own', id: `${this.id}.${register}` };
    const map = parameters[0];
    if (callee.value !== LOOKUP_ELEMENT || map?.kind !== 'global') return this.outside(`${register}`);
    return { kind: 'entry', map: map.name, key: this.keyOf(register) };
  }

  /** An index of run time, times its stride: `(i + 1) * 8` adds 8, and is `i` with a stride of 8. */
  private index(value: IrValue, stride: bigint): { added: bigint; term?: Term } {
    if (value.kind === 'constant') return { added: BigInt.asIntN(64, value.value) * stride };
    if (value.kind !== 'register') return { added: 0n, term: { index: 'unknown', stride } };
    const original = indexes.get(value);
    if (original) return this.index(original, stride);
    const maker = this.makers.get(value.id);
    if (maker?.op === 'opaque') return this.index(maker.value, stride);
    if (maker?.op === 'binary' && maker.right.kind === 'constant') {
      const by = BigInt.asIntN(64, maker.right.value);
      if (maker.operator === 'mul') return this.index(maker.left, stride * by);
      if (maker.operator === 'shl') return this.index(maker.left, stride << by);
      if (maker.operator === 'add' || maker.operator === 'sub') {
        const inner = this.index(maker.left, stride);
        return { ...inner, added: inner.added + stride * (maker.operator === 'add' ? by : -by) };
      }
    }
    return { added: 0n, term: { index: this.making(value), stride } };
  }

  private making(value: IrValue): string {
    if (value.kind === 'constant') return `${value.value}`;
    if (value.kind !== 'register') return 'unknown';
    const original = indexes.get(value);
    if (original) return this.making(original);
    const maker = this.makers.get(value.id);
    if (maker?.op === 'opaque') return this.making(maker.value);
    if (maker?.op === 'binary') return `${maker.operator}(${this.making(maker.left)}, ${this.making(maker.right)})`;
    if (maker?.op === 'cast') return `${maker.operator}(${this.making(maker.value)})`;
    return `${this.id}.${value.id}`;
  }
}

interface Typed {
  readonly type: AggregateType;
}

/** Whether a value of a type, stored at one path, may take the place of all that lies at the other. */
export function mayCover(to: Path, stored: Typed, of: Path, part: Typed): boolean {
  if (!holds(stored.type, part.type)) return false;
  const roots = compareRoots(to.root, of.root);
  if (roots !== 'same') return roots === 'unknown';
  const size = BigInt(stored.type.size);
  const partSize = BigInt(part.type.size);
  const distance = of.offset - to.offset;
  if (sameTerms(to.terms, of.terms)) return distance >= 0n && distance + partSize <= size;
  const step = [...to.terms, ...of.terms].reduce((sum, { stride }) => greatestDivisor(sum, abs(stride)), 0n);
  if (step === 0n || step < size) return true;
  return (((distance % step) + step) % step) + partSize <= size;
}

/**
 * Whether a part of an object may be read where the object is about to be written, by all that is known before a
 * function's instructions are all there.
 */
export function mayLieIn(place: IrValue, part: IrValue, whole: AggregateType, within: IrFunction): boolean {
  const paths = new MemoryPaths(within, () => undefined, undefined, false);
  return paths.of(place).some((to) =>
    paths.of(part).some((of) => {
      const roots = compareRoots(to.root, of.root);
      if (roots !== 'same' || to.terms.length > 0 || of.terms.length > 0) return roots !== 'different';
      const distance = of.offset - to.offset;
      return distance > -BigInt(whole.size) && distance < BigInt(whole.size);
    }),
  );
}

function compareRoots(a: Root, b: Root): 'same' | 'different' | 'unknown' {
  if (a.kind === 'outside') return b.kind === 'outside' && a.id === b.id ? 'same' : mayBeOutside(b);
  if (b.kind === 'outside') return mayBeOutside(a);
  if (a.kind === 'entry' && b.kind === 'entry') {
    if (a.map !== b.map) return 'different';
    if (a.replaced || b.replaced) return a.key !== undefined && a.key === b.key ? 'same' : 'different';
    const isConstant = (key: string | undefined) => key !== undefined && /^\d+$/.test(key);
    return isConstant(a.key) && isConstant(b.key) && a.key !== b.key ? 'different' : 'same';
  }
  return a.kind === 'own' && b.kind === 'own' && a.id === b.id ? 'same' : 'different';
}

/** Nothing from outside leads to a variable of the function's own; to globals and entries of maps it may. */
function mayBeOutside(root: Root): 'different' | 'unknown' {
  return root.kind === 'own' && !root.id.startsWith('global ') ? 'different' : 'unknown';
}

function sameTerms(a: readonly Term[], b: readonly Term[]): boolean {
  const key = (terms: readonly Term[]) =>
    terms
      .map(({ index, stride }) => `${index} * ${stride}`)
      .sort()
      .join(' ');
  return key(a) === key(b);
}

/** Whether one type is the other, or has it in it. */
function holds(outer: BpfType, inner: AggregateType): boolean {
  if (isScalar(outer) || outer.size < inner.size) return false;
  if (sameLayout(outer, inner)) return true;
  if (outer.kind === 'struct') return outer.fields.some(({ type }) => holds(type, inner));
  return outer.kind === 'array' && holds(outer.element, inner);
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}

function greatestDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestDivisor(b, a % b);
}
