import { socketFilter } from 'tsbpf';
import type { i64, SkBuff, u32, u64 } from 'tsbpf';

@socketFilter
function compare(ctx: SkBuff): number {
  const address = ctx.packet.getUint32(26);
  if ((address & 0xff000000) === 0xc0000000) return 1;
  //  ^ TSBPF1314: always false
  const before: u64 = 5n;
  const now: u64 = BigInt(ctx.len);
  if (now - before < 0n) return 2;
  //  ^ TSBPF1315: u64 is never negative
  const difference = now - before;
  const same = difference;
  let unchanged = (address & 0xff000000) as number;
  if (0n > same) return 4;
  //  ^ TSBPF1315: u64 is never negative
  if (unchanged === 0xc0000000) return 5;
  //  ^ TSBPF1314: always false
  const signed: i64 = now - before;
  const wide: u32 = address & 0xff000000;
  let changed = now - before;
  if (changed > 5n) changed = 3n;
  if (signed < 0n || wide === 0xc0000000 || changed < 0n) return 6;
  return ((address & 0xff000000) >>> 0) === 0xc0000000 ? 3 : 0;
}
