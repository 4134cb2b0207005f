import { bpf, socketFilter } from 'tsbpf';
import type { SkBuff } from 'tsbpf';

@socketFilter
function match(skb: SkBuff): number {
  return Number(bpf.getSocketCookie({ len: 1 } as never)) + skb.len;
//              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ TSBPF1321: bpf\.getSocketCookie cannot be called like this: 'skb'
}
