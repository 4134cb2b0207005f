import { equal, HashMap, socketFilter } from 'tsbpf';
import type { Bytes, SkBuff, u32 } from 'tsbpf';

interface Pair {
  left: Bytes<6>;
  right: Bytes<6>;
}

const pairs = new HashMap<u32, Pair>({ maxEntries: 1 });

@socketFilter
function match(ctx: SkBuff): number {
  const pair = pairs.get(ctx.len);
  if (!pair) return 0;
  if (pair.left === pair.right) return 1;
  //  ^ TSBPF1319: identity
  return equal(pair.left, pair.right) ? ctx.len : 0;
}
