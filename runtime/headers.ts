/** Common packet headers, field by field as the kernel's headers declare them; offsets and sizes follow from the types. */
import type { be16, be32, Bits, Bytes, u16, u8 } from './types.js';

/** `struct ethhdr`, 14 bytes. */
export interface EthHdr {
  h_dest: Bytes<6>;
  h_source: Bytes<6>;
  h_proto: be16;
}

/** `struct vlan_hdr`, 4 bytes: what stands between an Ethernet header with ETH_P_8021Q and the packet. */
export interface VlanHdr {
  h_vlan_TCI: be16;
  h_vlan_encapsulated_proto: be16;
}

/** `struct iphdr`, 20 bytes; options follow where `ihl`, in units of 4 bytes, is above 5. */
export interface IpHdr {
  ihl: Bits<4, u8>;
  version: Bits<4, u8>;
  tos: u8;
  tot_len: be16;
  id: be16;
  frag_off: be16;
  ttl: u8;
  protocol: u8;
  check: be16;
  saddr: be32;
  daddr: be32;
}

/** `struct ipv6hdr`, 40 bytes. */
export interface Ipv6Hdr {
  priority: Bits<4, u8>;
  version: Bits<4, u8>;
  flow_lbl: Bytes<3>;
  payload_len: be16;
  nexthdr: u8;
  hop_limit: u8;
  saddr: Bytes<16>;
  daddr: Bytes<16>;
}

/** `struct tcphdr`, 20 bytes; options follow where `doff`, in units of 4 bytes, is above 5. */
export interface TcpHdr {
  source: be16;
  dest: be16;
  seq: be32;
  ack_seq: be32;
  res1: Bits<4, u16>;
  doff: Bits<4, u16>;
  fin: Bits<1, u16>;
  syn: Bits<1, u16>;
  rst: Bits<1, u16>;
  psh: Bits<1, u16>;
  ack: Bits<1, u16>;
  urg: Bits<1, u16>;
  ece: Bits<1, u16>;
  cwr: Bits<1, u16>;
  window: be16;
  check: be16;
  urg_ptr: be16;
}

/** `struct udphdr`, 8 bytes. */
export interface UdpHdr {
  source: be16;
  dest: be16;
  len: be16;
  check: be16;
}

/** `struct icmphdr`, 8 bytes, with the view of its union that echo messages have. */
export interface IcmpHdr {
  type: u8;
  code: u8;
  checksum: be16;
  un: { echo: { id: be16; sequence: be16 } };
}

/** `struct arphdr`, 8 bytes. */
export interface ArpHdr {
  ar_hrd: be16;
  ar_pro: be16;
  ar_hln: u8;
  ar_pln: u8;
  ar_op: be16;
}

/** An ARP packet for IPv4 on Ethernet, 28 bytes, by the names that `struct arphdr` has for its addresses. */
export interface ArpIpv4Hdr extends ArpHdr {
  ar_sha: Bytes<6>;
  ar_sip: Bytes<4>;
  ar_tha: Bytes<6>;
  ar_tip: Bytes<4>;
}
