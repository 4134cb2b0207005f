/** Bytes of a packet's header that no member names: structs have them where C would, and headers on the wire have none. */
import type { ts } from '@ts-morph/bootstrap';
import { headerHasGaps } from '../../diagnostics/index.js';
import type { BpfType, StructType } from '../../types/types.js';
import type { LoweringContext } from '../context.js';
import type { ModuleContext } from '../module-context.js';

/** Warns of the first gap, once a place. */
export function warnOfGaps(type: BpfType, node: ts.Node, context: LoweringContext): void {
  if (type.kind !== 'struct') return;
  const gap = firstGap(type);
  if (!gap) return;
  const said = warned.get(context.module) ?? new Set();
  warned.set(context.module, said);
  if (said.has(node)) return;
  said.add(node);
  context.report(headerHasGaps(node, type.name, gap.bytes, gap.before, type.size));
}

/** A function may be lowered for several callers. */
const warned = new WeakMap<ModuleContext, Set<ts.Node>>();

interface Gap {
  readonly bytes: number;
  /** The member that it lies before; undefined for one at the end. */
  readonly before: string | undefined;
}

/** The first bytes that are of no member, those of structs inside the struct among them. */
function firstGap(type: StructType): Gap | undefined {
  let end = 0;
  for (const { name, type: member, offset, bits } of type.fields) {
    if (offset > end) return { bytes: offset - end, before: name };
    end = Math.max(end, bits ? Math.ceil((bits.offset + bits.width) / 8) : offset + member.size);
    const inner = member.kind === 'struct' ? firstGap(member) : undefined;
    if (inner)
      return { bytes: inner.bytes, before: inner.before === undefined ? undefined : `${name}.${inner.before}` };
  }
  return type.size > end ? { bytes: type.size - end, before: undefined } : undefined;
}
