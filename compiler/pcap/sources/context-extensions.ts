/** What the context of a network program answers to the extensions that Linux has for classic filters. */
import { i16, i32 } from '../../ir/types.js';
import { constant, type IrValue } from '../../ir/values.js';
import type { LoweringContext } from '../../lower/context.js';
import { swap } from '../../lower/memory.js';
import { contextField } from '../../programs/contexts.js';
import type { Extension } from '../extensions.js';

const GET_PRANDOM_U32 = 7;
const GET_SMP_PROCESSOR_ID = 8;
/** PACKET_HOST and PACKET_OUTGOING of linux/if_packet.h. */
const PACKET_HOST = 0;
const PACKET_OUTGOING = 4;

/** Fields of `struct __sk_buff`; those of 16 bits on the wire are kept as they are there. */
const fields: Partial<Record<Extension, { readonly name: string; readonly wire?: true }>> = {
  protocol: { name: 'protocol', wire: true },
  packetType: { name: 'pkt_type' },
  interfaceIndex: { name: 'ifindex' },
  mark: { name: 'mark' },
  queue: { name: 'queue_mapping' },
  hash: { name: 'hash' },
  vlanTag: { name: 'vlan_tci' },
  vlanTagPresent: { name: 'vlan_present' },
  vlanProtocol: { name: 'vlan_proto', wire: true },
};

const xdpFields: Partial<Record<Extension, { readonly name: string; readonly wire?: true }>> = {
  interfaceIndex: { name: 'ingress_ifindex' },
  queue: { name: 'rx_queue_index' },
};

/** @returns undefined where this context cannot tell. */
export function contextExtension(extension: Extension, context: LoweringContext): IrValue | undefined {
  const { builder, type } = context;
  if (extension === 'random') return builder.callHelper(GET_PRANDOM_U32, i32, []);
  if (extension === 'cpu') return builder.callHelper(GET_SMP_PROCESSOR_ID, i32, []);
  if (extension === 'packetType') {
    const direction = directionOf(context);
    if (direction !== undefined) return constant(i32, direction);
  }
  const field = (type.context === 'XdpContext' ? xdpFields : fields)[extension];
  if (!field) return undefined;
  const value = loadField(field.name, context);
  if (!field.wire) return value;
  return builder.resize(swap(builder.resize(value, i16, false), context), i32, false);
}

/**
 * Which way packets go where this is known at build. The kernel marks outgoing ones for packet sockets alone, so a
 * program at egress would not see it in the context.
 */
function directionOf({ type, targets }: LoweringContext): number | undefined {
  if (type.context === 'XdpContext') return PACKET_HOST;
  return type.kind === 'egressFilter' || (type.kind === 'tc' && targets[0] === 'egress') ? PACKET_OUTGOING : undefined;
}

function loadField(name: string, context: LoweringContext): IrValue {
  const { builder, type, module } = context;
  const field = contextField(type.context, name, module.options.architecture)!;
  return builder.load(i32, builder.offset(context.contextPointer, field.offset), 4);
}

/** For people. */
export function contextName({ type }: LoweringContext): string {
  return `the context of a ${type.kind} program`;
}
