/** Calls of `bpf.*`: each C parameter from the argument that stands for it, lengths and outputs filled in. */
import { ts } from '../../typescript.js';
import { argumentMissing, helperUnknown, helperUnsupported } from '../../diagnostics/index.js';
import { i32, i64, pointer, type IrType } from '../../ir/types.js';
import { constant64, nullPointer, type IrValue } from '../../ir/values.js';
import { findNear } from '../../open/near.js';
import { findHelper, helperNames, scalarType, type Helper, type HelperParameter } from '../../programs/helpers.js';
import { charsOf, integers, isScalar, type BpfType } from '../../types/types.js';
import type { LoweringContext } from '../context.js';
import type { MapLayout } from '../maps.js';
import { loadFrom, materialize, zeroStack } from '../memory.js';
import { reloadPacketBounds } from '../packet-bounds.js';
import { packetMove } from '../packet-moves.js';
import { rangeOf, UNSIGNED_32 } from '../range.js';
import { bits64, number, optionalReference, scalar, toScalar } from '../scalars.js';
import { nothing, type Value } from '../values.js';
import { lowerExpression } from '../visitors/index.js';
import { layoutOf } from '../visitors/variables.js';
import { isNothing } from './arguments.js';
import { fillGivenMemory, fillsGivenMemory } from './given-memory.js';
import { useMap } from './maps.js';
import { packetMoved } from './packet-headers.js';

interface Call {
  readonly helper: Helper;
  readonly node: ts.CallExpression;
  readonly context: LoweringContext;
  /** The arguments that the programmer wrote, in order. */
  readonly written: Value[];
  readonly parameters: (IrValue | undefined)[];
  readonly sizes: Map<number, number>;
  map: MapLayout | undefined;
  output: { readonly type: BpfType; readonly address: IrValue } | undefined;
}

export function callHelper(name: string, node: ts.CallExpression, context: LoweringContext): Value {
  const helper = findHelper(name);
  if (!helper) return context.refuse(helperUnknown(node.expression, name, findNear(name, helperNames())[0] ?? ''));
  if (fillsGivenMemory(helper, node)) return fillGivenMemory(helper, node, context);
  const written = node.arguments.map((argument) => lowerExpression(argument, context));
  const call: Call = {
    helper,
    node,
    context,
    written,
    parameters: [],
    sizes: new Map(),
    map: undefined,
    output: undefined,
  };
  helper.parameters.forEach((parameter, index) => {
    if (parameter.kind === 'varargs')
      call.parameters.push(...call.written.splice(0).map((value) => bits64(toScalar(value, node, context), context)));
    else call.parameters[index] = pass(parameter, index, call);
  });
  helper.parameters.forEach((parameter, index) => {
    if (parameter.kind === 'size') call.parameters[index] = constant64(sizeFor(parameter, index, call));
  });
  context.at(node);
  return result(call);
}

function pass(parameter: HelperParameter, index: number, call: Call): IrValue | undefined {
  const { context, node } = call;
  if (parameter.kind === 'memory-out' || parameter.kind === 'value-out') return passOutput(parameter, index, call);
  if (!parameter.written) return undefined;
  const value = call.written.shift();
  if (!value || isNothing(value)) {
    if (parameter.flags) return constant64(0);
    if (parameter.nullable) return nullPointer;
    return context.refuse(
      argumentMissing(
        node,
        `bpf.${call.helper.camelName}`,
        call.helper.parameters.filter(({ written, flags }) => written && !flags).length,
      ),
    );
  }
  switch (parameter.kind) {
    case 'context':
      if (value.kind !== 'context') return unsupported(call, `'${parameter.name}' has to be the program's context`);
      return context.contextPointer;
    case 'map':
      if (value.kind !== 'map') return unsupported(call, `'${parameter.name}' has to be a map`);
      call.map = useMap(value.map, context);
      return call.map.address;
    case 'key':
    case 'value': {
      const type = parameter.kind === 'key' ? call.map?.key : call.map?.value;
      if (!type) return unsupported(call, `its map has no ${parameter.kind}`);
      return materialize(type, value, node, context);
    }
    case 'scalar':
    case 'pointer':
      return value.kind === 'reference' ? value.address : bits64(toScalar(value, node, context), context);
    case 'memory-in':
    case 'memory-inout':
    case 'string':
      return passMemory(index, value, call);
    case 'record':
    case 'slot':
    case 'lock':
    case 'timer': {
      const inner = value.kind === 'optional' ? value.inner : value;
      return inner.kind === 'reference' ? inner.address : unsupported(call, `'${parameter.name}' has to be an object`);
    }
    default:
      return unsupported(call, `its parameter '${parameter.name}' is not supported yet`);
  }
}

function unsupported(call: Call, reason: string): never {
  return call.context.refuse(helperUnsupported(call.node, call.helper.camelName, reason));
}

function passMemory(index: number, value: Value, call: Call): IrValue {
  const { context, node } = call;
  const inner = value.kind === 'optional' ? value.inner : value;
  if (inner.kind === 'static' && typeof inner.value === 'string') {
    const text = new TextEncoder().encode(`${inner.value}\0`);
    call.sizes.set(index, text.length);
    return context.module.constantBytes(text, 1);
  }
  if (inner.kind === 'reference') {
    call.sizes.set(index, inner.type.size);
    return inner.address;
  }
  const argument = node.arguments[call.helper.parameters.slice(0, index).filter(({ written }) => written).length];
  const type =
    inner.kind === 'scalar' ? inner.type : layoutOf(context.checker.getTypeAtLocation(argument ?? node), node, context);
  call.sizes.set(index, type.size);
  return materialize(type, inner, node, context);
}

/** Memory that the helper fills in: zeroed first, since a helper that fails leaves it as it is. */
function passOutput(parameter: HelperParameter, index: number, call: Call): IrValue {
  const { context, node } = call;
  const type =
    parameter.kind === 'value-out' && call.map?.value ? call.map.value : outputType(parameter, node, context);
  const address = context.allocate(type);
  zeroStack(type, address, context);
  call.output = { type, address };
  call.sizes.set(index, type.size);
  return address;
}

function outputType(parameter: HelperParameter, node: ts.CallExpression, context: LoweringContext): BpfType {
  if (parameter.bytes && parameter.outputType === 'chars') return charsOf(parameter.bytes);
  return layoutOf(context.checker.getTypeAtLocation(node), node, context);
}

function sizeFor(parameter: HelperParameter, index: number, call: Call): number {
  const of = parameter.sizeOf ?? index - 1;
  const known = call.sizes.get(of);
  if (known !== undefined) return known;
  if (call.parameters[of]?.kind === 'null') return 0;
  return layoutOf(call.context.checker.getTypeAtLocation(call.node), call.node, call.context).size;
}

function result(call: Call): Value {
  const { helper, context } = call;
  const { builder } = context;
  const parameters = call.parameters.map((parameter) => parameter ?? constant64(0));
  const { kind, cType } = helper.result;
  if (kind === 'element') {
    const type = call.map?.value;
    const address = builder.callHelper(helper.number, pointer, parameters);
    if (!type || isScalar(type)) return unsupported(call, 'use map.get(key)');
    return optionalReference({ kind: 'reference', type, address, origin: call.map?.shape.perCpu ? 'perCpu' : 'map' });
  }
  const wide = kind === 'scalar' ? scalarType(cType) : { bits: 64, signed: true };
  const returns: IrType = wide.bits === 64 ? i64 : i32;
  const value = builder.callHelper(helper.number, returns, parameters);
  const move = packetMove(helper.camelName);
  const hasPacket = context.type.packet === 'direct' || context.type.packet === 'linear';
  if (move && hasPacket) packetMoved(helper.camelName, move, parameters, value, call.node, context);
  else if (helper.parameters.some((parameter) => parameter.kind === 'context')) reloadPacketBounds(context);
  if (kind === 'output') return loadFrom(call.output!.type, call.output!.address, 'stack', context);
  if (kind === 'void') return nothing;
  if (kind === 'pointer' || cType === 'u64') return scalar(integers.u64, value);
  if (wide.bits === 64) return number(value);
  const resized = builder.resize(value, i64, wide.signed);
  return number(resized, wide.signed ? rangeOf(integers.i32) : UNSIGNED_32);
}
