// A token bucket for each source address: so many bytes a second, and so many at once.
import { bpf, ETH_P_IP, HashMap, htons, TC_ACT_OK, TC_ACT_SHOT, tc } from 'tsbpf';
import type { be32, IpHdr, SkBuff, u64 } from 'tsbpf';

interface Bucket {
  tokens: u64;
  time: u64;
}

const buckets = new HashMap<be32, Bucket>({ maxEntries: 4096 });
const BURST = 1_000_000n;
/** Nanoseconds that fill in one byte. */
const PERIOD = 1024n;

@tc('ingress')
export function limit(skb: SkBuff): number {
  if (skb.protocol !== htons(ETH_P_IP)) return TC_ACT_OK;
  const ip = skb.packet.at<IpHdr>(14);
  if (!ip) return TC_ACT_OK;
  const now = bpf.ktimeGetNs();
  const size = BigInt(skb.len);
  const bucket = buckets.get(ip.saddr);
  if (!bucket) {
    buckets.set(ip.saddr, { tokens: BURST, time: now });
    return TC_ACT_OK;
  }
  let tokens = bucket.tokens + (now - bucket.time) / PERIOD;
  if (tokens > BURST) tokens = BURST;
  bucket.time = now;
  if (tokens < size) {
    bucket.tokens = tokens;
    return TC_ACT_SHOT;
  }
  bucket.tokens = tokens - size;
  return TC_ACT_OK;
}
