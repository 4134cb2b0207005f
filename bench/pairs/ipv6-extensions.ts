// Walks the extension headers of IPv6, and drops what has a fragment or a routing header.
import { ETH_P_IPV6, XDP, xdp } from 'tsbpf';
import type { EthHdr, Ipv6Hdr, u8, XdpContext } from 'tsbpf';

/** What hop-by-hop options, routing headers and destination options begin with. */
interface Extension {
  next: u8;
  length: u8;
}

const HOP_BY_HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const DESTINATION = 60;

@xdp
export function dropExtended(ctx: XdpContext): number {
  if (ctx.packet.at<EthHdr>(0)?.h_proto !== ETH_P_IPV6) return XDP.PASS;
  const ip = ctx.packet.at<Ipv6Hdr>(14);
  if (!ip) return XDP.PASS;
  let next = ip.nexthdr;
  let offset = 14 + 40;
  for (let count = 0; count < 6; count++) {
    if (next === ROUTING || next === FRAGMENT) return XDP.DROP;
    if (next !== HOP_BY_HOP && next !== DESTINATION) return XDP.PASS;
    const extension = ctx.packet.at<Extension>(offset);
    if (!extension) return XDP.PASS;
    next = extension.next;
    offset += (extension.length + 1) * 8;
  }
  return XDP.DROP;
}
