// Counts DNS queries by the hash (FNV-1a) of the name that they ask for.
import { ETH_P_IP, HashMap, IPPROTO_UDP, XDP, xdp } from 'tsbpf';
import type { EthHdr, IpHdr, u32, u64, UdpHdr, XdpContext } from 'tsbpf';

const queries = new HashMap<u32, u64>({ maxEntries: 4096 });
const NAME = 14 + 20 + 8 + 12;
const LONGEST = 64;

@xdp
export function countQueries(ctx: XdpContext): number {
  if (ctx.packet.at<EthHdr>(0)?.h_proto !== ETH_P_IP) return XDP.PASS;
  const ip = ctx.packet.at<IpHdr>(14);
  if (!ip || ip.protocol !== IPPROTO_UDP || ip.ihl !== 5) return XDP.PASS;
  const udp = ctx.packet.at<UdpHdr>(34);
  if (!udp || udp.dest !== 53) return XDP.PASS;
  let hash = 0x811c9dc5;
  for (let index = 0; index < LONGEST; index++) {
    const byte = ctx.packet.getUint8(NAME + index);
    if (byte === 0) break;
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  queries[hash >>> 0] += 1n;
  return XDP.PASS;
}
