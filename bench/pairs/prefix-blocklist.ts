// Drops what comes from blocked IPv4 networks, and counts it by network.
import { ETH_P_IP, LpmTrie, XDP, xdp } from 'tsbpf';
import type { be32, EthHdr, IpHdr, u32, u64, XdpContext } from 'tsbpf';

interface Network {
  prefixlen: u32;
  address: be32;
}

interface Counter {
  drops: u64;
}

const networks = new LpmTrie<Network, Counter>({ maxEntries: 1024 });

@xdp
export function dropBlocked(ctx: XdpContext): number {
  if (ctx.packet.at<EthHdr>(0)?.h_proto !== ETH_P_IP) return XDP.PASS;
  const ip = ctx.packet.at<IpHdr>(14);
  if (!ip) return XDP.PASS;
  const counter = networks.get({ prefixlen: 32, address: ip.saddr });
  if (!counter) return XDP.PASS;
  counter.drops += 1n;
  return XDP.DROP;
}
