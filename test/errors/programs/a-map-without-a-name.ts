import { HashMap, socketFilter } from 'tsbpf';
import type { SkBuff, u32, u64 } from 'tsbpf';

const tables = [new HashMap<u32, u64>({ maxEntries: 16 })];
//              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ TSBPF1111: This HashMap has no constant of its

@socketFilter
function match(skb: SkBuff): number {
  tables[0]!.increment(1, 1n);
  return skb.len;
}
