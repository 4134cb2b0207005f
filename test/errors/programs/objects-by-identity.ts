import { equal, socketFilter } from 'tsbpf';
import type { Bytes, SkBuff } from 'tsbpf';

interface Pair {
  left: Bytes<6>;
  right: Bytes<6>;
}

@socketFilter
function match(ctx: SkBuff): number {
  const pair: Pair = { left: new Uint8Array(6), right: new Uint8Array(6) };
  if (pair.left === pair.right) return 1;
  //  ^ TSBPF1319: identity
  return equal(pair.left, pair.right) ? ctx.len : 0;
}
