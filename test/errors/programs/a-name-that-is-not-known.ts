import { socketFilter } from 'tsbpf';
import type { SkBuff } from 'tsbpf';

declare const LIMIT: number;

@socketFilter
function match(skb: SkBuff): number {
  return skb.len > LIMIT ? skb.len : 0;
//                 ^^^^^ TSBPF1316: 'LIMIT' is not known here: 'LIMIT' has
}
