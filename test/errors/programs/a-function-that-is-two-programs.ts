import { tc } from 'tsbpf';
import type { SkBuff } from 'tsbpf';

@tc('egress')
@tc('ingress')
// ERROR: 5:1 TSBPF1107 Function 'count' is two programs at once\.
function count(skb: SkBuff): number {
  return skb.len > 64 ? 0 : 2;
}
