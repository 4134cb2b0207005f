import { socketFilter } from 'tsbpf';
import type { SkBuff } from 'tsbpf';

@socketFilter
function match(skb: SkBuff): number {
  return isFinite(skb.len) ? skb.len : 0;
//       ^^^^^^^^^^^^^^^^^ TSBPF1317: 'isFinite' cannot be called in the kernel\.
}
