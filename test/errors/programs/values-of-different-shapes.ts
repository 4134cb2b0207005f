import { HashMap, socketFilter } from 'tsbpf';
import type { FixedArray, SkBuff, u32 } from 'tsbpf';

const keys = new HashMap<u32, FixedArray<u32, 2>>({ maxEntries: 16 });

@socketFilter
function match(skb: SkBuff): number {
  keys.set(1, [skb.len, 2, 3] as never);
//            ^^^^^^^^^^^^^^^^^^^^^^^^ TSBPF1312: an array of 3 elements cannot be
  return skb.len;
}
