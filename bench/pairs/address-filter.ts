// A socket gets the packets between its own network and a list of hosts, but no SSH.
import { ETH_P_IP, HashMap, htons, IPPROTO_TCP, socketFilter } from 'tsbpf';
import type { be16, be32, IpHdr, SkBuff, u32 } from 'tsbpf';

interface Ports {
  source: be16;
  destination: be16;
}

const hosts = new HashMap<be32, u32>({ maxEntries: 1024 });
const NETWORK = 0x0a000000;

@socketFilter
export function select(skb: SkBuff): number {
  if (skb.protocol !== htons(ETH_P_IP)) return 0;
  const ip = skb.packet.at<IpHdr>(14);
  if (!ip) return 0;
  const outward = (ip.saddr & 0xff000000) >>> 0 === NETWORK;
  if (!hosts.has(outward ? ip.daddr : ip.saddr)) return 0;
  if (ip.protocol === IPPROTO_TCP) {
    const ports = skb.packet.at<Ports>(14 + ip.ihl * 4);
    if (!ports || ports.source === 22 || ports.destination === 22) return 0;
  }
  return skb.len;
}
