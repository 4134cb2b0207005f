// OPTIONS: --target 5.10
import { HashMap, socketFilter } from 'tsbpf';
import type { SkBuff, u32, u64 } from 'tsbpf';

const counts = new HashMap<u32, u64>({ maxEntries: 16 });

@socketFilter
function match(skb: SkBuff): number {
  let sum = 0n;
  counts.forEach((value) => {
  // ERROR: 10:3 TSBPF1630 forEach on a map needs Linux 5\.13
    sum += value;
  });
  return sum > 100n ? skb.len : 0;
}
