import { socketFilter } from 'tsbpf';
import type { SkBuff } from 'tsbpf';

@socketFilter
function half(ctx: SkBuff): number {
  const bare = ctx.len / 2;
  //           ^^^^^^^^^^^ TSBPF1305: fraction
  const whole = Math.trunc(ctx.len / 2) + (ctx.len / 3 | 0);
  return bare + whole;
}
