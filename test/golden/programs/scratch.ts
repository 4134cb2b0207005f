import { xdp } from 'tsbpf';
import type { FixedArray, u64 } from 'tsbpf';

interface Buckets {
  counts: FixedArray<u64, 80>;
}

export const spread = xdp(
  (ctx) => {
    const buckets: Buckets = { counts: [] as never };
    for (let i = 0; i < 20; i++) buckets.counts[ctx.packet.getUint8(i) % 80] += 1n;
    return Number(buckets.counts[0]);
  },
  { defaultResult: 1 },
);
