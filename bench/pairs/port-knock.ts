// Opens port 22 to whoever knocked at ports 7000, 8000 and 9000, in this order.
import { ETH_P_IP, HashMap, IPPROTO_TCP, XDP, xdp } from 'tsbpf';
import type { be32, EthHdr, IpHdr, TcpHdr, u32, XdpContext } from 'tsbpf';

const knocks = new HashMap<be32, u32>({ maxEntries: 1024 });
const SEQUENCE = [7000, 8000, 9000];
const OPEN = SEQUENCE.length;

function next(state: number, port: number): number {
  for (const [index, expected] of SEQUENCE.entries()) {
    if (state === index && port === expected) return index + 1;
  }
  return port === SEQUENCE[0] ? 1 : 0;
}

@xdp
export function knock(ctx: XdpContext): number {
  if (ctx.packet.at<EthHdr>(0)?.h_proto !== ETH_P_IP) return XDP.PASS;
  const ip = ctx.packet.at<IpHdr>(14);
  if (!ip || ip.protocol !== IPPROTO_TCP || ip.ihl !== 5) return XDP.PASS;
  const tcp = ctx.packet.at<TcpHdr>(34);
  if (!tcp) return XDP.PASS;
  const state = knocks.get(ip.saddr) ?? 0;
  if (tcp.dest === 22) return state === OPEN ? XDP.PASS : XDP.DROP;
  if (state !== OPEN) knocks.set(ip.saddr, next(state, tcp.dest));
  return XDP.PASS;
}
