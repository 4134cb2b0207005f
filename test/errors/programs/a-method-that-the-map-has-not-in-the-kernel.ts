import { HashMap, socketFilter } from 'tsbpf';
import type { SkBuff, u32, u64 } from 'tsbpf';

const counts = new HashMap<u32, u64>({ maxEntries: 16 });

@socketFilter
function match(skb: SkBuff): number {
  counts.clear();
  // ERROR: 8:3 TSBPF1331 'clear' does not work for HashMap in
  return skb.len;
}
