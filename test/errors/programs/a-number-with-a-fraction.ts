import { socketFilter } from 'tsbpf';
import type { SkBuff } from 'tsbpf';

@socketFilter
function match(skb: SkBuff): number {
  return skb.len + 1.5;
//       ^^^^^^^^^^^^^ TSBPF1303: 1\.5 has a fraction or no end
}
