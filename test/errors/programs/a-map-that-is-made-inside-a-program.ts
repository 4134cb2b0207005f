import { HashMap, socketFilter } from 'tsbpf';
import type { SkBuff, u32, u64 } from 'tsbpf';

@socketFilter
function match(skb: SkBuff): number {
  const counts = new HashMap<u32, u64>({ maxEntries: 16 });
//               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ TSBPF1113: A HashMap cannot be made inside a
  counts.increment(1, 1n);
  return skb.len;
}
