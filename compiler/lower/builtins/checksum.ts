/**
 * `checksum(…)` and `updateChecksum(…)`: the Internet checksum (RFC 1071) and its incremental update (RFC 1624). What
 * they mean is written down in runtime/checksum.ts.
 *
 * Ones' complement sums are the same in any byte order but for their own, so words are added up as they lie in memory,
 * 32 bits at a time in 64, and only the folded sum is swapped.
 */
import type { ts } from '@ts-morph/bootstrap';
import { checksumHeader, checksumPart } from '../../diagnostics/index.js';
import { i16, i64, integerOfSize } from '../../ir/types.js';
import { constant64, type IrValue } from '../../ir/values.js';
import { integers, isScalar, type StructField, type StructType } from '../../types/types.js';
import type { LoweringContext } from '../context.js';
import { materialize, swap } from '../memory.js';
import { noteMove } from '../moved-headers.js';
import { rangeOf } from '../range.js';
import { bits64, number, toScalar } from '../scalars.js';
import { nothing, type Reference, type Value } from '../values.js';
import { layoutOf } from '../visitors/variables.js';
import { lowerArgument } from './arguments.js';
import { renewHeaders } from './packet-headers.js';

const L3_CSUM_REPLACE = 10;
const L4_CSUM_REPLACE = 11;
/** Flags of bpf_l4_csum_replace (linux/bpf.h): UDP's rule for 0, and that the change is in the pseudo header. */
const MARK_MANGLED_0 = 0x20;
const PSEUDO_HDR = 0x10;
/** Parts are added up by a load for each word. */
const MOST_BYTES = 512;

export function lowerChecksum(node: ts.CallExpression, context: LoweringContext): Value {
  const { builder } = context;
  let sum: IrValue = constant64(0);
  node.arguments.forEach((argument, index) => {
    const part = memoryOf(lowerArgument(node, index, context), argument, context);
    const { size } = part.type;
    if (size > MOST_BYTES || (size % 2 !== 0 && index < node.arguments.length - 1))
      context.refuse(checksumPart(argument, size, MOST_BYTES));
    sum = builder.binary('add', sum, wordsIn(part, context));
  });
  const folded = fold(sum, context);
  return hostOrder(builder.binary('xor', folded, constant64(0xffff)), context);
}

export function lowerUpdateChecksum(node: ts.CallExpression, context: LoweringContext): Value {
  const argument = lowerArgument(node, 0, context);
  const header = argument.kind === 'optional' ? argument.inner : argument;
  const field = header.kind === 'reference' ? checksumField(header) : undefined;
  if (header.kind !== 'reference' || !field) return context.refuse(checksumHeader(node.arguments[0] ?? node));
  const change = changeOf(node, context);
  const options = node.arguments[3] ? lowerArgument(node, 3, context) : nothing;
  const isPseudo = isTrue(options, 'pseudoHeader');
  context.at(node);
  const { packet, context: struct } = context.type;
  const isSocketBuffer = packet === 'linear' && struct === 'SkBuff';
  if (isSocketBuffer && (header.origin === 'packet' || header.origin === 'copy'))
    replaceByHelper(header, field, change, isPseudo, node, context);
  else replace(header, field, change, context);
  return nothing;
}

/** An option that is a constant. */
function isTrue(options: Value, name: string): boolean {
  const member = options.kind === 'literal' ? options.members.get(name) : undefined;
  if (member) return member.kind === 'static' && Boolean(member.value);
  return options.kind === 'static' && Boolean((options.value as Record<string, unknown> | undefined)?.[name]);
}

function checksumField({ type }: Reference): StructField | undefined {
  if (type.kind !== 'struct') return undefined;
  const field = type.fields.find(({ name }) => name === 'check' || name === 'checksum');
  return field?.type.kind === 'integer' && field.type.size === 2 && !field.bits ? field : undefined;
}

const has = (type: StructType, ...names: string[]): boolean =>
  names.every((name) => type.fields.some((field) => field.name === name));

/** The header of UDP is known by its fields, wherever it was declared; a checksum of 0 says there that there is none. */
const isUdp = ({ type }: Reference): boolean => type.kind === 'struct' && has(type, 'source', 'len', 'check');

const isIpv4 = ({ type }: Reference): boolean => type.kind === 'struct' && has(type, 'tot_len', 'check');

/** What has to be added to the sum, folded to 16 bits in memory's order: what is there now less what was. */
function changeOf(node: ts.CallExpression, context: LoweringContext): IrValue {
  const { builder } = context;
  const [from, to] = [1, 2].map((index) => coveredBy(node, index, context)) as [IrValue, IrValue];
  const removed = builder.binary('xor', fold(from, context), constant64(0xffff));
  return fold(builder.binary('add', removed, to), context);
}

/** The sum of the words of an argument, in memory's order. */
function coveredBy(node: ts.CallExpression, index: number, context: LoweringContext): IrValue {
  const { builder } = context;
  const value = lowerArgument(node, index, context);
  const inner = value.kind === 'optional' ? value.inner : value;
  const isNumber =
    inner.kind === 'scalar' ||
    (inner.kind === 'static' && (typeof inner.value === 'number' || typeof inner.value === 'bigint'));
  if (!isNumber) {
    const argument = node.arguments[index] ?? node;
    const part = memoryOf(inner, argument, context);
    if (part.type.size > MOST_BYTES || part.type.size % 2 !== 0)
      context.refuse(checksumPart(argument, part.type.size, MOST_BYTES));
    return wordsIn(part, context);
  }
  const given = toScalar(inner, node, context);
  const bits = bits64(given, context);
  const isWide = given.type.kind === 'integer' && given.type.bigint;
  const low = builder.binary('and', bits, constant64(0xffffffff));
  const sum = isWide ? builder.binary('add', low, builder.binary('lshr', bits, constant64(32))) : low;
  return swapped(fold(sum, context), context);
}

/** The memory of a struct or array; literals are put on the stack. */
function memoryOf(value: Value, node: ts.Node, context: LoweringContext): Reference {
  const inner = value.kind === 'optional' ? value.inner : value;
  if (inner.kind === 'reference') return inner;
  const type = layoutOf(context.checker.getTypeAtLocation(node), node, context);
  if (isScalar(type)) return context.refuse(checksumPart(node, type.size, MOST_BYTES));
  return { kind: 'reference', type, address: materialize(type, inner, node, context), origin: 'stack' };
}

/** The sum of the words of memory, in its own order, in 64 bits. */
function wordsIn(part: Reference, context: LoweringContext): IrValue {
  const { builder } = context;
  const { address, type, origin } = part;
  const isAnywhere = origin !== 'stack' && origin !== 'copy' && origin !== 'constant';
  const most = isAnywhere ? 4 : Math.min(4, builder.alignmentOf(address));
  let sum: IrValue = constant64(0);
  for (let offset = 0; offset < type.size;) {
    const unit = [4, 2, 1].find((size) => size <= most && offset + size <= type.size && offset % size === 0)!;
    const loaded = builder.load(integerOfSize(unit), builder.offset(address, offset), unit);
    const wide = builder.resize(loaded, i64, false);
    const isHigh = unit === 1 && offset % 2 === 1;
    sum = builder.binary('add', sum, isHigh ? builder.binary('shl', wide, constant64(8)) : wide);
    offset += unit;
  }
  return sum;
}

/** A sum below 2^48 with its carries added: what is left of 32 bits is below 2^17, then 2^16. */
function fold(sum: IrValue, { builder }: LoweringContext): IrValue {
  const step = (value: IrValue, bits: number) =>
    builder.binary(
      'add',
      builder.binary('and', value, constant64(2 ** bits - 1)),
      builder.binary('lshr', value, constant64(bits)),
    );
  return step(step(step(sum, 32), 16), 16);
}

function swapped(value: IrValue, context: LoweringContext): IrValue {
  const { builder } = context;
  return builder.resize(swap(builder.resize(value, i16, false), context), i64, false);
}

function hostOrder(value: IrValue, context: LoweringContext): Value {
  return number(swapped(value, context), rangeOf(integers.u16));
}

/** In memory that the program writes itself. */
function replace(header: Reference, field: StructField, change: IrValue, context: LoweringContext): void {
  const { builder } = context;
  const address = builder.offset(header.address, field.offset);
  const before = builder.resize(builder.load(i16, address, 2), i64, false);
  const done = builder.createBlock('done');
  if (isUdp(header)) {
    const there = builder.createBlock('checksum');
    builder.branch(builder.compare('ne', before, constant64(0)), there, done);
    builder.start(there);
  }
  const inverted = builder.binary('xor', before, constant64(0xffff));
  const sum = fold(builder.binary('add', inverted, change), context);
  const after = builder.binary('xor', sum, constant64(0xffff));
  const stored = isUdp(header)
    ? builder.select(builder.compare('eq', after, constant64(0)), constant64(0xffff), after)
    : after;
  builder.store(builder.resize(stored, i16, false), address, 2);
  builder.jump(done);
  builder.start(done);
}

/** In the packet of a tc program, of whose checksum a part may be left to the network card (CHECKSUM_PARTIAL). */
function replaceByHelper(
  header: Reference,
  field: StructField,
  change: IrValue,
  isPseudo: boolean,
  node: ts.CallExpression,
  context: LoweringContext,
): void {
  const { builder } = context;
  if (!header.packetOffset) return context.refuse(checksumHeader(node.arguments[0] ?? node));
  const offset = builder.binary('add', header.packetOffset(), constant64(field.offset));
  // A size of 0 says that the change is given as a sum.
  const flags = (isPseudo ? PSEUDO_HDR : 0) | (isUdp(header) ? MARK_MANGLED_0 : 0);
  const status = builder.callHelper(isIpv4(header) ? L3_CSUM_REPLACE : L4_CSUM_REPLACE, i64, [
    context.contextPointer,
    offset,
    constant64(0),
    change,
    constant64(isIpv4(header) ? 0 : flags),
  ]);
  noteMove('updateChecksum', false, context);
  renewHeaders(context);
  const updated = builder.createBlock('updated');
  builder.branch(builder.compare('eq', status, constant64(0)), updated, context.exitBlock());
  builder.start(updated);
}
