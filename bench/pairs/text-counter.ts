// How many of the first 64 bytes of a UDP payload are printable: what a socket gets of the packet.
import { ETH_P_IP, htons, IPPROTO_UDP, socketFilter } from 'tsbpf';
import type { Bytes, SkBuff } from 'tsbpf';

interface Payload {
  bytes: Bytes<64>;
}

@socketFilter
export function countPrintable(skb: SkBuff): number {
  if (skb.protocol !== htons(ETH_P_IP)) return 0;
  if (skb.packet.getUint8(14 + 9) !== IPPROTO_UDP) return 0;
  const payload = skb.packet.at<Payload>(42);
  if (!payload) return 0;
  let printable = 0;
  for (const byte of payload.bytes) {
    if (byte >= 0x20 && byte < 0x7f) printable++;
  }
  return printable;
}
