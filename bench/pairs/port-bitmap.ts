// Lets TCP pass to the ports of a bitmap that user space fills in.
import { ArrayMap, ETH_P_IP, IPPROTO_TCP, XDP, xdp } from 'tsbpf';
import type { EthHdr, IpHdr, TcpHdr, u32, XdpContext } from 'tsbpf';

const allowed = new ArrayMap<u32>({ maxEntries: 2048 });

@xdp
export function checkPort(ctx: XdpContext): number {
  if (ctx.packet.at<EthHdr>(0)?.h_proto !== ETH_P_IP) return XDP.PASS;
  const ip = ctx.packet.at<IpHdr>(14);
  if (!ip || ip.protocol !== IPPROTO_TCP || ip.ihl !== 5) return XDP.PASS;
  const port = ctx.packet.at<TcpHdr>(34)?.dest;
  if (port === undefined) return XDP.PASS;
  const word = allowed.get(port >>> 5) ?? 0;
  return (word >>> (port & 31)) & 1 ? XDP.PASS : XDP.DROP;
}
