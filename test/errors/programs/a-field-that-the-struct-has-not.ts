import { RingBuffer, socketFilter } from 'tsbpf';
import type { SkBuff, u32 } from 'tsbpf';

interface Event {
  length: u32;
}
const events = new RingBuffer<Event>({ size: 4096 });

@socketFilter
function match(skb: SkBuff): number {
  events.push({ length: skb.len, mark: skb.mark } as never);
  // ERROR: 11:3 TSBPF1311 'Event' has no field 'mark'\.
  return skb.len;
}
