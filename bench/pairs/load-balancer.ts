// Chooses one of 16 servers by the kernel's jhash of addresses and ports, and writes its address into the packet.
import { ArrayMap, ETH_P_IP, IPPROTO_TCP, u32, XDP, xdp } from 'tsbpf';
import type { be32, EthHdr, IpHdr, TcpHdr, XdpContext } from 'tsbpf';

interface Server {
  address: be32;
  weight: u32;
}

const servers = new ArrayMap<Server>({ maxEntries: 16 });

function rotate(word: u32, by: number): u32 {
  return ((word << by) | (word >>> (32 - by))) >>> 0;
}

function jhash(first: u32, second: u32, third: u32): u32 {
  let [a, b, c]: [u32, u32, u32] = [u32(first + 0xdeadbefb), u32(second + 0xdeadbefb), u32(third + 0xdeadbefb)];
  c = u32((c ^ b) - rotate(b, 14));
  a = u32((a ^ c) - rotate(c, 11));
  b = u32((b ^ a) - rotate(a, 25));
  c = u32((c ^ b) - rotate(b, 16));
  a = u32((a ^ c) - rotate(c, 4));
  b = u32((b ^ a) - rotate(a, 14));
  return u32((c ^ b) - rotate(b, 24));
}

@xdp
export function balance(ctx: XdpContext): number {
  if (ctx.packet.at<EthHdr>(0)?.h_proto !== ETH_P_IP) return XDP.PASS;
  const ip = ctx.packet.at<IpHdr>(14);
  if (!ip || ip.protocol !== IPPROTO_TCP || ip.ihl !== 5) return XDP.PASS;
  const tcp = ctx.packet.at<TcpHdr>(34);
  if (!tcp) return XDP.PASS;
  const server = servers.get(jhash(ip.saddr, ip.daddr, u32((tcp.source << 16) | tcp.dest)) & 15);
  if (!server || server.weight === 0) return XDP.DROP;
  ip.daddr = server.address;
  return XDP.TX;
}
