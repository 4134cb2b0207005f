// Drops IPv4 packets whose header has a wrong checksum.
import { ETH_P_IP, XDP, xdp } from 'tsbpf';
import type { EthHdr, FixedArray, u16, XdpContext } from 'tsbpf';

interface Words {
  words: FixedArray<u16, 10>;
}

@xdp
export function verifyChecksum(ctx: XdpContext): number {
  if (ctx.packet.at<EthHdr>(0)?.h_proto !== ETH_P_IP) return XDP.PASS;
  const header = ctx.packet.at<Words>(14);
  if (!header) return XDP.DROP;
  let sum = header.words.reduce((total, word) => total + word, 0);
  sum = (sum & 0xffff) + (sum >>> 16);
  sum = (sum & 0xffff) + (sum >>> 16);
  return sum === 0xffff ? XDP.PASS : XDP.DROP;
}
