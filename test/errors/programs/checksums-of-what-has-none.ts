import { checksum, tc, updateChecksum, xdp } from 'tsbpf';
import type { ArpHdr, Bytes, EthHdr, IpHdr, SkBuff, XdpContext } from 'tsbpf';

interface Odd {
  bytes: Bytes<3>;
}

@xdp
function make(ctx: XdpContext): number {
  const odd = ctx.packet.at<Odd>(0);
  const ip = ctx.packet.at<IpHdr>(14);
  if (!odd || !ip) return 2;
  const right = checksum(ip, odd);
  return right + checksum(odd, ip);
  //                      ^^^ TSBPF1421: of these 3 bytes
}

@tc('ingress')
function update(ctx: SkBuff): number {
  const arp = ctx.packet.at<ArpHdr>(14);
  const first = ctx.packet.at<IpHdr>(14);
  const second = ctx.packet.at<IpHdr>(34);
  if (!arp || !first || !second) return 0;
  const either = ctx.packet.byteLength > 100 ? first : second;
  updateChecksum(either, 1, 2);
  //             ^^^^^^ TSBPF1422: cannot be updated
  updateChecksum(first, 1, 2);
  const eth = ctx.packet.at<EthHdr>(0);
  if (!eth) return 0;
  updateChecksum(first, eth.h_source, eth.h_dest);
  updateChecksum(arp as unknown as IpHdr, 1, 2);
  //             ^^^^^^^^^^^^^^^^^^^^^^^ TSBPF1422: no header with a field
  return 0;
}
