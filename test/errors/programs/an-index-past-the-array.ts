import { HashMap, socketFilter } from 'tsbpf';
import type { FixedArray, SkBuff, u32 } from 'tsbpf';

const lists = new HashMap<u32, FixedArray<u32, 4>>({ maxEntries: 1 });

@socketFilter
function match(skb: SkBuff): number {
  const list = lists.get(1);
  return list ? list[4]! : skb.len;
//                   ^ TSBPF1324: The index 4 is outside the array's
}
