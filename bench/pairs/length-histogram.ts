// A histogram of packet lengths by powers of two.
import { ArrayMap, TC_ACT_OK, tc } from 'tsbpf';
import type { SkBuff, u64 } from 'tsbpf';

const lengths = new ArrayMap<u64>({ maxEntries: 32 });

@tc('ingress')
export function measure(skb: SkBuff): number {
  lengths.increment(31 - Math.clz32(skb.len | 1), 1n);
  return TC_ACT_OK;
}
