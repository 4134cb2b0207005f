// Drops what has "passwd" in the first 64 bytes of its UDP payload.
import { ETH_P_IP, IPPROTO_UDP, XDP, xdp } from 'tsbpf';
import type { Bytes, EthHdr, IpHdr, XdpContext } from 'tsbpf';

const PATTERN = [...'passwd'].map((letter) => letter.charCodeAt(0));
const PAYLOAD = 14 + 20 + 8;
const LENGTH = 64;

@xdp
export function dropPattern(ctx: XdpContext): number {
  if (ctx.packet.at<EthHdr>(0)?.h_proto !== ETH_P_IP) return XDP.PASS;
  const ip = ctx.packet.at<IpHdr>(14);
  if (!ip || ip.protocol !== IPPROTO_UDP) return XDP.PASS;
  const payload = ctx.packet.at<Bytes<64>>(PAYLOAD);
  if (!payload) return XDP.PASS;
  for (let start = 0; start <= LENGTH - PATTERN.length; start++) {
    if (PATTERN.every((letter, index) => payload[start + index] === letter)) return XDP.DROP;
  }
  return XDP.PASS;
}
