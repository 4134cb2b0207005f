/** Maps in the kernel: the ES `Map` interface on the map helpers. */
import { ts } from '../../typescript.js';
import { mapIndexNeedsIntegers, mapMethodUnsupported, tailCallInCallback } from '../../diagnostics/index.js';
import { i64, pointer } from '../../ir/types.js';
import { constant64, nullPointer, type IrValue } from '../../ir/values.js';
import type { DiscoveredMap } from '../../model.js';
import { isScalar, type BpfType } from '../../types/types.js';
import type { LoweringContext } from '../context.js';
import { innerReference } from '../inner-maps.js';
import type { MapLayout } from '../maps.js';
import { loadFrom, materialize, memoryPlace, zeroStack } from '../memory.js';
import { Merge } from '../merge.js';
import { noteKey, noteSet } from '../overwritten.js';
import {
  bits64,
  boolean,
  isPresent,
  presenceBit,
  number,
  numberConstant,
  optionalReference,
  scalar,
  toScalar,
} from '../scalars.js';
import { integers } from '../../types/types.js';
import { nothing, type Origin, type Place, type Value } from '../values.js';
import { update } from '../visitors/assignment.js';
import { lowerExpression } from '../visitors/index.js';
import { branchesOn } from '../visitors/logical.js';
import { layoutOf } from '../visitors/variables.js';
import { isNothing, lowerArgument } from './arguments.js';
import { CGROUPS } from './control-groups.js';
import { lowerDrain, lowerMapForEach } from './iteration.js';
import { SOCKET_STORAGE, TASK_STORAGE } from './local-storage.js';
import { countLost } from './lost-events.js';
import { noteMove } from '../moved-headers.js';
import { renewHeaders } from './packet-headers.js';

/** Numbers of the helpers (linux/bpf.h). */
const LOOKUP = 1;
const UPDATE = 2;
const DELETE = 3;
const PERF_EVENT_OUTPUT = 25;
const GET_STACKID = 27;
const PUSH = 87;
const POP = 88;
const PEEK = 89;
const RINGBUF_OUTPUT = 130;
const RINGBUF_RESERVE = 131;
const RINGBUF_SUBMIT = 132;
const RINGBUF_DISCARD = 133;
const TAIL_CALL = 12;
const REDIRECT_MAP = 51;

const BPF_ANY = 0;
const BPF_NOEXIST = 1;
const BPF_F_CURRENT_CPU = 0xffffffff;

export type Method = (layout: MapLayout, node: ts.CallExpression, context: LoweringContext) => Value;

const KEYED: Readonly<Record<string, Method>> = {
  get: (layout, node, context) => {
    const address = lookup(layout, key(layout, node, context), context);
    noteKey(address, node.arguments[0], context);
    return entry(layout, address, node, context);
  },
  has: lowerHas,
  set: lowerSet,
  delete: (layout, node, context) =>
    succeeded(context.builder.callHelper(DELETE, i64, [layout.address, key(layout, node, context)]), context),
  getOrInsert: lowerGetOrInsert,
  increment: lowerIncrement,
  forEach: lowerMapForEach,
};

const STACKED: Readonly<Record<string, Method>> = {
  push: (layout, node, context) => {
    const value = materialize(layout.value!, lowerArgument(node, 0, context), node, context);
    return succeeded(context.builder.callHelper(PUSH, i64, [layout.address, value, flags(node, 1, context)]), context);
  },
  pop: (layout, node, context) => taken(POP, layout, node, context),
  peek: (layout, node, context) => taken(PEEK, layout, node, context),
};

const BLOOM: Readonly<Record<string, Method>> = {
  add: (layout, node, context) => {
    const value = materialize(layout.value!, lowerArgument(node, 0, context), node, context);
    return succeeded(context.builder.callHelper(PUSH, i64, [layout.address, value, constant64(BPF_ANY)]), context);
  },
  has: (layout, node, context) => {
    const value = materialize(layout.value!, lowerArgument(node, 0, context), node, context);
    return succeeded(context.builder.callHelper(PEEK, i64, [layout.address, value]), context);
  },
};

const PERF_QUEUE: Readonly<Record<string, Method>> = {
  push: (layout, node, context) => {
    const type = layout.value!;
    const value = materialize(type, lowerArgument(node, 1, context), node, context);
    const parameters = [
      context.contextPointer,
      layout.address,
      constant64(BPF_F_CURRENT_CPU),
      value,
      constant64(type.size),
    ];
    return succeeded(context.builder.callHelper(PERF_EVENT_OUTPUT, i64, parameters), context);
  },
};

const RING_BUFFER: Readonly<Record<string, Method>> = {
  push: (layout, node, context) => {
    const type = layout.value!;
    const value = materialize(type, lowerArgument(node, 0, context), node, context);
    const parameters = [layout.address, value, constant64(type.size), flags(node, 1, context)];
    const status = context.builder.callHelper(RINGBUF_OUTPUT, i64, parameters);
    countLost(context.builder.compare('ne', status, constant64(0)), layout.map, context);
    return succeeded(status, context);
  },
  reserve: (layout, node, context) => {
    const [written] = node.typeArguments ?? [];
    const type = written ? layoutOf(context.checker.getTypeFromTypeNode(written), node, context) : layout.value!;
    const address = context.builder.callHelper(RINGBUF_RESERVE, pointer, [
      layout.address,
      constant64(type.size),
      constant64(0),
    ]);
    countLost(context.builder.compare('eq', address, nullPointer), layout.map, context);
    if (isScalar(type))
      return optionalReference({
        kind: 'reference',
        type: { kind: 'array', element: type, length: 1, size: type.size, bytes: false },
        address,
        origin: 'event',
      });
    return optionalReference({ kind: 'reference', type, address, origin: 'event' });
  },
  submit: (_layout, node, context) => release(RINGBUF_SUBMIT, node, context),
  discard: (_layout, node, context) => release(RINGBUF_DISCARD, node, context),
};

const USER_RING_BUFFER: Readonly<Record<string, Method>> = { drain: lowerDrain };

const STACK_TRACES: Readonly<Record<string, Method>> = {
  getId: (layout, node, context) => {
    const id = context.builder.callHelper(GET_STACKID, i64, [
      context.contextPointer,
      layout.address,
      flags(node, 1, context),
    ]);
    return scalar(integers.number, id, { min: -(1n << 31n), max: (1n << 31n) - 1n });
  },
};

const PROGRAMS: Readonly<Record<string, Method>> = {
  tailCall: (layout, node, context) => {
    const index = toScalar(lowerArgument(node, 1, context), node, context);
    context.keepInline();
    if (context.builder.function_.internal) context.refuse(tailCallInCallback(node));
    context.builder.callHelper(TAIL_CALL, i64, [context.contextPointer, layout.address, bits64(index, context)]);
    noteMove(`${layout.map.name}.tailCall`, false, context);
    // It comes back where there is no such program; since Linux 6.13 the verifier forgets the packet's addresses here.
    if (context.type.packet === 'direct' || context.type.packet === 'linear') renewHeaders(context);
    return nothing;
  },
};

const OUTER: Readonly<Record<string, Method>> = {
  get: (layout, node, context) =>
    optionalReference(innerReference(layout.inner!, lookup(layout, key(layout, node, context), context))),
  has: (layout, node, context) => {
    const found = optionalReference(innerReference(layout.inner!, lookup(layout, key(layout, node, context), context)));
    return boolean(branchesOn(node) ? isPresent(found, context) : presenceBit(found, context));
  },
};

const REDIRECTS: Readonly<Record<string, Method>> = {
  redirect: (layout, node, context) => {
    const index = toScalar(lowerArgument(node, 0, context), node, context);
    const parameters = [layout.address, bits64(index, context), flags(node, 1, context)];
    return number(context.builder.callHelper(REDIRECT_MAP, i64, parameters));
  },
};

function methodsOf(map: Pick<DiscoveredMap, 'kind'>): Readonly<Record<string, Method>> {
  switch (map.kind) {
    case 'Queue':
    case 'Stack':
      return STACKED;
    case 'BloomFilter':
      return BLOOM;
    case 'PerfQueue':
      return PERF_QUEUE;
    case 'RingBuffer':
      return RING_BUFFER;
    case 'UserRingBuffer':
      return USER_RING_BUFFER;
    case 'StackTraceMap':
      return STACK_TRACES;
    case 'ProgramArray':
      return PROGRAMS;
    case 'DevMap':
    case 'CpuMap':
    case 'XskMap':
      return REDIRECTS;
    case 'CgroupArray':
      return CGROUPS;
    case 'TaskStorage':
      return TASK_STORAGE;
    case 'SocketStorage':
      return SOCKET_STORAGE;
    case 'HashOfMaps':
    case 'ArrayOfMaps':
      return OUTER;
    default:
      return KEYED;
  }
}

export function useMap(map: DiscoveredMap, context: LoweringContext): MapLayout {
  context.usedMaps.add(map);
  return context.module.map(map);
}

/** @param layout a map of the module, or one that a map of maps gave. */
export function callMapMethod(
  layout: MapLayout,
  name: string,
  node: ts.CallExpression,
  context: LoweringContext,
): Value {
  const { map } = layout;
  const methods = methodsOf(map);
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  const keyed = methods === KEYED && !(layout.key && layout.value);
  if (!method || keyed) return context.refuse(mapMethodUnsupported(node.expression, name, map.kind));
  return method(layout, node, context);
}

function flags(node: ts.CallExpression, index: number, context: LoweringContext): IrValue {
  const expression = node.arguments[index];
  if (!expression) return constant64(BPF_ANY);
  const value = lowerExpression(expression, context);
  if (value.kind !== 'static') return toScalar(value, expression, context).value;
  const named =
    typeof value.value === 'object' && value.value !== null ? (value.value as { flags?: unknown }).flags : value.value;
  const known: Record<string, number> = { any: BPF_ANY, noexist: BPF_NOEXIST, exist: 2 };
  if (typeof named === 'string' && named.toLowerCase() in known) return constant64(known[named.toLowerCase()]!);
  return named === undefined
    ? constant64(BPF_ANY)
    : toScalar({ kind: 'static', value: named }, expression, context).value;
}

function key(layout: MapLayout, node: ts.CallExpression, context: LoweringContext): IrValue {
  return materialize(layout.key!, lowerArgument(node, 0, context), node.arguments[0] ?? node, context);
}

function lookup(layout: MapLayout, keyAddress: IrValue, context: LoweringContext): IrValue {
  const address = context.builder.callHelper(LOOKUP, pointer, [layout.address, keyAddress]);
  context.builder.needsNoAlignment(address);
  return address;
}

function origin(layout: MapLayout): Origin {
  return layout.shape.perCpu ? 'perCpu' : 'map';
}

/** The entry at an address that may be NULL: a reference to it, or a number's value. */
export function entry(layout: MapLayout, address: IrValue, node: ts.Node, context: LoweringContext): Value {
  const type = layout.value!;
  if (!isScalar(type)) return optionalReference({ kind: 'reference', type, address, origin: origin(layout) });
  const { builder } = context;
  const there = builder.createBlock('found');
  const missing = builder.createBlock('missing');
  const merge = new Merge(context);
  builder.branch(builder.compare('ne', address, nullPointer), there, missing);
  builder.start(there);
  merge.arrive(loadFrom(type, address, origin(layout), context), node);
  builder.start(missing);
  merge.arrive(nothing, node);
  return merge.finish();
}

function lowerHas(layout: MapLayout, node: ts.CallExpression, context: LoweringContext): Value {
  const address = lookup(layout, key(layout, node, context), context);
  const type = layout.value!;
  const array = isScalar(type)
    ? ({ kind: 'array', element: type, length: 1, size: type.size, bytes: false } as const)
    : type;
  const found = optionalReference({ kind: 'reference', type: array, address, origin: origin(layout) });
  return boolean(branchesOn(node) ? isPresent(found, context) : presenceBit(found, context));
}

function lowerSet(layout: MapLayout, node: ts.CallExpression, context: LoweringContext): Value {
  const keyAddress = key(layout, node, context);
  const value = materialize(layout.value!, lowerArgument(node, 1, context), node.arguments[1] ?? node, context);
  context.builder.callHelper(UPDATE, i64, [layout.address, keyAddress, value, flags(node, 2, context)]);
  noteSet(layout, node.arguments[0], !layout.map.kind.includes('Array'), context);
  return layout.self ?? { kind: 'map', map: layout.map };
}

/** The address of an array's entry: all up to its length are there, and none can be made. */
function existing(layout: MapLayout, keyAddress: IrValue, context: LoweringContext): IrValue {
  const { builder } = context;
  const found = builder.createBlock('found');
  const address = lookup(layout, keyAddress, context);
  builder.branch(builder.compare('ne', address, nullPointer), found, context.exitBlock());
  builder.start(found);
  return address;
}

/** The address of an entry, which is made where it is missing; a full map ends the program. */
function locate(layout: MapLayout, keyAddress: IrValue, initial: () => IrValue, context: LoweringContext): IrValue {
  const { builder } = context;
  if (layout.map.kind === 'ArrayMap' || layout.map.kind === 'PerCpuArray') return existing(layout, keyAddress, context);
  const slot = context.allocatePointer();
  const missing = builder.createBlock('missing');
  const found = builder.createBlock('found');
  const first = lookup(layout, keyAddress, context);
  builder.store(first, slot, 8);
  builder.branch(builder.compare('ne', first, nullPointer), found, missing);
  builder.start(missing);
  builder.callHelper(UPDATE, i64, [layout.address, keyAddress, initial(), constant64(BPF_NOEXIST)]);
  const second = lookup(layout, keyAddress, context);
  builder.store(second, slot, 8);
  builder.branch(builder.compare('ne', second, nullPointer), found, context.exitBlock());
  builder.start(found);
  const address = builder.load(pointer, slot, 8);
  builder.needsNoAlignment(address);
  return address;
}

function lowerGetOrInsert(layout: MapLayout, node: ts.CallExpression, context: LoweringContext): Value {
  const type = layout.value!;
  const keyAddress = key(layout, node, context);
  const initial = lowerArgument(node, 1, context);
  const address = locate(layout, keyAddress, () => materialize(type, initial, node.arguments[1]!, context), context);
  return loadFrom(type, address, origin(layout), context);
}

function zeroed(type: BpfType, context: LoweringContext): IrValue {
  const address = context.allocate(type);
  zeroStack(type, address, context);
  return address;
}

function lowerIncrement(layout: MapLayout, node: ts.CallExpression, context: LoweringContext): Value {
  const type = layout.value!;
  if (type.kind !== 'integer')
    return context.refuse(mapMethodUnsupported(node.expression, 'increment', 'maps of objects'));
  const keyAddress = key(layout, node, context);
  const by: Value = node.arguments[1]
    ? lowerExpression(node.arguments[1], context)
    : { kind: 'static', value: type.bigint ? 1n : 1 };
  const place = memoryPlace(
    type,
    locate(layout, keyAddress, () => zeroed(type, context), context),
    origin(layout),
    context,
  );
  return update(place, '+', isNothing(by) ? numberConstant(1) : by, node, context).after;
}

/** `map[key]` on maps of integers: a missing key reads as 0, and counts from 0. */
export function mapElementPlace(
  layout: MapLayout,
  index: ts.Expression,
  node: ts.Node,
  context: LoweringContext,
): Place {
  const { map, value: type } = layout;
  const integersOnly = layout.key?.kind === 'integer' && type?.kind === 'integer';
  if (!integersOnly || methodsOf(map) !== KEYED) return context.refuse(mapIndexNeedsIntegers(node, map.name));
  const keyAddress = materialize(layout.key!, lowerExpression(index, context), index, context);
  return {
    type,
    atomic: false,
    load: () => {
      const found = entry(layout, lookup(layout, keyAddress, context), node, context);
      return found.kind === 'optional' ? found.inner : found;
    },
    store: (value, at) => {
      const address = materialize(type, value, at, context);
      context.builder.callHelper(UPDATE, i64, [layout.address, keyAddress, address, constant64(BPF_ANY)]);
    },
    ensure: () =>
      memoryPlace(
        type,
        locate(layout, keyAddress, () => zeroed(type, context), context),
        origin(layout),
        context,
      ),
  };
}

/** What a queue or stack gives, or undefined where it is empty. */
function taken(helper: number, layout: MapLayout, node: ts.Node, context: LoweringContext): Value {
  const { builder } = context;
  const type = layout.value!;
  const address = zeroed(type, context);
  const status = builder.callHelper(helper, i64, [layout.address, address]);
  const isThere = builder.compare('eq', status, constant64(0));
  if (!isScalar(type))
    return optionalReference({
      kind: 'reference',
      type,
      address: builder.select(isThere, address, nullPointer),
      origin: 'stack',
    });
  const value = loadFrom(type, address, 'stack', context);
  return { kind: 'optional', inner: toScalar(value, node, context), present: isThere };
}

function release(helper: number, node: ts.CallExpression, context: LoweringContext): Value {
  const value = lowerArgument(node, 0, context);
  const inner = value.kind === 'optional' ? value.inner : value;
  if (inner.kind !== 'reference')
    return context.refuse(mapMethodUnsupported(node, 'submit', 'events that were not reserved'));
  context.builder.callHelper(helper, i64, [inner.address, flags(node, 1, context)]);
  return nothing;
}

function succeeded(status: IrValue, { builder }: LoweringContext): Value {
  return boolean(builder.compare('eq', status, constant64(0)));
}
