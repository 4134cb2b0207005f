import { bpf, socketFilter } from 'tsbpf';
import type { SkBuff } from 'tsbpf';

@socketFilter
function match(skb: SkBuff): number {
  const now = bpf.ktimeGetNs() as never;
  return skb.len + now;
//       ^^^^^^^^^^^^^ TSBPF1306: A number and a bigint cannot be
}
