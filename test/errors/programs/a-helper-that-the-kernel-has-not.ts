import { bpf, socketFilter } from 'tsbpf';
import type { SkBuff } from 'tsbpf';

@socketFilter
function match(skb: SkBuff): number {
  const helpers = bpf as any;
  return helpers.ktimeGetNss() > 0n ? skb.len : 0;
//       ^^^^^^^^^^^^^^^^^^^ TSBPF1320: The kernel has no helper 'bpf\.ktimeGetNss'\.
}
