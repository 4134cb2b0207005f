/** Where a capturing program has its packets from: the pieces of its text in which socket filters and probes differ. */

export interface PacketSource {
  readonly declarations: readonly string[];
  /** Parameters of the functions to which the packet is handed on, and the arguments for them. */
  readonly parameters: string;
  readonly names: string;
  /** The members of a record, as expressions; without time and the length that is kept. */
  readonly members: Readonly<
    Record<'length' | 'interface' | 'packetType' | 'protocol' | 'tagged' | 'tagProtocol' | 'tag', string>
  > & { readonly source?: string };
  /** How many bytes of the packet can be copied. */
  readonly available: string;
  /** The beginning of the program. */
  readonly opening: string;
  /** Statements before the filter. */
  readonly preparation: readonly string[];
  /** A call that copies bytes of the packet and gives 0. */
  readonly copy: (offset: string, target: string, length: string) => string;
  /** The condition for an object `{ data, length }`, or for the packet itself where the program type has one. */
  readonly context: string | undefined;
}

/** PACKET_OUTGOING of linux/if_packet.h. */
const OUTGOING = 'skb.pkt_type === 4';
const LOOPBACK_INDEX = 1;

/**
 * A socket filter.
 *
 * @param cooked whether its packets begin at the network header, as those of an AF_PACKET socket of type SOCK_DGRAM.
 */
export function socketSource(cooked: boolean, direction: 'in' | 'out' | 'inout'): PacketSource {
  return {
    declarations: [],
    parameters: 'skb: SkBuff',
    names: 'skb',
    members: {
      length: 'skb.len',
      interface: 'skb.ifindex',
      packetType: 'skb.pkt_type',
      protocol: 'skb.protocol',
      tagged: 'skb.vlan_present',
      tagProtocol: 'skb.vlan_proto',
      tag: 'skb.vlan_tci',
      // The source address of an Ethernet header, wherever the packet begins.
      ...(cooked && { source: 'bpf.skbLoadBytesRelative<8>(skb, 6, 0)' }),
    },
    available: 'skb.len',
    opening: 'socketFilter((skb: SkBuff) => {',
    preparation: [`  if (${unwanted(direction)}) return 0;`],
    copy: (offset, target, length) => `bpf.skbLoadBytes(skb, ${offset}, ${target}, ${length})`,
    context: cooked ? undefined : 'skb',
  };
}

function unwanted(direction: 'in' | 'out' | 'inout'): string {
  if (direction === 'in') return OUTGOING;
  if (direction === 'out') return `!(${OUTGOING})`;
  // What goes out by the loopback interface comes in by it, and would be there twice.
  return `${OUTGOING} && skb.ifindex === ${LOOPBACK_INDEX}`;
}

/** A kprobe. The packet is taken from its network header on, and of it what lies in the linear part. */
export function functionSource(symbol: string, parameter: number, only: number | undefined): PacketSource {
  const before = Array.from({ length: parameter }, (_, index) => `argument${index}: u64, `).join('');
  return {
    declarations: [
      `interface net_device extends KernelStruct { ifindex: i32 }`,
      `interface sk_buff extends KernelStruct {`,
      `  len: u32; data_len: u32; head: Pointer<u8>; data: Pointer<u8>; network_header: u16; protocol: u16;`,
      `  pkt_type: Bits<3>; dev: Pointer<net_device>; vlan_proto: u16; vlan_tci: u16; vlan_present: Bits<1>; vlan_all: u32;`,
      `}`,
      // Linux 6.2 took the bit away.
      `function isTagged(skb: sk_buff): boolean {`,
      `  return bpf.fieldExists(skb.vlan_all) ? skb.vlan_all !== 0 : skb.vlan_present !== 0;`,
      `}`,
    ],
    parameters: 'skb: sk_buff, start: u64, linear: number',
    names: 'skb, start, linear',
    members: {
      length: 'linear + skb.data_len',
      interface: 'skb.dev.ifindex',
      packetType: 'skb.pkt_type',
      protocol: 'skb.protocol',
      tagged: 'isTagged(skb) ? 1 : 0',
      tagProtocol: 'skb.vlan_proto',
      tag: 'skb.vlan_tci',
    },
    available: 'linear',
    opening: `kprobe('${symbol}', (ctx: PtRegs, ${before}skb: sk_buff) => {`,
    preparation: [
      ...(only === undefined ? [] : [`  if (skb.dev.ifindex !== ${only}) return 0;`]),
      `  const start = skb.head + u64(skb.network_header);`,
      `  const linear = Number(skb.data + u64(skb.len - skb.data_len) - start);`,
      // No network header yet, or none any more.
      `  if (linear <= 0 || linear > 0xfffff) return 0;`,
    ],
    copy: (offset, target, length) => `bpf.probeReadKernel(start + u64(${offset}), ${target}, ${length})`,
    context: undefined,
  };
}
