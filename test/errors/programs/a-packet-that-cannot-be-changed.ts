import { socketFilter } from 'tsbpf';
import type { SkBuff } from 'tsbpf';

@socketFilter
function match(skb: SkBuff): number {
  skb.packet.setUint8(0, 1);
  // ERROR: 6:3 TSBPF1329 Programs of type 'socketFilter' cannot change the
  return skb.len;
}
