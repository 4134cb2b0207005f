// Sends UDP packets back to where they came from.
import { ETH_P_IP, IPPROTO_UDP, XDP, xdp } from 'tsbpf';
import type { EthHdr, IpHdr, UdpHdr, XdpContext } from 'tsbpf';

@xdp
export function reflect(ctx: XdpContext): number {
  const ethernet = ctx.packet.at<EthHdr>(0);
  if (ethernet?.h_proto !== ETH_P_IP) return XDP.PASS;
  const ip = ctx.packet.at<IpHdr>(14);
  if (!ip || ip.protocol !== IPPROTO_UDP || ip.ihl !== 5) return XDP.PASS;
  const udp = ctx.packet.at<UdpHdr>(34);
  if (!udp) return XDP.PASS;
  [ip.saddr, ip.daddr] = [ip.daddr, ip.saddr];
  [udp.source, udp.dest] = [udp.dest, udp.source];
  for (const index of [0, 1, 2, 3, 4, 5]) {
    [ethernet.h_dest[index], ethernet.h_source[index]] = [ethernet.h_source[index]!, ethernet.h_dest[index]!];
  }
  return XDP.TX;
}
