import { HashMap, SocketFilter } from 'tsbpf';
import type { SkBuff, u32, u64 } from 'tsbpf';

function start() {
  const counts = new HashMap<u32, u64>({ maxEntries: 16 });
//               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ TSBPF1112: HashMap 'counts' is made inside a function
  return new SocketFilter((skb: SkBuff) => {
    counts.increment(1, 1n);
    return skb.len;
  });
}
start();
