import { socketFilter } from 'tsbpf';
import type { SkBuff } from 'tsbpf';

const numbers = new Array<number>(100000).fill(1);

@socketFilter
function match(skb: SkBuff): number {
  let sum = 0;
  for (const n of numbers) sum += n & skb.len;
  // ERROR: 9:3 TSBPF1621 This loop over constants would be unrolled
  return sum;
}
