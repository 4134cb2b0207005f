// Counts the packets and bytes of each protocol of IPv4 on each CPU, and drops all.
import { ETH_P_IP, PerCpuArray, XDP, xdp } from 'tsbpf';
import type { EthHdr, IpHdr, u64 } from 'tsbpf';

interface Traffic {
  packets: u64;
  bytes: u64;
}

const protocols = new PerCpuArray<Traffic>({ maxEntries: 256 });

export const count = xdp((ctx) => {
  if (ctx.packet.at<EthHdr>(0)?.h_proto !== ETH_P_IP) return XDP.DROP;
  const ip = ctx.packet.at<IpHdr>(14);
  if (!ip) return XDP.DROP;
  const traffic = protocols.get(ip.protocol);
  if (!traffic) return XDP.DROP;
  traffic.packets += 1n;
  traffic.bytes += BigInt(ip.tot_len);
  return XDP.DROP;
});
