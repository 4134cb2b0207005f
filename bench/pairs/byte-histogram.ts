// How often the most frequent upper half of a byte occurs in 32 bytes: what a socket gets of the packet.
import { socketFilter } from 'tsbpf';
import type { Bytes, FixedArray, SkBuff, u8 } from 'tsbpf';

interface Part {
  bytes: Bytes<32>;
}

@socketFilter
export function measureFrequency(skb: SkBuff): number {
  const part = skb.packet.at<Part>(42);
  if (!part) return 0;
  const counts: FixedArray<u8, 16> = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (const byte of part.bytes) counts[byte >>> 4]!++;
  let most = 0;
  for (const count of counts) {
    if (count > most) most = count;
  }
  return most;
}
