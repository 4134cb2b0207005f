import { socketFilter, HashMap } from 'tsbpf';
import type { SkBuff, u32, u64 } from 'tsbpf';

const counts = new HashMap<u32, u64>({ maxEntries: 16 });

@socketFilter
function match(ctx: SkBuff): number {
  const count = counts.get(1);
  const sum = count + 1n;
  //          ^^^^^ TS18048: possibly 'undefined'
  const length: string = ctx.len;
  //    ^^^^^^ TS2322: not assignable
  return ctx.protocl;
  //         ^^^^^^^ TS2551: Did you mean 'protocol'
}
