import { HashMap, socketFilter } from 'tsbpf';
import type { CharArray, SkBuff, u32 } from 'tsbpf';

interface Long {
  text: CharArray<8192>;
}
interface Longer {
  text: CharArray<8200>;
}
const texts = new HashMap<u32, Long>({ maxEntries: 16 });
const others = new HashMap<u32, Longer>({ maxEntries: 16 });

@socketFilter
function match(skb: SkBuff): number {
  const from = texts.get(1);
  const to = others.get(1);
  if (from && to) to.text = from.text as never;
//                          ^^^^^^^^^^^^^^^^^^ TSBPF1313: A text of 8200 bytes is too
  return skb.len;
}
