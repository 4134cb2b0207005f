import { socketFilter } from 'tsbpf';
import type { SkBuff, u64 } from 'tsbpf';

@socketFilter
function compare(ctx: SkBuff): number {
  const address = ctx.packet.getUint32(26);
  if ((address & 0xff000000) === 0xc0000000) return 1;
  //  ^ TSBPF1314: always false
  const before: u64 = 5n;
  const now: u64 = BigInt(ctx.len);
  if (now - before < 0n) return 2;
  //  ^ TSBPF1315: u64 is never negative
  return ((address & 0xff000000) >>> 0) === 0xc0000000 ? 3 : 0;
}
