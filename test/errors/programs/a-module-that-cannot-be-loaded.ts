import { parse } from 'no-such-package';
import { socketFilter } from 'tsbpf';
import type { SkBuff } from 'tsbpf';

const limit = parse('64') as number;

@socketFilter
function match(skb: SkBuff): number {
  return skb.len > limit ? skb.len : 0;
//                 ^^^^^ TSBPF1205: The module 'no-such-package', which this value depends
}
