// Spreads UDP packets over 8 queues by a hash (FNV-1a) of the first 32 bytes of their payload.
import { ArrayMap, ETH_P_IP, IPPROTO_UDP, XDP, xdp } from 'tsbpf';
import type { Bytes, EthHdr, IpHdr, u64, XdpContext } from 'tsbpf';

const queues = new ArrayMap<u64>({ maxEntries: 8 });

@xdp
export function spread(ctx: XdpContext): number {
  if (ctx.packet.at<EthHdr>(0)?.h_proto !== ETH_P_IP) return XDP.PASS;
  const ip = ctx.packet.at<IpHdr>(14);
  if (!ip || ip.protocol !== IPPROTO_UDP) return XDP.PASS;
  const payload = ctx.packet.at<Bytes<32>>(42);
  if (!payload) return XDP.PASS;
  let hash = 0x811c9dc5;
  for (const byte of payload) hash = Math.imul(hash ^ byte, 0x01000193);
  queues.increment(hash & 7, 1n);
  return XDP.PASS;
}
