/** Maps as libbpf's BTF-defined globals of section `.maps`, with their types taken from the class's type arguments. */
import type { ts } from '@ts-morph/bootstrap';
import { mapNeedsConstantOption, mapNeedsEntries, mapTypeHasNoLayout, tooNew } from '../diagnostics/index.js';
import type { MetadataNode } from '../ir/metadata.js';
import { globalName, type IrValue } from '../ir/values.js';
import type { DiscoveredMap, MapKind } from '../model.js';
import { NoLayout } from '../types/convert.js';
import { integers, type BpfType } from '../types/types.js';
import type { DebugInfo } from './debug-info.js';
import { describeInner, type InnerMap } from './inner-maps.js';
import type { ModuleContext } from './module-context.js';
import { Refused } from './refused.js';
import { isBefore } from './target.js';
import type { Reference } from './values.js';

export interface MapShape {
  /** `enum bpf_map_type` (linux/bpf.h). */
  readonly type: number;
  /** The first release that has it, where that is after 3.19. */
  readonly since?: string;
  /** What the class's type arguments are. */
  readonly arguments: 'key-value' | 'value' | 'event' | 'key-map' | 'map' | 'none';
  /** Entries have an index for a key. */
  readonly indexed?: boolean;
  readonly perCpu?: boolean;
  readonly keySize?: number;
  readonly valueSize?: number;
  readonly flags?: number;
  readonly defaultMaxEntries?: number;
}

const BPF_F_NO_PREALLOC = 1;
/** PERF_MAX_STACK_DEPTH addresses of 8 bytes. */
const STACK_TRACE_SIZE = 127 * 8;
const DEFAULT_RING_SIZE = 256 * 1024;

export const SHAPES: Readonly<Record<MapKind, MapShape>> = {
  HashMap: { type: 1, arguments: 'key-value' },
  ArrayMap: { type: 2, arguments: 'value', indexed: true },
  ProgramArray: { type: 3, since: '4.2', arguments: 'none', keySize: 4, valueSize: 4 },
  PerfQueue: { type: 4, since: '4.3', arguments: 'event', keySize: 4, valueSize: 4, defaultMaxEntries: 0 },
  PerCpuHashMap: { type: 5, since: '4.6', arguments: 'key-value', perCpu: true },
  PerCpuArray: { type: 6, since: '4.6', arguments: 'value', indexed: true, perCpu: true },
  StackTraceMap: {
    type: 7,
    since: '4.6',
    arguments: 'none',
    keySize: 4,
    valueSize: STACK_TRACE_SIZE,
    defaultMaxEntries: 1024,
  },
  CgroupArray: { type: 8, since: '4.8', arguments: 'none', keySize: 4, valueSize: 4 },
  LruHashMap: { type: 9, since: '4.10', arguments: 'key-value' },
  LruPerCpuHashMap: { type: 10, since: '4.10', arguments: 'key-value', perCpu: true },
  LpmTrie: { type: 11, since: '4.11', arguments: 'key-value', flags: BPF_F_NO_PREALLOC },
  ArrayOfMaps: { type: 12, since: '4.12', arguments: 'map', indexed: true },
  HashOfMaps: { type: 13, since: '4.12', arguments: 'key-map' },
  DevMap: { type: 14, since: '4.14', arguments: 'none', keySize: 4, valueSize: 4 },
  CpuMap: { type: 16, since: '4.15', arguments: 'none', keySize: 4, valueSize: 4 },
  XskMap: { type: 17, since: '4.18', arguments: 'none', keySize: 4, valueSize: 4 },
  Queue: { type: 22, since: '4.20', arguments: 'value' },
  Stack: { type: 23, since: '4.20', arguments: 'value' },
  SocketStorage: {
    type: 24,
    since: '5.2',
    arguments: 'value',
    keySize: 4,
    flags: BPF_F_NO_PREALLOC,
    defaultMaxEntries: 0,
  },
  RingBuffer: { type: 27, since: '5.8', arguments: 'event', defaultMaxEntries: DEFAULT_RING_SIZE },
  TaskStorage: {
    type: 29,
    since: '5.11',
    arguments: 'value',
    keySize: 4,
    flags: BPF_F_NO_PREALLOC,
    defaultMaxEntries: 0,
  },
  BloomFilter: { type: 30, since: '5.16', arguments: 'value' },
  UserRingBuffer: { type: 31, since: '6.1', arguments: 'event', defaultMaxEntries: DEFAULT_RING_SIZE },
};

/** What serves on an older kernel. */
const INSTEAD: Readonly<Partial<Record<MapKind, string>>> = {
  RingBuffer: 'a PerfQueue',
  BloomFilter: 'a HashMap',
  UserRingBuffer: 'a Queue',
  TaskStorage: 'a HashMap of process ids',
  Queue: 'an ArrayMap and a counter',
};

export interface MapLayout {
  readonly map: DiscoveredMap;
  readonly shape: MapShape;
  /** The map's address, as helpers take it. */
  readonly address: IrValue;
  readonly key: BpfType | undefined;
  /** The entry's type, or the event's. */
  readonly value: BpfType | undefined;
  /** How many entries it has at most, as far as the build knows. */
  readonly entries?: number | undefined;
  /** Of a map of maps: what each of its entries is. */
  readonly inner?: InnerMap | undefined;
  /** Of a map that another one gave: itself, as an expression gives it. */
  readonly self?: Reference;
}

/** Makes the map's global. */
export function describeMap(map: DiscoveredMap, module: ModuleContext): MapLayout {
  const shape = SHAPES[map.kind];
  if (shape.since && isBefore(shape.since, module.options))
    module.diagnostics.push(tooNew(map.creation, `The map type ${map.kind}`, shape.since, INSTEAD[map.kind]));
  const [first, second] = map.typeArguments;
  const convert = (type: ts.Type | undefined, role: string) => typeArgument(type, role, map, module);
  let key: BpfType | undefined;
  let value: BpfType | undefined;
  let inner: InnerMap | undefined;
  if (shape.arguments === 'key-value') {
    key = convert(first, 'key');
    value = convert(second, 'value');
  } else if (shape.arguments === 'key-map') {
    key = convert(first, 'key');
    inner = describeInner(map, second, module);
  } else if (shape.arguments === 'map') {
    inner = describeInner(map, first, module);
  } else if (shape.arguments !== 'none') {
    value = convert(first, shape.arguments);
  }
  if (shape.indexed) key = integers.u32;
  const entries = defineGlobal(map, shape, key, value, inner, module);
  return { map, shape, address: globalName(map.name), key, value, inner, entries };
}

/** @param role what the type is for: `'key'`. */
export function typeArgument(
  type: ts.Type | undefined,
  role: string,
  map: DiscoveredMap,
  module: ModuleContext,
): BpfType {
  try {
    if (!type) throw new NoLayout(role, 'it is not given');
    return module.types.convert(type, `${map.name}_${role}`);
  } catch (error) {
    if (!(error instanceof NoLayout)) throw error;
    module.diagnostics.push(mapTypeHasNoLayout(map.creation, map.name, role, error.typeText, error.reason));
    throw new Refused();
  }
}

/** @returns how many entries the map has at most; undefined where the build does not know it. */
function defineGlobal(
  map: DiscoveredMap,
  shape: MapShape,
  key: BpfType | undefined,
  value: BpfType | undefined,
  inner: InnerMap | undefined,
  module: ModuleContext,
): number | undefined {
  const options = readOptions(map, module);
  module.recording?.maps.set(map, inner ? { ...options, inner: innerOptions(inner) } : options);
  const maxEntries = options.maxEntries ?? shape.defaultMaxEntries;
  if (maxEntries === undefined) {
    module.diagnostics.push(mapNeedsEntries(map.creation, map.name));
    throw new Refused();
  }
  const isStorage = map.kind === 'SocketStorage' || map.kind === 'TaskStorage';
  const hasKey = shape.arguments === 'key-value' || shape.arguments === 'key-map' || shape.indexed;
  const hasValue = shape.arguments === 'key-value' || shape.arguments === 'value';
  defineMapGlobal(
    {
      name: map.name,
      type: shape.type,
      key: hasKey ? key : isStorage ? integers.i32 : undefined,
      keySize: isStorage ? undefined : shape.keySize,
      value: hasValue ? value : undefined,
      valueSize: shape.valueSize,
      inner: inner?.settings,
      maxEntries,
      flags: (shape.flags ?? 0) | options.flags,
      at: map.declaration,
    },
    module,
  );
  if (shape.arguments === 'event') defineEvent(map, value!, module);
  if (inner) defineInner(map, inner.settings, module);
  return maxEntries === 0 ? undefined : maxEntries;
}

/** What libbpf is told of a map. */
export interface MapSettings {
  readonly type: number;
  readonly key?: BpfType | undefined;
  readonly keySize?: number | undefined;
  readonly value?: BpfType | undefined;
  /** For debuggers, in the place of `value`. */
  readonly valueType?: MetadataNode;
  readonly valueSize?: number | undefined;
  readonly maxEntries: number;
  readonly flags?: number;
  /** What each entry of a map of maps is. */
  readonly inner?: MapSettings | undefined;
}

function innerOptions({ settings }: InnerMap): { readonly maxEntries: number; readonly flags: number } {
  const { maxEntries, flags = 0 } = settings;
  return { maxEntries, flags };
}

interface MapGlobal extends MapSettings {
  readonly name: string;
  readonly at: ts.Node;
}

export function defineMapGlobal(map: MapGlobal, { debug, ir }: ModuleContext): void {
  const { type, size } = settingsStruct(map, debug);
  ir.globals.push({
    name: map.name,
    bytes: new Uint8Array(size),
    section: '.maps',
    align: 8,
    constant: false,
    internal: false,
    debug: debug.global(map.name, type, map.at),
  });
}

/** libbpf reads a map's numbers from the lengths of arrays, and its types from what pointers point to. */
function settingsStruct(map: MapSettings, debug: DebugInfo): { type: MetadataNode; size: number } {
  const members: { name: string; type: MetadataNode }[] = [];
  const number = (name: string, amount: number | undefined): void => {
    if (amount) members.push({ name, type: debug.pointerTo(debug.arrayOf(debug.int(), amount, amount * 4)) });
  };
  const typed = (name: string, type: MetadataNode | undefined): void => {
    if (type) members.push({ name, type: debug.pointerTo(type) });
  };
  number('type', map.type);
  typed('key', map.key && debug.type(map.key));
  number('key_size', map.key ? undefined : map.keySize);
  typed('value', map.value ? debug.type(map.value) : map.valueType);
  number('value_size', map.value ? undefined : map.valueSize);
  number('max_entries', map.maxEntries);
  number('map_flags', map.flags);
  const size = members.length * 8;
  const laidOut = members.map((member, index) => ({ ...member, size: 8, offset: index * 8 }));
  // `struct inner *values[]`, which has to come last.
  if (map.inner) {
    const values = debug.arrayOf(debug.pointerTo(settingsStruct(map.inner, debug).type), 0, 0);
    laidOut.push({ name: 'values', type: values, size: 0, offset: size });
  }
  return { type: debug.structOf(undefined, size, laidOut), size };
}

/**
 * Queues hold no BTF of their events; a typedef that user space finds by name says what they are. A pointer to it in
 * `.rodata` keeps it in the object: libbpf complains of sections that it does not know.
 */
function defineEvent(map: DiscoveredMap, value: BpfType, module: ModuleContext): void {
  keepType(`__tsbpf_event_${map.name}`, value, map, module);
}

/**
 * LLVM leaves of a struct that only an inner map points to no more than its name; here it is seen whole.
 */
function defineInner(map: DiscoveredMap, inner: MapSettings, module: ModuleContext): void {
  for (const [part, type] of Object.entries({ key: inner.key, value: inner.value })) {
    if (type?.kind === 'struct') keepType(`__tsbpf_inner_${part}_${map.name}`, type, map, module);
  }
}

function keepType(name: string, value: BpfType, map: DiscoveredMap, { debug, ir }: ModuleContext): void {
  ir.globals.push({
    name,
    bytes: new Uint8Array(8),
    section: '.rodata',
    align: 8,
    constant: true,
    internal: false,
    debug: debug.global(name, debug.pointerTo(debug.typedef(name, debug.type(value))), map.declaration),
  });
}

function readOptions(map: DiscoveredMap, module: ModuleContext): { maxEntries: number | undefined; flags: number } {
  const result = { maxEntries: undefined as number | undefined, flags: 0 };
  if (!map.options) return result;
  // A PerfQueue's size is that of the reader's buffers, which user space makes.
  const isRing = map.kind === 'RingBuffer' || map.kind === 'UserRingBuffer';
  const sizes = isRing ? (['size'] as const) : map.kind === 'PerfQueue' ? [] : (['maxEntries'] as const);
  for (const name of [...sizes, 'flags'] as const) {
    const value = readOption(map.options, name, map, module);
    if (value === undefined) continue;
    if (name === 'flags') result.flags = value;
    else result.maxEntries = value;
  }
  return result;
}

/** A number of the options; 0 where only the running program knows it, which then fills it in. */
export function readOption(
  options: ts.Expression,
  name: string,
  map: DiscoveredMap,
  module: ModuleContext,
): number | undefined {
  const whole = module.evaluator.evaluate(options);
  if (whole.kind === 'static') return check((whole.value as Record<string, unknown>)[name]);
  if (whole.kind === 'failed') {
    module.diagnostics.push(whole.diagnostic);
    throw new Refused();
  }
  const property = 'properties' in options ? (options as ts.ObjectLiteralExpression).properties : [];
  for (const member of property) {
    if (member.name?.getText() !== name) continue;
    const expression = 'initializer' in member ? member.initializer : (member.name as ts.Identifier);
    const value = module.evaluator.evaluate(expression as ts.Expression);
    if (value.kind === 'static') return check(value.value);
    return 0;
  }
  return undefined;

  function check(value: unknown): number | undefined {
    if (value === undefined) return undefined;
    const least = name === 'flags' ? 0 : 1;
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= 0xffffffff) return value;
    module.diagnostics.push(mapNeedsConstantOption(options, map.name, name));
    throw new Refused();
  }
}
