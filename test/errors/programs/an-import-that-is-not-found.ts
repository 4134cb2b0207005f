import { limit } from './no-such-file.ts';
//                    ^^^^^^^^^^^^^^^^^^^ TSBPF1004: Cannot find '\./no-such-file\.ts', which is imported here\.
import { socketFilter } from 'tsbpf';
import type { SkBuff } from 'tsbpf';

@socketFilter
function match(skb: SkBuff): number {
  return skb.len > limit ? skb.len : 0;
}
