import { socketFilter } from 'tsbpf';
import type { SkBuff } from 'tsbpf';

@socketFilter
function match(skb: SkBuff): number {
  const n = skb.len;
  console.log(`${n} ${n} ${n} ${n} ${n} ${n} ${n} ${n} ${n} ${n} ${n} ${n} ${n}`);
  // ERROR: 7:3 TSBPF1326 console\.log prints at most 12 values in
  return n;
}
