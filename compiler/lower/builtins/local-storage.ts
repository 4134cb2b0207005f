/** `TaskStorage` and `SocketStorage` in the kernel: a value that belongs to a task or socket and goes away with it. */
import { ts } from '../../typescript.js';
import { helperUnsupported, tooNew } from '../../diagnostics/index.js';
import { i64, pointer } from '../../ir/types.js';
import { constant64, nullPointer, type IrValue } from '../../ir/values.js';
import type { LoweringContext } from '../context.js';
import { kernelAddress } from '../kernel-memory.js';
import type { MapLayout } from '../maps.js';
import { loadFrom, materialize, storeTo } from '../memory.js';
import { bits64, boolean, toScalar } from '../scalars.js';
import { isBefore } from '../target.js';
import { nothing, type Value } from '../values.js';
import { lowerArgument } from './arguments.js';
import { CLASSIFIERS, requireProgram, TRACING } from './control-groups.js';
import { entry, type Method } from './maps.js';

/** BPF_LOCAL_STORAGE_GET_F_CREATE, and BPF_SK_STORAGE_GET_F_CREATE, which is the same. */
const CREATE = 1;
const SK_FULLSOCK = 95;
/** The helpers of LSM programs came with the map, in 5.11; those of probes and tracepoints later. */
const TASKS_IN_TRACING = '5.13';

interface Storage {
  /** For messages. */
  readonly name: string;
  readonly get: number;
  readonly delete: number;
  /** Refuses programs that have no such helpers. */
  require(method: string, node: ts.CallExpression, context: LoweringContext): void;
  /** What the helpers take of the owner that an expression gave, or NULL where it has no storage. */
  owner(given: IrValue, context: LoweringContext): IrValue;
}

const TASKS: Storage = {
  name: 'TaskStorage',
  get: 156,
  delete: 157,
  require(method, node, context) {
    const instead = 'Packet programs run on behalf of no task; a SocketStorage is for tc programs.';
    requireProgram(`TaskStorage.${method}`, TRACING, node, context, instead);
    const { diagnostics, options } = context.module;
    if (!isBefore(TASKS_IN_TRACING, options) || isBefore('5.11', options)) return;
    diagnostics.push(tooNew(node, 'A TaskStorage in probes', TASKS_IN_TRACING, 'a HashMap of process ids'));
  },
  owner: (given) => given,
};

const SOCKETS: Storage = {
  name: 'SocketStorage',
  get: 107,
  delete: 108,
  require(method, node, context) {
    const instead = 'Elsewhere a HashMap can be keyed by bpf.getSocketCookie(ctx).';
    requireProgram(`SocketStorage.${method}`, CLASSIFIERS, node, context, instead);
  },
  // Before 5.10 the helpers take full sockets alone, and later they give nothing for others.
  owner(given, context) {
    const { builder } = context;
    const slot = context.allocatePointer();
    const there = builder.createBlock('socket');
    const goOn = builder.createBlock('on');
    builder.store(nullPointer, slot, 8);
    builder.branch(builder.compare('ne', given, constant64(0)), there, goOn);
    builder.start(there);
    builder.store(builder.callHelper(SK_FULLSOCK, pointer, [given]), slot, 8);
    builder.jump(goOn);
    builder.start(goOn);
    return builder.load(pointer, slot, 8);
  },
};

function methodsFor(storage: Storage): Readonly<Record<string, Method>> {
  return {
    get: (layout, node, context) => entry(layout, find(storage, 'get', layout, node, context), node, context),
    has: (layout, node, context) =>
      boolean(context.builder.compare('ne', find(storage, 'has', layout, node, context), nullPointer)),
    getOrInsert: (layout, node, context) => {
      const address = create(storage, 'getOrInsert', layout, node, context).address;
      const found = context.builder.createBlock('found');
      context.builder.branch(context.builder.compare('ne', address, nullPointer), found, context.exitBlock());
      context.builder.start(found);
      return loadFrom(layout.value!, address, 'map', context);
    },
    set: (layout, node, context) => {
      const { address, initial } = create(storage, 'set', layout, node, context);
      whereThere(address, context, () => storeTo(layout.value!, address, initial, node, context));
      return { kind: 'map', map: layout.map };
    },
    delete: (layout, node, context) => {
      storage.require('delete', node, context);
      const slot = context.builder.allocate(8);
      context.builder.store(constant64(1), slot, 8);
      const owner = ownerOf(storage, node, context);
      whereThere(owner, context, () =>
        context.builder.store(context.builder.callHelper(storage.delete, i64, [layout.address, owner]), slot, 8),
      );
      return boolean(context.builder.compare('eq', context.builder.load(i64, slot, 8), constant64(0)));
    },
  };
}

export const TASK_STORAGE = methodsFor(TASKS);
export const SOCKET_STORAGE = methodsFor(SOCKETS);

/** The address of the owner's value, or NULL. */
function find(
  storage: Storage,
  method: string,
  layout: MapLayout,
  node: ts.CallExpression,
  context: LoweringContext,
): IrValue {
  storage.require(method, node, context);
  return call(storage, layout, ownerOf(storage, node, context), nullPointer, 0, context);
}

/** The address of the owner's value, made of the second argument where there is none; NULL where that fails. */
function create(
  storage: Storage,
  method: string,
  layout: MapLayout,
  node: ts.CallExpression,
  context: LoweringContext,
): { address: IrValue; initial: Value } {
  storage.require(method, node, context);
  const owner = ownerOf(storage, node, context);
  const initial = lowerArgument(node, 1, context);
  const bytes = materialize(layout.value!, initial, node.arguments[1] ?? node, context);
  return { address: call(storage, layout, owner, bytes, CREATE, context), initial };
}

function call(
  storage: Storage,
  layout: MapLayout,
  owner: IrValue,
  initial: IrValue,
  flags: number,
  context: LoweringContext,
): IrValue {
  const { builder } = context;
  const slot = context.allocatePointer();
  builder.store(nullPointer, slot, 8);
  whereThere(owner, context, () => {
    const parameters = [layout.address, owner, initial, constant64(flags)];
    builder.store(builder.callHelper(storage.get, pointer, parameters), slot, 8);
  });
  const address = builder.load(pointer, slot, 8);
  builder.needsNoAlignment(address);
  return address;
}

/** @returns 64 bits or an address. */
function ownerOf(storage: Storage, node: ts.CallExpression, context: LoweringContext): IrValue {
  const value = lowerArgument(node, 0, context);
  if (value === nothing)
    return context.refuse(helperUnsupported(node, storage.name, `it is not said whose value is meant`));
  const inner = value.kind === 'optional' ? value.inner : value;
  const given =
    inner.kind === 'kernel'
      ? context.builder.cast('ptrtoint', kernelAddress(inner, context), i64)
      : bits64(toScalar(inner, node, context), context);
  return storage.owner(given, context);
}

function whereThere(address: IrValue, context: LoweringContext, then: () => void): void {
  const { builder } = context;
  const there = builder.createBlock('there');
  const goOn = builder.createBlock('on');
  const none = address.type.kind === 'pointer' ? nullPointer : constant64(0);
  builder.branch(builder.compare('ne', address, none), there, goOn);
  builder.start(there);
  then();
  builder.jump(goOn);
  builder.start(goOn);
}
