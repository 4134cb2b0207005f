/**
 * Helpers that fill in memory which the program has already, as many bytes as only the running program knows:
 * `bpf.skbLoadBytes(skb, 0, event.data, length)`. They give the helper's own status.
 */
import { ts } from '../../typescript.js';
import { helperUnsupported } from '../../diagnostics/index.js';
import { i64 } from '../../ir/types.js';
import { constant64, type IrValue } from '../../ir/values.js';
import type { Helper, HelperParameter } from '../../programs/helpers.js';
import type { LoweringContext } from '../context.js';
import { reloadPacketBounds } from '../packet-bounds.js';
import { bits64, scalar, toScalar } from '../scalars.js';
import { integers } from '../../types/types.js';
import type { Reference, Value } from '../values.js';
import { lowerArgument } from './arguments.js';

const FILLING: ReadonlySet<string> = new Set(['skbLoadBytes', 'probeReadKernel']);
const EINVAL = 22;

/** Whether a call names the memory to fill, and the number of bytes, after what the helper takes otherwise. */
export function fillsGivenMemory(helper: Helper, node: ts.CallExpression): boolean {
  return FILLING.has(helper.camelName) && node.arguments.length === ownArguments(helper).length + 2;
}

const ownArguments = ({ parameters }: Helper): readonly HelperParameter[] =>
  parameters.filter(({ written }) => written);

export function fillGivenMemory(helper: Helper, node: ts.CallExpression, context: LoweringContext): Value {
  const { builder } = context;
  const own = ownArguments(helper).map(({ kind }, index) => {
    const value = lowerArgument(node, index, context);
    return kind === 'context' ? context.contextPointer : bits64(toScalar(value, node, context), context);
  });
  const target = targetOf(helper, node, context);
  const length = bits64(toScalar(lowerArgument(node, own.length + 1, context), node, context), context);
  // The verifier has to see that the length is neither 0 nor more than there is: one comparison says both of one less.
  const less = builder.opaque(builder.binary('sub', length, constant64(1)));
  const inside = builder.createBlock('fill');
  const outside = builder.createBlock('nothing');
  const done = builder.createBlock('filled');
  builder.branch(builder.compare('ult', less, constant64(target.type.size)), inside, outside);
  builder.start(inside);
  const size = builder.binary('add', less, constant64(1));
  const status = builder.callHelper(helper.number, i64, inOrder(helper, own, target.address, size));
  if (helper.parameters.some(({ kind }) => kind === 'context')) reloadPacketBounds(context);
  const filled = builder.block;
  builder.jump(done);
  builder.start(outside);
  const empty = builder.compare('eq', length, constant64(0));
  const refused = builder.select(empty, constant64(0), constant64(-EINVAL));
  const left = builder.block;
  builder.jump(done);
  builder.start(done);
  const incoming = [
    { value: status, block: filled },
    { value: refused, block: left },
  ];
  return scalar(integers.number, builder.phi(i64, incoming), { min: -4095n, max: 0n });
}

function targetOf(helper: Helper, node: ts.CallExpression, context: LoweringContext): Reference {
  const value = lowerArgument(node, ownArguments(helper).length, context);
  const inner = value.kind === 'optional' ? value.inner : value;
  const isBytes = inner.kind === 'reference' && inner.type.kind === 'array' && inner.type.element === integers.u8;
  if (!isBytes) return context.refuse(helperUnsupported(node, helper.camelName, 'what it fills has to be a Bytes<N>'));
  return inner;
}

function inOrder(helper: Helper, own: readonly IrValue[], address: IrValue, size: IrValue): IrValue[] {
  const written = [...own];
  return helper.parameters.map((parameter) => {
    if (parameter.kind === 'memory-out') return address;
    return parameter.kind === 'size' ? size : written.shift()!;
  });
}
