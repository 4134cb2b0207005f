// Count, sum, least, greatest and moving average of packet sizes, by the packets' mark.
import { LruPerCpuHashMap, TC_ACT_OK, tc } from 'tsbpf';
import type { SkBuff, u32, u64 } from 'tsbpf';

interface Statistics {
  count: u64;
  sum: u64;
  least: u32;
  greatest: u32;
  /** In 1/256 of a byte. */
  average: u32;
}

const statistics = new LruPerCpuHashMap<u32, Statistics>({ maxEntries: 1024 });

@tc('ingress')
export function account(skb: SkBuff): number {
  const { len, mark } = skb;
  const known = statistics.get(mark);
  if (!known) {
    statistics.set(mark, { count: 1n, sum: BigInt(len), least: len, greatest: len, average: len * 256 });
    return TC_ACT_OK;
  }
  known.count += 1n;
  known.sum += BigInt(len);
  if (len < known.least) known.least = len;
  if (len > known.greatest) known.greatest = len;
  known.average = known.average - (known.average >>> 3) + len * 32;
  return TC_ACT_OK;
}
