// Counts packets and bytes by protocol, on each CPU for itself.
import { ETH_P_IP, PerCpuArray, XDP, xdp } from 'tsbpf';
import type { EthHdr, IpHdr, u64, XdpContext } from 'tsbpf';

interface Traffic {
  packets: u64;
  bytes: u64;
}

const protocols = new PerCpuArray<Traffic>({ maxEntries: 256 });

@xdp
export function countProtocols(ctx: XdpContext): number {
  if (ctx.packet.at<EthHdr>(0)?.h_proto !== ETH_P_IP) return XDP.PASS;
  const ip = ctx.packet.at<IpHdr>(14);
  if (!ip) return XDP.PASS;
  const traffic = protocols.get(ip.protocol);
  if (!traffic) return XDP.PASS;
  traffic.packets += 1n;
  traffic.bytes += BigInt(ip.tot_len);
  return XDP.PASS;
}
