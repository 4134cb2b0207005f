import { HashMap, socketFilter } from 'tsbpf';
import type { SkBuff, u32, u64 } from 'tsbpf';

const counts = new HashMap<u32, u64>({ maxEntries: 16 });

@socketFilter
function match(skb: SkBuff): number {
  return counts.size > 3 ? skb.len : 0;
//              ^^^^ TSBPF1318: 'size' of map 'counts' is not available
}
