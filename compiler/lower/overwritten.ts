/**
 * A name for a part of a bigger object refers to it: `const first = list[0]`. In JavaScript it would keep the old object
 * when another is assigned to `list[0]`; in the kernel there is one memory, and a use after that is an error.
 *
 * While a function is lowered it is noted where names are given to memory that is not their own, where these are used,
 * and where whole objects are stored over others. When all its instructions are there, the IR is asked whether a way
 * leads from such a store to a use, and memory-paths.ts whether the store may lie over what the name was given to.
 * What a called function stores counts at its call.
 */
import { ts } from '../typescript.js';
import { partOverwritten } from '../diagnostics/index.js';
import type { FunctionBuilder } from '../ir/builder.js';
import type { Block } from '../ir/instructions.js';
import type { IrValue } from '../ir/values.js';
import type { AggregateType } from '../types/types.js';
import { isScalar, type BpfType } from '../types/types.js';
import type { LoweringContext } from './context.js';
import { mayCover, MemoryPaths, type Path } from './memory-paths.js';
import type { ModuleContext } from './module-context.js';
import type { Place, Value } from './values.js';
import { successors } from './ways.js';

/** A block only grows at its end, so that a counter orders what is noted in it. */
interface Position {
  readonly block: Block;
  readonly order: number;
}

interface Use extends Position {
  readonly node: ts.Identifier;
}

interface Part {
  /** As it is written: `list[0]`. */
  readonly text: string;
  readonly address: IrValue;
  readonly type: AggregateType;
  /** Undefined for what a callback has captured: it was there before. */
  readonly given: Position | undefined;
  readonly uses: Use[];
}

interface Store extends Position {
  readonly to: IrValue | Path;
  readonly type: AggregateType;
}

interface Call extends Position {
  readonly callee: string;
  /** What the callee's parameters are, in their order; undefined for those that only the kernel knows. */
  readonly values: readonly (IrValue | undefined)[];
}

interface Notes {
  readonly builder: FunctionBuilder;
  readonly parts: Part[];
  readonly stores: Store[];
  readonly calls: Call[];
  /** The keys of entries, as they are written, by the ids of the registers that hold their addresses. */
  readonly keys: Map<number, string>;
  /** Runs again and again, which its caller judges, who knows what it has captured. */
  isCallback: boolean;
}

const notes = new WeakMap<FunctionBuilder, Notes>();
const functions = new WeakMap<ModuleContext, Map<string, Notes>>();
const partOf = new WeakMap<object, Part>();
const capturedOf = new WeakMap<object, { readonly part: Part; readonly at: Position }>();
let order = 0;

function notesOf({ builder, module }: LoweringContext): Notes {
  let found = notes.get(builder);
  if (!found) {
    found = { builder, parts: [], stores: [], calls: [], keys: new Map(), isCallback: false };
    notes.set(builder, found);
    let named = functions.get(module);
    if (!named) functions.set(module, (named = new Map()));
    named.set(builder.function_.name, found);
  }
  return found;
}

const here = ({ builder: { block } }: LoweringContext): Position => ({ block, order: ++order });

function referenceIn(value: Value) {
  const inner = value.kind === 'optional' ? value.inner : value;
  return inner.kind === 'reference' ? inner : undefined;
}

/** To be called where a name is given to memory that something else may name too. */
export function notePart(value: Value, text: string, context: LoweringContext): void {
  const reference = referenceIn(value);
  if (!reference || reference.renewed || reference.origin === 'constant') return;
  // Another name for what has one already: what overwrites the first overwrites this too.
  if (partOf.has(value)) return;
  const { address, type } = reference;
  const part: Part = { text, address, type, given: here(context), uses: [] };
  partOf.set(value, part);
  notesOf(context).parts.push(part);
}

/** To be called where a name's value is asked for. */
export function noteUse(value: Value, node: ts.Identifier, context: LoweringContext): void {
  partOf.get(value)?.uses.push({ ...here(context), node });
  const outer = capturedOf.get(value);
  outer?.part.uses.push({ ...outer.at, node });
}

/**
 * To be called where a callback captures what a name stands for.
 *
 * @param outer the value in the function around it.
 * @param inner the same as the callback reads it.
 * @param around where the function around it has come to.
 */
export function noteCapture(outer: Value, inner: Value, around: FunctionBuilder, context: LoweringContext): void {
  const part = partOf.get(outer);
  const reference = referenceIn(inner);
  if (!part || !reference) return;
  const { address, type } = reference;
  const captured: Part = { text: part.text, address, type, given: undefined, uses: [] };
  partOf.set(inner, captured);
  capturedOf.set(inner, { part, at: { block: around.block, order: ++order } });
  notesOf(context).parts.push(captured);
}

/** To be called behind an assignment of a whole object, array or text to a place that had another. */
export function noteStore({ address, type }: Pick<Place, 'address' | 'type'>, context: LoweringContext): void {
  if (address && !isScalar(type)) notesOf(context).stores.push({ ...here(context), to: address, type });
}

/** To be called where a map's entry is looked up. */
export function noteKey(address: IrValue, key: ts.Expression | undefined, context: LoweringContext): void {
  if (address.kind === 'register' && key) notesOf(context).keys.set(address.id, key.getText());
}

/**
 * To be called where a map is given another value for a key.
 *
 * @param replaced the entry is given other memory, as a hash map does, and not written in place.
 */
export function noteSet(
  layout: { readonly address: IrValue; readonly value: BpfType | undefined },
  key: ts.Expression | undefined,
  replaced: boolean,
  context: LoweringContext,
): void {
  const { address: map, value: type } = layout;
  if (map.kind !== 'global' || !type || isScalar(type)) return;
  const root = { kind: 'entry', map: map.name, key: key?.getText(), replaced } as const;
  notesOf(context).stores.push({ ...here(context), to: { root, offset: 0n, terms: [] }, type });
}

/** To be called where a function of the object is called, or given to a helper that does so many times. */
export function noteCall(
  callee: string,
  values: readonly (IrValue | undefined)[],
  isCallback: boolean,
  context: LoweringContext,
): void {
  const called = functions.get(context.module)?.get(callee);
  if (!called) return;
  called.isCallback ||= isCallback;
  notesOf(context).calls.push({ ...here(context), callee, values });
}

/** To be called when all instructions of a function are there: reports uses of what was overwritten. */
export function checkOverwritten(context: LoweringContext): void {
  const own = notes.get(context.builder);
  const named = functions.get(context.module);
  if (!own || !named || own.isCallback || !mayBeWrong(own, named)) return;
  const found = new Set<ts.Node>();
  judge(own, undefined, { named, left: MOST_JUDGED }, (use, part) => {
    if (found.has(use.node)) return;
    found.add(use.node);
    context.report(partOverwritten(use.node, use.node.text, part.text));
  });
}

type Report = (use: Use, part: Part) => void;

/** Functions that call one another many times over have as many ways to be looked at; no program of people has so many. */
const MOST_JUDGED = 1000;

interface Judging {
  readonly named: ReadonlyMap<string, Notes>;
  /** How many more functions are looked at. */
  left: number;
}

/** Whether names for parts are used at all, here or in callbacks. */
function mayBeWrong(own: Notes, named: ReadonlyMap<string, Notes>): boolean {
  return own.parts.some(({ uses }) => uses.length > 0) || own.calls.some(({ callee }) => named.get(callee)?.isCallback);
}

/** A function's stores, with those of what it calls, in paths of the outermost function that is judged. */
interface Judged {
  readonly paths: MemoryPaths;
  readonly stores: readonly (Position & { readonly paths: readonly Path[]; readonly type: AggregateType })[];
}

function judge(
  own: Notes,
  outer: { readonly paths: MemoryPaths; readonly call: Call } | undefined,
  judging: Judging,
  report: Report,
): Judged {
  const paths = new MemoryPaths(
    own.builder.function_,
    (id) => own.keys.get(id),
    outer && { paths: outer.paths, values: outer.call.values },
  );
  const called = own.calls.flatMap((call) => {
    const notes = judging.named.get(call.callee);
    if (!notes || judging.left <= 0 || !hasStores(notes, judging.named)) return [];
    judging.left -= 1;
    const judged = judge(notes, { paths, call }, judging, notes.isCallback ? report : () => undefined);
    return judged.stores.map((store) => ({ ...store, block: call.block, order: call.order }));
  });
  const stores = [
    ...own.stores.map((store) => ({ ...store, paths: 'root' in store.to ? [store.to] : paths.of(store.to) })),
    ...called,
  ];
  if (stores.length === 0) return { paths, stores };
  for (const part of own.parts) {
    if (part.uses.length === 0) continue;
    const named = paths.of(part.address);
    const over = stores.filter((store) => store.paths.some((to) => named.some((of) => mayCover(to, store, of, part))));
    const use = part.uses.find((use) => over.some((store) => leads(store, use, part.given, own)));
    if (use) report(use, part);
  }
  return { paths, stores };
}

const storing = new WeakMap<Notes, boolean>();

/** Whether a function that is finished, or one that it calls, stores whole objects. */
function hasStores(notes: Notes, named: ReadonlyMap<string, Notes>): boolean {
  const known = storing.get(notes);
  if (known !== undefined) return known;
  const found =
    notes.stores.length > 0 ||
    notes.calls.some(({ callee }) => {
      const called = named.get(callee);
      return called !== undefined && called !== notes && hasStores(called, named);
    });
  storing.set(notes, found);
  return found;
}

/** Whether a way leads from a store to a use that does not pass where the name is given again. */
function leads(from: Position, to: Position, given: Position | undefined, own: Notes): boolean {
  const first = own.builder.function_.blocks[0];
  const seen = new Set<Block>();
  const walk = (block: Block, after: number): boolean => {
    const reaches = block === to.block && to.order > after;
    if (given && block === given.block && given.order > after && !(reaches && to.order < given.order)) return false;
    if (reaches) return true;
    const next = successors(block);
    const again = own.isCallback && first && next.length === 0 ? [first] : next;
    return again.some((one) => {
      if (seen.has(one)) return false;
      seen.add(one);
      return walk(one, 0);
    });
  };
  return walk(from.block, from.order);
}
