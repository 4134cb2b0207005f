import { socketFilter, htons } from 'tsbpf';
import type { SkBuff } from 'tsbpf';

@socketFilter
function match(skb: SkBuff): number {
  return skb.protocol === htons(0x0800) ? skb.len : 0;
}
