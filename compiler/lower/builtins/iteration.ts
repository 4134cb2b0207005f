/** `bpf.loop` (Linux 5.17), `map.forEach` (5.13) and `ring.drain` (6.1): loops that the verifier walks once, whatever their count. */
import { ts } from '../../typescript.js';
import { functionNotConstant, needsKernel } from '../../diagnostics/index.js';
import { i64, pointer } from '../../ir/types.js';
import { constant64, nullPointer, type IrValue } from '../../ir/values.js';
import { UNSIGNED_32 } from '../range.js';
import { lowerCallback } from '../callback.js';
import type { LoweringContext } from '../context.js';
import { countedLoop } from '../counted-loop.js';
import { renewAfterCallback } from './packet-headers.js';
import type { MapLayout } from '../maps.js';
import { loadFrom, zeroStack, materialize } from '../memory.js';
import { bits64, number, toScalar } from '../scalars.js';
import { isOlderThan, needsFallback } from '../target.js';
import { nothing, type FunctionValue, type Scalar, type Value } from '../values.js';
import { callFunction } from '../visitors/call.js';
import { truth } from '../scalars.js';
import { lowerArgument } from './arguments.js';

const LOOKUP = 1;
const FOR_EACH_MAP_ELEM = 164;
const DYNPTR_READ = 201;
const USER_RINGBUF_DRAIN = 209;
const LOOP = 181;
/** The kernel's own limit (BPF_MAX_LOOPS, linux/bpf.h). */
const MOST_ITERATIONS = 8n * 1024n * 1024n;
/** A loop without the helper is walked iteration by iteration; the verifier gives up at a million instructions. */
const MOST_WALKED = 4096;

function callbackArgument(node: ts.CallExpression, index: number, context: LoweringContext): FunctionValue {
  const value = lowerArgument(node, index, context);
  return value.kind === 'function'
    ? value
    : context.refuse(functionNotConstant(node.arguments[index] ?? node, node.expression.getText()));
}

/** `bpf.loop(count, (index) => …)`: gives how often the callback ran. */
export function lowerLoop(node: ts.CallExpression, context: LoweringContext): Value {
  const count = lowerArgument(node, 0, context);
  const callee = callbackArgument(node, 1, context);
  const { options } = context.module;
  if (needsFallback(5, 17, options)) {
    const rounds = walkable(count);
    if (rounds !== undefined) return walkedLoop(rounds, callee, node, context);
    const instead = `a constant count of at most ${MOST_WALKED}`;
    if (isOlderThan(5, 17, options)) context.refuse(needsKernel(node, 'bpf.loop with this count', '5.17', instead));
  }
  const index = (value: Parameters<typeof number>[0]) => number(value, { min: 0n, max: MOST_ITERATIONS - 1n });
  const callback = lowerCallback(callee, [i64], ([at]) => [index(at!)], node, context);
  const times = toScalar(count, node, context);
  context.at(node);
  return unlessNone(times, context, () => {
    const list = [bits64(times, context), callback.function, callback.environment, constant64(0)];
    const ran = context.builder.callHelper(LOOP, i64, list);
    renewAfterCallback(context);
    callback.checkEnd();
    return ran;
  });
}

/**
 * Where newer verifiers (6.7) know that there are no rounds, they drop the callback as code that is never reached, and then
 * miss it at the helper's call. So the call has to be unreachable, too.
 */
function unlessNone(times: Scalar, context: LoweringContext, run: () => IrValue): Value {
  const { builder } = context;
  if (times.range.min > 0n) return number(run());
  const any = builder.compare('ne', bits64(times, context), constant64(0));
  if (any.kind === 'constant') return number(any.value === 1n ? run() : constant64(0));
  const some = builder.createBlock('some');
  const done = builder.createBlock('done');
  const before = builder.block;
  builder.branch(any, some, done);
  builder.start(some);
  const ran = run();
  const after = builder.block;
  builder.jump(done);
  builder.start(done);
  const incoming = [
    { value: constant64(0), block: before },
    { value: ran, block: after },
  ];
  return number(builder.phi(i64, incoming));
}

/** The rounds of a loop that the verifier can walk one by one; undefined where they are not known, or too many. */
function walkable(count: Value): number | undefined {
  if (count.kind !== 'static' || typeof count.value !== 'number') return undefined;
  return count.value <= MOST_WALKED ? count.value : undefined;
}

/** Below Linux 5.17: an ordinary loop. */
function walkedLoop(count: number, callee: FunctionValue, node: ts.CallExpression, context: LoweringContext): Value {
  const { builder } = context;
  const ran = builder.allocate(8);
  builder.store(constant64(0), ran, 8);
  countedLoop(count, context, (index, targets) => {
    builder.store(builder.binary('add', index, constant64(1)), ran, 8);
    const result = callFunction(callee, [number(index, UNSIGNED_32)], node, context);
    builder.branch(truth(result, node, context), targets.breakTo, targets.continueTo);
  });
  return number(builder.load(i64, ran, 8), UNSIGNED_32);
}

/** `map.forEach((value, key) => …)`. */
export function lowerMapForEach(layout: MapLayout, node: ts.CallExpression, context: LoweringContext): Value {
  const callee = callbackArgument(node, 0, context);
  const { options } = context.module;
  if (needsFallback(5, 13, options)) {
    const walked = walkedMap(layout, callee, node, context);
    if (walked) return walked;
    const what = layout.shape.indexed ? 'forEach on an array of this size' : 'forEach on a map';
    const instead = 'get(key) in a loop over keys that are known';
    if (isOlderThan(5, 13, options)) context.refuse(needsKernel(node, what, '5.13', instead));
  }
  const origin = layout.shape.perCpu ? 'perCpu' : 'map';
  const callback = lowerCallback(
    callee,
    [pointer, pointer, pointer],
    ([, key, value]) => [
      loadFrom(layout.value!, value!, origin, context),
      loadFrom(layout.key!, key!, 'copy', context),
    ],
    node,
    context,
  );
  context.at(node);
  context.builder.callHelper(FOR_EACH_MAP_ELEM, i64, [
    layout.address,
    callback.function,
    callback.environment,
    constant64(0),
  ]);
  renewAfterCallback(context);
  callback.checkEnd();
  return nothing;
}

/**
 * `ring.drain((record) => …)`: gives how many records there were. Each is copied out of the ring, which user space can still
 * write; one that is shorter than its type is passed over.
 */
export function lowerDrain(layout: MapLayout, node: ts.CallExpression, context: LoweringContext): Value {
  const callee = callbackArgument(node, 0, context);
  const type = layout.value!;
  const record = ([dynptr]: readonly IrValue[]): Value[] => {
    const { builder } = context;
    const address = context.allocate(type);
    zeroStack(type, address, context);
    const zero = constant64(0);
    const status = builder.callHelper(DYNPTR_READ, i64, [address, constant64(type.size), dynptr!, zero, zero]);
    const whole = builder.createBlock('whole');
    const short = builder.createBlock('short');
    builder.branch(builder.compare('eq', status, zero), whole, short);
    builder.start(short);
    builder.return(zero);
    builder.start(whole);
    return [loadFrom(type, address, 'stack', context)];
  };
  const callback = lowerCallback(callee, [pointer], record, node, context);
  context.at(node);
  const parameters = [layout.address, callback.function, callback.environment, constant64(0)];
  const drained = context.builder.callHelper(USER_RINGBUF_DRAIN, i64, parameters);
  renewAfterCallback(context);
  callback.checkEnd();
  return number(drained);
}

/**
 * Below Linux 5.13: an ordinary loop over the indexes of an array.
 *
 * @returns undefined for other maps, whose keys a program cannot find out, and for arrays of too many entries to walk.
 */
function walkedMap(
  layout: MapLayout,
  callee: FunctionValue,
  node: ts.CallExpression,
  context: LoweringContext,
): Value | undefined {
  const { entries, shape, key, value } = layout;
  if (!shape.indexed || !key || !value || entries === undefined || entries > MOST_WALKED) return undefined;
  const { builder } = context;
  countedLoop(entries, context, (index, { breakTo, continueTo }) => {
    const at = number(index, { min: 0n, max: BigInt(entries - 1) });
    const address = builder.callHelper(LOOKUP, pointer, [layout.address, materialize(key, at, node, context)]);
    builder.needsNoAlignment(address);
    const found = builder.createBlock('found');
    builder.branch(builder.compare('ne', address, nullPointer), found, context.exitBlock());
    builder.start(found);
    const list = [loadFrom(value, address, shape.perCpu ? 'perCpu' : 'map', context), at];
    builder.branch(truth(callFunction(callee, list, node, context), node, context), breakTo, continueTo);
  });
  return nothing;
}
