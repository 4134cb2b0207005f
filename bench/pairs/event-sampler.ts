// Reports one of 4096 packets to user space, with its time and size.
import { bpf, RingBuffer, shared, TC_ACT_OK, tc } from 'tsbpf';
import type { SkBuff, u32, u64 } from 'tsbpf';

interface Sample {
  time: u64;
  length: u32;
  mark: u32;
}

const samples = new RingBuffer<Sample>({ size: 256 * 1024 });
const state = shared<{ packets: u64 }>({ packets: 0n });

@tc('ingress')
export function sample(skb: SkBuff): number {
  state.packets += 1n;
  if ((state.packets & 4095n) !== 0n) return TC_ACT_OK;
  const event = samples.reserve();
  if (!event) return TC_ACT_OK;
  event.time = bpf.ktimeGetNs();
  event.length = skb.len;
  event.mark = skb.mark;
  samples.submit(event);
  return TC_ACT_OK;
}
