// Drops UDP packets whose first 32 bytes do not have the CRC-32 that follows them.
import { ETH_P_IP, IPPROTO_UDP, XDP, xdp } from 'tsbpf';
import type { be32, Bytes, EthHdr, IpHdr, XdpContext } from 'tsbpf';

interface Checked {
  data: Bytes<32>;
  checksum: be32;
}

const TABLE = Array.from({ length: 256 }, (_, byte) => {
  let word = byte;
  for (let bit = 0; bit < 8; bit++) word = word & 1 ? (word >>> 1) ^ 0xedb88320 : word >>> 1;
  return word >>> 0;
});

@xdp
export function verifyCrc(ctx: XdpContext): number {
  if (ctx.packet.at<EthHdr>(0)?.h_proto !== ETH_P_IP) return XDP.PASS;
  const ip = ctx.packet.at<IpHdr>(14);
  if (!ip || ip.protocol !== IPPROTO_UDP) return XDP.PASS;
  const checked = ctx.packet.at<Checked>(42);
  if (!checked) return XDP.PASS;
  let crc = 0xffffffff;
  for (const byte of checked.data) crc = (crc >>> 8) ^ TABLE[(crc ^ byte) & 255]!;
  return ~crc >>> 0 === checked.checksum ? XDP.PASS : XDP.DROP;
}
