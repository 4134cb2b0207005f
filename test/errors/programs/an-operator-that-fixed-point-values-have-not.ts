import { fixed, socketFilter } from 'tsbpf';
import type { SkBuff } from 'tsbpf';

@socketFilter
function match(skb: SkBuff): number {
  const share = fixed(skb.len) / 3;
  return (share as number) & 7;
//       ^^^^^^^^^^^^^^^^^^^^^ TSBPF1309: The operator & does not work on
}
