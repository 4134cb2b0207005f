/** The contexts that a test run can be given: struct __sk_buff, struct xdp_md, raw tracepoint arguments (linux/bpf.h). */
import { TsbpfError } from './errors.js';
import { array, integer, type FieldLayout, type Layout, type StructLayout } from './maps/layout.js';
import { codecOf } from './maps/codec.js';

const u8 = integer('u8', 1, false);
const u32 = integer('u32', 4, false);
const u64 = integer('u64', 8, false);

function struct(
  name: string,
  members: readonly (readonly [name: string, layout: Layout, offset?: number])[],
): StructLayout {
  const fields: FieldLayout[] = [];
  let end = 0;
  for (const [field, layout, offset = end] of members) {
    fields.push({ name: field, layout, offset });
    end = offset + layout.size;
  }
  return { kind: 'struct', name, size: Math.ceil(end / 8) * 8, fields };
}

export const sockBuffer = struct('__sk_buff', [
  ['len', u32],
  ['pkt_type', u32],
  ['mark', u32],
  ['queue_mapping', u32],
  ['protocol', u32],
  ['vlan_present', u32],
  ['vlan_tci', u32],
  ['vlan_proto', u32],
  ['priority', u32],
  ['ingress_ifindex', u32],
  ['ifindex', u32],
  ['tc_index', u32],
  ['cb', array(u32, 5)],
  ['hash', u32],
  ['tc_classid', u32],
  ['data', u32],
  ['data_end', u32],
  ['napi_id', u32],
  ['family', u32],
  ['remote_ip4', u32],
  ['local_ip4', u32],
  ['remote_ip6', array(u32, 4)],
  ['local_ip6', array(u32, 4)],
  ['remote_port', u32],
  ['local_port', u32],
  ['data_meta', u32],
  // Offset 144 is a pointer that no test run can set.
  ['tstamp', u64, 152],
  ['wire_len', u32],
  ['gso_segs', u32],
  // Offset 168 is another.
  ['gso_size', u32, 176],
  ['tstamp_type', u8],
  ['hwtstamp', u64, 184],
]);

export const xdpContext = struct('xdp_md', [
  ['data', u32],
  ['data_end', u32],
  ['data_meta', u32],
  ['ingress_ifindex', u32],
  ['rx_queue_index', u32],
  ['egress_ifindex', u32],
]);

/** Up to 12 arguments of 64 bits each. */
export function rawArguments(values: unknown): Uint8Array {
  if (!Array.isArray(values) || values.length > 12) {
    throw new TsbpfError('The context of a raw tracepoint is { args: [ … ] } with up to 12 integers.', {
      code: 'TSBPF2033',
      operation: 'run program',
    });
  }
  return codecOf<unknown[]>(array(u64, values.length)).encode(values, 'context.args');
}
