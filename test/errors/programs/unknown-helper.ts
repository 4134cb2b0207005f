import { bpf, socketFilter } from 'tsbpf';
import type { SkBuff } from 'tsbpf';

@socketFilter
function match(ctx: SkBuff): number {
  return bpf.ktimeGetNss() > 0n ? 1 : ctx.len;
  //         ^ TS2551: ktimeGetNs
}
