import { socketFilter } from 'tsbpf';
import type { SkBuff } from 'tsbpf';

@socketFilter
function match(skb: SkBuff): number {
  console.log({ length: skb.len });
//            ^^^^^^^^^^^^^^^^^^^ TSBPF1327: This cannot be printed from the kernel
  return skb.len;
}
