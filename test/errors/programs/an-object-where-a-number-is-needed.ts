import { HashMap, socketFilter } from 'tsbpf';
import type { SkBuff, u32, u64 } from 'tsbpf';

interface Counter {
  packets: u64;
}
const counters = new HashMap<u32, Counter>({ maxEntries: 16 });

@socketFilter
function match(skb: SkBuff): number {
  const counter = counters.get(1);
  return counter ? Number(counter as never) : skb.len;
//                 ^^^^^^^^^^^^^^^^^^^^^^^^ TSBPF1301: A number, bigint or boolean is needed
}
