import { socketFilter } from 'tsbpf';
import type { SkBuff } from 'tsbpf';

@socketFilter
function match(skb: SkBuff): number {
  return 3 ** skb.len;
//       ^^^^^^^^^^^^ TSBPF1310: An exponent has to be a constant
}
