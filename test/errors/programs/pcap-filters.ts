import { HashMap, kprobe, pcapFilter, xdp } from 'tsbpf';
import type { Bytes, LinkType, SkBuff, u32 } from 'tsbpf';

interface Packet {
  length: u32;
  bytes: Bytes<64>;
}
const packets = new HashMap<u32, Packet>({ maxEntries: 1 });
const given = process.argv[2] ?? 'tcp';
const linkType = 'token-ring' as LinkType;

export const known_at_load = xdp((ctx) => (pcapFilter(given, ctx) ? 1 : 2));
//                                                    ^^^^^ TSBPF1400: expression of pcapFilter has to be known at build
export const made_of_it = xdp((ctx) => (pcapFilter(`port ${given}`, ctx) ? 1 : 2));
//                                                 ^^^^^^^^^^^^^^^ TSBPF1400: has to be known at build
export const known_to_the_program = xdp((ctx) => (pcapFilter(`port ${ctx.packet.byteLength}`, ctx) ? 1 : 2));
//                                                           ^ TSBPF1400: has to be known at build
export const no_text = xdp((ctx) => (pcapFilter(80 as unknown as string, ctx) ? 1 : 2));
//                                              ^^^^^^^^^^^^^^^^^^^^^^^ TSBPF1400: this is no text
export const syntax = xdp((ctx) => (pcapFilter('tcp prot 80', ctx) ? 1 : 2));
//                                             ^^^^^^^^^^^^^ TSBPF1401: 'tcp prot 80' .* 'ethernet': syntax error
export const unknown_netmask = xdp((ctx) => (pcapFilter('ip broadcast', ctx) ? 1 : 2));
//                                                      ^^^^^^^^^^^^^^ TSBPF1401: netmask not known
export const not_of_that_link = xdp((ctx) => (pcapFilter('ether host 1:2:3:4:5:6', ctx, 'raw') ? 1 : 2));
//                                                       ^^^^^^^^^^^^^^^^^^^^^^^^ TSBPF1401: link type 'raw'
export const cut_short = xdp((ctx) => (pcapFilter('tcp\0', ctx) ? 1 : 2));
//                                                ^^^^^^^ TSBPF1401: NUL
export const contradiction = xdp((ctx) => (pcapFilter('tcp and udp and vlan', ctx) ? 1 : 2));
//                                                    ^^^^^^^^^^^^^^^^^^^^^^ TSBPF1401: rejects all packets
export const no_link_type = xdp((ctx) => (pcapFilter('tcp', ctx, linkType) ? 1 : 2));
//                                                               ^^^^^^^^ TSBPF1403: 'token-ring'

// @ts-expect-error TypeScript sees it too.
export const no_packet = xdp(() => (pcapFilter('tcp') ? 1 : 2));
//                                  ^^^^^^^^^^^^^^^^^ TSBPF1407

export const no_packets_here = kprobe('f', (ctx) => (pcapFilter('tcp', ctx as unknown as SkBuff) ? 1 : 0));
//                                                                     ^^^^^^^^^^^^^^^^^^^^^^^^ TSBPF1404: kprobe

export const of_memory = kprobe('f', () => {
  const packet = packets.get(0);
  return packet && pcapFilter('inbound', { data: packet.bytes, length: packet.length }) ? 1 : 0;
  //                          ^^^^^^^^^ TSBPF1405: direction of the packet
});
