import { socketFilter } from 'tsbpf';
import type { SkBuff } from 'tsbpf';

@socketFilter
function match(skb: SkBuff): number {
  return 'len' in skb ? 1 : 0;
//             ^^ TSBPF1308: The operator in has no meaning in
}
