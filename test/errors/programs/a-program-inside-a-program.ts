import { socketFilter, XDP, xdp } from 'tsbpf';
import type { SkBuff } from 'tsbpf';

@socketFilter
function match(skb: SkBuff): number {
  const inner = xdp(() => XDP.PASS);
//              ^^^^^^^^^^^^^^^^^^^ TSBPF1117: 'xdp' stands inside a program function; a
  return skb.len;
}
