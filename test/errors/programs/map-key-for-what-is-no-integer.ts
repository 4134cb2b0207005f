import { HashMap, socketFilter } from 'tsbpf';
import type { SkBuff, u32, u64 } from 'tsbpf';

interface Counter {
  packets: u64;
}
const counters = new HashMap<u32, Counter>({ maxEntries: 16 });

@socketFilter
function match(skb: SkBuff): number {
  const table = counters as any;
  return table[1].packets > 0n ? skb.len : 0;
//       ^^^^^^^^ TSBPF1332: 'counters\[key\]' works for maps of integers with
}
