import { bpf, socketFilter } from 'tsbpf';
import type { i64, SkBuff, u64 } from 'tsbpf';

@socketFilter
function match(skb: SkBuff): number {
  const before: i64 = -5n;
  const now: u64 = bpf.ktimeGetNs();
  return now + before > 100n ? skb.len : 0;
//       ^^^^^^^^^^^^ TSBPF1307: u64 and i64 cannot be mixed in
}
