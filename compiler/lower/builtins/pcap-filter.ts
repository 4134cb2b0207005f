/** `pcapFilter('tcp port 80', ctx)`: a tcpdump expression, compiled by libpcap at build and lowered in place. */
import { ts } from '../../typescript.js';
import {
  pcapArgumentNeeded,
  pcapContextHasNoPacket,
  pcapExpressionInvalid,
  pcapExtensionUnknown,
  pcapLibraryMissing,
  pcapLinkTypeUnknown,
  pcapNotConstant,
} from '../../diagnostics/index.js';
import { unwrap } from '../../discover/symbols.js';
import type { CompiledExpression, ExpressionProblem } from '../../pcap/index.js';
import type { PacketSource } from '../../pcap/source.js';
import type { LoweringContext } from '../context.js';
import { kernelAddress } from '../kernel-memory.js';
import { bits64, boolean, toScalar } from '../scalars.js';
import type { KernelValue, Value } from '../values.js';
import { fold, whyNotKnown } from '../visitors/fold.js';
import { lowerExpression } from '../visitors/index.js';

export function lowerPcapFilter(node: ts.CallExpression, context: LoweringContext): Value {
  const pcap = context.module.pcap!;
  const [written, packet, link] = node.arguments;
  if (!written || !packet) return context.refuse(pcapArgumentNeeded(node));
  context.keepInline();
  const expression = constantText(written, 'The expression', context);
  const linkType = link ? constantText(link, 'The link type', context) : 'ethernet';
  const source = sourceOf(packet, context);
  const compiled = pcap.compilePcap(expression, linkType, { besideTags: source.hasTagsBeside });
  if ('problem' in compiled) return refuse(compiled.problem, expression, linkType, node, context);
  const always = pcap.constantVerdict(compiled.instructions);
  if (always !== undefined) return { kind: 'static', value: always };
  return lowerCompiled(compiled, source, node, context);
}

function lowerCompiled(
  { instructions }: CompiledExpression,
  source: PacketSource,
  node: ts.CallExpression,
  context: LoweringContext,
): Value {
  const { lowerFilter, UnknownExtension } = context.module.pcap!;
  context.at(node);
  try {
    return boolean(lowerFilter(instructions, source, context.builder));
  } catch (error) {
    if (!(error instanceof UnknownExtension)) throw error;
    return context.refuse(pcapExtensionUnknown(node.arguments[0]!, error.words, source.name));
  }
}

function constantText(node: ts.Expression, what: string, context: LoweringContext): string {
  const inner = unwrap(node) as ts.Expression;
  const value = fold(inner, context);
  if (typeof value?.value === 'string') return value.value;
  const reason = value ? 'this is no text' : (whyNotKnown(inner, context) ?? 'it is computed by the program');
  return context.refuse(pcapNotConstant(node, what, reason));
}

function sourceOf(node: ts.Expression, context: LoweringContext): PacketSource {
  const value = lowerExpression(node, context);
  if (value.kind === 'kernel') return bufferOf(value, node, context);
  const isOwn = value.kind === 'context' || value.kind === 'packet';
  const source = isOwn ? context.module.pcap!.createSource(context) : bytesOf(value, node, context);
  return source ?? context.refuse(pcapContextHasNoPacket(node, context.type.kind));
}

/** A `sk_buff` of the kernel, by any interface that stands for it. */
function bufferOf(value: KernelValue, node: ts.Expression, context: LoweringContext): PacketSource {
  const { type } = value;
  if (type.kind !== 'kernelStruct' || type.name?.replace(/___.*/, '') !== 'sk_buff')
    return context.refuse(pcapContextHasNoPacket(node, context.type.kind));
  context.at(node);
  return new context.module.pcap!.KernelBufferSource(context, kernelAddress(value, context), node);
}

/** `{ data, length }` */
function bytesOf(value: Value, node: ts.Expression, context: LoweringContext): PacketSource | undefined {
  if (value.kind !== 'literal') return undefined;
  const data = value.members.get('data');
  const length = value.members.get('length');
  if (data?.kind !== 'reference' || !length) return undefined;
  const size = bits64(toScalar(length, node, context), context);
  return new context.module.pcap!.MemorySource(context, data.address, data.type.size, size);
}

function refuse(
  problem: ExpressionProblem,
  expression: string,
  linkType: string,
  node: ts.CallExpression,
  context: LoweringContext,
): never {
  const [written, , link] = node.arguments;
  switch (problem.kind) {
    case 'library':
      return context.refuse(pcapLibraryMissing(written, problem.message));
    case 'linkType':
      return context.refuse(pcapLinkTypeUnknown(link ?? node, linkType, context.module.pcap!.linkTypeNames));
    case 'syntax':
      return context.refuse(pcapExpressionInvalid(written, expression, linkType, problem.message));
  }
}
